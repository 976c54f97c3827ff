//! Files whose content is or contains a private key, whatever their name. Code and prose that show
//! a key within other text do not count.

use serde::Deserialize;

/// Openings of such a file: the key itself, a certificate before it, or the header that OpenSSL
/// writes.
const OPENINGS: [&str; 4] = [
    "-----BEGIN ",
    "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY",
    "PuTTY-User-Key-File-",
    "Bag Attributes",
];

/// Shorter values are placeholders.
const SECRET: usize = 20;

/// Whether the text is a private key, or settings that contain one.
pub(super) fn is_secret(text: &str) -> bool {
    let text = text.trim_start();
    if text.starts_with('{') {
        return is_service_account(text);
    }
    is_key(text) || is_bundle(text) || is_key_of_tool(text) || is_settings(text)
}

/// Whether a key comes first, possibly after certificates.
fn is_key(text: &str) -> bool {
    let Some(opening) = OPENINGS.iter().find(|opening| text.starts_with(*opening)) else {
        return false;
    };
    opening.contains("Key") || opening.contains("KEY") || text.lines().any(begins_private_key)
}

fn begins_private_key(line: &str) -> bool {
    line.starts_with("-----BEGIN ") && line.contains("PRIVATE KEY")
}

/// Whether the text is only PEM blocks and their headers, with a private key among them.
fn is_bundle(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let mut found = false;
    while let Some(line) = lines.next() {
        if line.starts_with("-----BEGIN ") {
            found |= begins_private_key(line);
            lines.by_ref().find(|line| line.starts_with("-----END "));
        } else if !["#", "subject=", "issuer="].iter().any(|above| line.starts_with(above))
            && !line.is_empty()
        {
            return false;
        }
    }
    found
}

/// The key files of age, minisign and signify.
fn is_key_of_tool(text: &str) -> bool {
    let first = significant(text).next().unwrap_or_default();
    first.starts_with("AGE-SECRET-KEY-1")
        || first.starts_with("untrusted comment: ") && first.contains("secret key")
}

/// Settings of Kubernetes clients, AWS and WireGuard that contain a key.
fn is_settings(text: &str) -> bool {
    let first = significant(text).next().unwrap_or_default();
    let has = |key: &str, sign: char| {
        let value = |line: &str| {
            let (name, value) = line.split_once(sign)?;
            (name.trim_start_matches("- ").trim() == key).then_some(value.trim().len())
        };
        significant(text).filter_map(value).any(|length| length >= SECRET)
    };
    let is_config = || significant(text).any(|line| line == "kind: Config");
    match first.starts_with('[') {
        true => {
            has("aws_secret_access_key", '=') || first == "[Interface]" && has("PrivateKey", '=')
        }
        false => first.contains(':') && is_config() && has("client-key-data", ':'),
    }
}

/// The lines that are neither blank nor comments.
fn significant(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && *line != "---" && !line.starts_with(['#', ';']))
}

/// The service account file with which a program signs in to Google Cloud.
fn is_service_account(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Account {
        r#type: String,
        private_key: String,
    }
    text.contains("\"service_account\"")
        && serde_json::from_str(text).is_ok_and(|account: Account| {
            account.r#type == "service_account" && begins_private_key(&account.private_key)
        })
}
