//! Files that are a private key by what stands in them, whatever they are called.

/// What the first line of such a file begins with: the key itself, a certificate that comes before it, or
/// what OpenSSL writes above.
const OPENINGS: [&str; 4] = [
    "-----BEGIN ",
    "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY",
    "PuTTY-User-Key-File-",
    "Bag Attributes",
];

/// Whether the text is a private key. Code that holds one between quotes, as tests do, is code.
pub(super) fn is_secret(text: &str) -> bool {
    let text = text.trim_start();
    if text.starts_with('{') {
        return is_service_account(text);
    }
    let Some(opening) = OPENINGS.iter().find(|opening| text.starts_with(*opening)) else {
        return false;
    };
    let is_key = |line: &str| line.starts_with("-----BEGIN ") && line.contains("PRIVATE KEY");
    opening.contains("Key") || opening.contains("KEY") || text.lines().any(is_key)
}

/// The file that Google's cloud gives a program to sign in with.
fn is_service_account(text: &str) -> bool {
    text.contains("\"service_account\"")
        && text.contains("\"private_key\"")
        && text.contains("\"-----BEGIN PRIVATE KEY-----")
}
