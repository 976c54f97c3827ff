//! Recognises files with keys, passwords or tokens by name alone. They should not be searched,
//! shown or passed to a model unless their owner says so.

use std::ffi::OsStr;

/// Full names, in lower case.
const NAMES: [&str; 29] = [
    ".env",
    ".netrc",
    "_netrc",
    ".pgpass",
    "pgpass.conf",
    ".my.cnf",
    ".mylogin.cnf",
    ".npmrc",
    ".yarnrc.yml",
    ".pypirc",
    ".htpasswd",
    "htpasswd",
    ".git-credentials",
    ".dockercfg",
    ".dockerconfigjson",
    ".s3cfg",
    ".boto",
    ".vault-token",
    ".vault_pass",
    ".terraformrc",
    "credentials.json",
    "client_secret.json",
    "service-account.json",
    "service_account.json",
    "secring.gpg",
    "wallet.dat",
    "kubeconfig",
    "kubeconfig.yaml",
    "kubeconfig.yml",
];

/// Extensions, in lower case.
const EXTENSIONS: [&str; 15] = [
    "env", "jks", "kdbx", "key", "keystore", "keytab", "ovpn", "p12", "p8", "pem", "pfx", "pkcs12",
    "ppk", "tfstate", "tfvars",
];

/// Suffixes of backup copies.
const KEPT: [&str; 6] = ["bak", "backup", "old", "orig", "save", "copy"];

/// Prefixes of SSH private key names: `id_rsa`, `id_ed25519_work`.
const SSH_KEYS: [&str; 5] = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_xmss"];

/// The stages in names of `.env` files: `.env.production`, `env.local`.
const STAGES: [&str; 10] = [
    "local",
    "dev",
    "development",
    "test",
    "testing",
    "stage",
    "staging",
    "prod",
    "production",
    "ci",
];

/// Words in the names of sample files, which contain no secrets.
const SAMPLES: [&str; 7] = ["example", "sample", "template", "tmpl", "dist", "defaults", "schema"];

/// True if a file with this name usually contains a secret.
pub(crate) fn is_credentials(name: &OsStr) -> bool {
    let Some(name) = name.to_str().map(str::to_ascii_lowercase) else { return false };
    let name = match name.rsplit_once('.') {
        Some((kept, ending)) if KEPT.contains(&ending) => kept.to_owned(),
        _ => name,
    };
    if NAMES.contains(&name.as_str()) {
        return true;
    }
    if SSH_KEYS.iter().any(|key| name.starts_with(key)) {
        return !name.contains('.');
    }
    if name.starts_with("ssh_host_") && name.ends_with("_key") {
        return true;
    }
    let words: Vec<&str> = name.split('.').collect();
    if words.iter().any(|word| SAMPLES.contains(word)) {
        return false;
    }
    match words[..] {
        ["", "env", ..] => true,
        ["env", .., stage] => STAGES.contains(&stage),
        [_, .., "tfvars" | "tfstate", "json"] => true,
        [_, .., extension] => EXTENSIONS.contains(&extension),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], expected: bool) {
        for name in names {
            assert_eq!(is_credentials(OsStr::new(name)), expected, "{name}");
        }
    }

    #[test]
    fn secrets_by_name() {
        check(&["id_rsa", "id_ed25519", "id_ecdsa_sk", "id_rsa_work", "ID_RSA"], true);
        check(&["server.pem", "tls.key", "a.b.p12", "release.keystore", "putty.ppk"], true);
        check(&[".netrc", "_netrc", ".pgpass", ".npmrc", ".pypirc", ".htpasswd"], true);
        check(&[".env", ".env.local", ".env.production.local", "env.production", "prod.env"], true);
        check(&["credentials.json", "terraform.tfvars", "prod.auto.tfvars", "x.tfstate"], true);
        check(&["id_rsa.bak", "id_ed25519.old", "server.pem.orig", ".env.backup"], true);
        check(&["terraform.tfstate.backup", "prod.tfvars.json", "ssh_host_rsa_key"], true);
        check(&["kubeconfig", "kubeconfig.yaml", "krb5.keytab"], true);
    }

    #[test]
    fn names_that_only_sound_like_it() {
        check(&["id_rsa.pub", "id_ed25519.pub", "id_rsa.py", "id_rsa_test.go"], false);
        check(&["key.rs", "keys.py", "monkey.key.ts", "pem.go", "key", "KEY.md"], false);
        check(&[".env.example", ".env.sample", "sample.env", "example.tfvars"], false);
        check(&["env.ts", "env.d.ts", "env.py", "env", "environment", "dotenv.js"], false);
        check(&["credentials.py", "credentials.json.md", "netrc.go", "tfvars", ""], false);
        check(&["terraform.tfvars.example", "server.crt", "server.csr"], false);
        check(&["ssh_host_rsa_key.pub", "notes.bak", "id_rsa.pub.old"], false);
    }
}
