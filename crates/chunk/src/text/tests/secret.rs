use descry_base::SkipReason;

use super::{check_kept, check_out};

#[test]
fn private_keys_by_what_is_in_them() {
    let secret = SkipReason::Credentials;
    let key =
        |kind: &str| format!("-----BEGIN {kind}-----\nMIIEpAIBAAKCAQEA\n-----END {kind}-----\n");
    for kind in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ] {
        check_out(&secret, "deploy", &key(kind));
        check_out(&secret, "deploy.txt", &format!("\n{}", key(kind)));
    }
    check_out(&secret, "both.txt", &(key("CERTIFICATE") + &key("PRIVATE KEY")));
    check_out(&secret, "p12.txt", &format!("Bag Attributes\n    a: b\n{}", key("PRIVATE KEY")));
    check_out(&secret, "putty", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n");
    check_out(
        &secret,
        "sa.json",
        "{\"type\": \"service_account\", \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMII\"}",
    );
    check_kept("chain.txt", &key("CERTIFICATE"));
    check_kept("pub.txt", &key("PUBLIC KEY"));
    check_kept("tls_test.go", &format!("package tls\n\nconst key = `{}`\n", key("PRIVATE KEY")));
    check_kept("README.md", &format!("A key looks so:\n\n{}", key("PRIVATE KEY")));
    check_kept("key.rs", "//! -----BEGIN RSA PRIVATE KEY-----\nfn key() {}\n");
}

#[test]
fn private_keys_below_other_lines() {
    let block =
        |kind: &str| format!("-----BEGIN {kind}-----\nMIIEpAIBAAKCAQEA\n-----END {kind}-----\n");
    let (key, certificate) = (block("RSA PRIVATE KEY"), block("CERTIFICATE"));
    for text in [
        format!("# my deploy key\n{key}"),
        format!("subject=/CN=a\nissuer=/CN=b\n{certificate}\n# and its key\n{key}"),
        format!("subject= CN = a\n{key}{certificate}"),
    ] {
        check_out(&SkipReason::Credentials, "a.txt", &text);
    }
    check_kept("a.txt", &format!("subject=/CN=a\n{certificate}"));
    check_kept("a.md", &format!("# Keys\n\nNever commit one:\n\n{key}"));
    check_kept("a.md", &format!("# Keys\n{key}Never commit one.\n"));
}

#[test]
fn settings_that_hold_a_key() {
    let config = "apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n";
    for text in [
        &format!("{config}    client-key-data: LS0tLS1CRUdJTiBSU0Eg\n"),
        "[default]\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
        "# laptop\n[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n",
        "# created: 2021-01-02\n# public key: age1lvyv\nAGE-SECRET-KEY-1QYQS\n",
        "untrusted comment: rsign encrypted secret key\nRWRT\n",
        "untrusted comment: signify secret key\nRW\n",
    ] {
        check_out(&SkipReason::Credentials, "a.txt", text);
    }
    check_kept("a.yaml", &format!("{config}    client-key: key.pem\n"));
    check_kept("a.yaml", "kind: Secret\ndata:\n  client-key-data: LS0tLS1CRUdJTiBSU0Eg\n");
    check_kept("a.ini", "[default]\naws_secret_access_key = YOUR_KEY\n");
    check_kept("a.conf", "[Interface]\nPrivateKey = <yours>\n[Peer]\nPublicKey = abc\n");
    check_kept("a.md", "Write `aws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCY` there.\n");
    check_kept("a.pub", "untrusted comment: minisign public key\nRWQ\n");
}

#[test]
fn what_only_mentions_a_service_account() {
    for text in [
        r#"{"kinds": ["service_account"], "private_key": "Your key", "placeholder": "-----BEGIN PRIVATE KEY-----..."}"#,
        r#"{"type": "service_account", "private_key": "Your key"}"#,
        r#"{"type": "user", "kind": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----"}"#,
    ] {
        check_kept("a.json", text);
    }
    check_out(
        &SkipReason::Credentials,
        "a.json",
        r#"{"type":"service_account","private_key":"-----BEGIN RSA PRIVATE KEY-----\nMII"}"#,
    );
}
