//! Adding, listing and removing folders.

use descry_e2e::{Desk, SHOP};

#[test]
fn a_folder_is_indexed_as_far_as_asked() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let coverage = |wait: &str| {
        let ended = desk.descry(&["index", project.arg(), "--wait", wait]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""), "{ended:?}");
        assert!(ended.stderr.contains("6 files"), "{ended:?}");
        let status = desk.json(&["status", "--json"]);
        let folder = &status["folders"][0];
        assert_eq!(folder["path"], project.arg());
        assert_eq!(folder["phase"]["phase"], "ready");
        assert_eq!(folder["files"], SHOP.len());
        assert_eq!(status["model"]["state"], "ready");
        folder["coverage"].clone()
    };
    let instant = coverage("instant");
    assert_eq!(instant["instant"], instant["chunks"]);
    let full = coverage("full");
    assert_eq!(full["full"], full["chunks"]);
    assert_eq!(full["chunks"], instant["chunks"]);
}

#[test]
fn folders_are_listed_and_removed() {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    let other = desk.project("other", &[("a.py", "def one():\n    return 1\n")]);
    assert_eq!(desk.out(&["folders"]), "");
    desk.out(&["index", shop.arg()]);
    // From the folder that programs of this desk run in.
    desk.out(&["index", "other"]);
    desk.out(&["index", shop.arg()]);
    assert_eq!(desk.json(&["folders", "--json"]), serde_json::json!([shop.arg(), other.arg()]));
    assert!(desk.out(&["status"]).contains(&format!("{}\n  ready; 1 files", other.arg())));

    desk.out(&["remove", shop.arg()]);
    assert_eq!(desk.out(&["folders"]), format!("{}\n", other.arg()));
    assert!(desk.found("retry_with_backoff").iter().all(|path| path == "a.py"));
    assert!(shop.read("src/backoff.rs").contains("retry"), "the folder itself is untouched");
    desk.out(&["remove", other.arg()]);
    assert_eq!(desk.json(&["folders", "--json"]), serde_json::json!([]));
}

#[test]
fn a_folder_that_was_deleted_can_still_be_removed() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    std::fs::remove_dir_all(project.path()).expect("the project can be deleted");
    desk.out(&["remove", project.arg()]);
    assert_eq!(desk.out(&["folders"]), "");
}

#[cfg(unix)]
#[test]
fn links_that_lead_round_in_a_circle_are_not_followed() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    for (target, link) in [("..", "src/up"), ("nowhere", "src/dangling"), ("itself", "src/itself")]
    {
        std::os::unix::fs::symlink(target, project.path().join(link)).expect("a link is made");
    }
    desk.index(&project);
    let status = desk.json(&["status", "--json"]);
    assert_eq!(status["folders"][0]["files"], SHOP.len(), "{status}");
    let times = desk.found("retry_with_backoff");
    assert!(times.iter().all(|path| !path.contains("up/")), "{times:?}");
}

#[test]
fn odd_files_do_not_stop_an_index() {
    let desk = Desk::new();
    let project = desk.project("odd files ü", SHOP);
    std::fs::write(project.path().join("binary.rs"), [0_u8, 159, 146, 150]).expect("it is written");
    project.write("empty.py", "");
    project.write("bad.json", "{\"never\": [closed");
    project.write(&format!("{}.py", "n".repeat(200)), "def long_name():\n    pass\n");
    desk.index(&project);
    assert!(desk.found("long_name")[0].starts_with("nnn"));
}
