//! The disk is full, and nobody has the index open.
#![cfg(target_os = "linux")]

use std::process::Command;

use descry_e2e::{Desk, Ended, SHOP};
use descry_testkit::{Failure, failing_disk};

/// Runs `descry` while no byte is left for the data directory.
fn on_a_full_disk(desk: &Desk, args: &[&str]) -> Ended {
    let mut command: Command = desk.command("descry");
    command.args(args).envs(failing_disk(&desk.data_dir(), Failure::Full(0)));
    command.output().expect("descry runs").into()
}

#[test]
fn searching_and_removing_need_no_space() {
    let desk = Desk::new();
    let (shop, tools) = (
        desk.project("shop", SHOP),
        desk.project("tools", &[("zip.py", "def unpack_archive(path):\n    return path\n")]),
    );
    desk.index(&shop);
    desk.index(&tools);
    let found = on_a_full_disk(&desk, &["search", "--json", "retry when the network fails"]);
    assert_eq!(found.code, Some(0), "{found:?}");
    let answer: serde_json::Value = serde_json::from_str(&found.stdout).expect("it is JSON");
    assert_eq!(answer["results"][0]["path"], "src/backoff.rs", "{answer}");
    assert!(answer["results"][0]["why"]["meaning"].is_number(), "{answer}");
    for args in [["folders"].as_slice(), &["status"]] {
        let ended = on_a_full_disk(&desk, args);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.stdout.contains(shop.arg()), "{ended:?}");
    }
    let removed = on_a_full_disk(&desk, &["remove", tools.arg()]);
    assert_eq!(removed.code, Some(0), "{removed:?}");
    assert_eq!(desk.out(&["folders"]), format!("{}\n", shop.arg()));
    assert_eq!(desk.found("retry_with_backoff")[0], "src/backoff.rs");
}

#[test]
fn what_finds_no_space_says_so_and_is_complete_once_there_is() {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    let tools =
        desk.project("tools", &[("zip.py", "def unpack_archive(path):\n    return path\n")]);
    desk.index(&shop);
    let refused = on_a_full_disk(&desk, &["index", tools.arg()]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    let sentence = refused.stderr.to_lowercase();
    assert!(sentence.contains("no space"), "{refused:?}");
    desk.index(&tools);
    assert_eq!(desk.found("unpack_archive")[0], "zip.py");
}

#[test]
fn a_limit_is_kept_and_told() {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    let tools =
        desk.project("tools", &[("zip.py", "def unpack_archive(path):\n    return path\n")]);
    desk.index(&shop);
    // The reserved megabyte alone is more.
    let limited = desk.descry(&["limit", "1MB"]);
    assert!(limited.stderr.contains("of 1.0 MB: full"), "{limited:?}");
    let refused = desk.descry(&["index", tools.arg()]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("has reached its limit of 1 MB"), "{refused:?}");
    assert_eq!(desk.found("retry_with_backoff")[0], "src/backoff.rs");
    assert!(desk.out(&["status"]).contains("of 1.0 MB: full"));
    let wrong = desk.descry(&["limit", "much"]);
    assert!(wrong.stderr.contains("write it as 2GB"), "{wrong:?}");
    let freed = desk.descry(&["limit", "none"]);
    assert!(!freed.stderr.contains("full"), "{freed:?}");
    desk.index(&tools);
    assert_eq!(desk.found("unpack_archive")[0], "zip.py");
}
