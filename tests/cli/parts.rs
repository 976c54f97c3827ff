//! Parts of added folders, and folders that contain added ones.

use std::path::Path;

use descry_e2e::{Desk, Ended, SHOP};

/// Runs `descry` in this folder.
#[track_caller]
fn run_in(desk: &Desk, folder: &Path, args: &[&str]) -> Ended {
    desk.command("descry").current_dir(folder).args(args).output().expect("descry ends").into()
}

#[test]
fn a_part_of_an_added_folder_is_searched_and_indexed() {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    let tools = desk.project("tools", &[("src/zip.py", "def retry_with_backoff():\n    pass\n")]);
    desk.out(&["index", shop.arg()]);
    desk.out(&["index", tools.arg()]);
    shop.write("srcs/backoff.py", "def retry_with_backoff():\n    return 1\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(shop.path(), desk.path().join("link")).expect("a link is made");

    let found = |place: &Path, folder: &str| -> Vec<String> {
        let args = ["search", "--json", "--folder", folder, "retry_with_backoff"];
        let ended = run_in(&desk, place, &args);
        assert_eq!(ended.code, Some(0), "{folder}: {ended:?}");
        let answer: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
        let path = |hit: &serde_json::Value| hit["path"].as_str().unwrap_or_default().to_owned();
        let mut paths: Vec<_> =
            answer["results"].as_array().expect("a list").iter().map(path).collect();
        paths.sort();
        paths.dedup();
        paths
    };
    let src = ["src/backoff.rs", "src/cart.rs"];
    let folder = shop.path().join("src");
    assert_eq!(found(&folder, "."), src);
    assert_eq!(found(&folder, "../src/"), src);
    assert_eq!(found(shop.path(), "src"), src);
    assert_eq!(found(&folder, folder.to_str().expect("a plain name")), src);
    assert_eq!(found(&folder, "backoff.rs"), src[..1]);
    #[cfg(unix)]
    assert_eq!(found(desk.path(), "link/src"), src);
    assert_eq!(found(&folder, "..").len(), SHOP.len() + 1, "the folder itself");
    assert_eq!(found(desk.path(), ".").len(), SHOP.len() + 2, "a folder that holds both");

    for (place, args) in [(folder.as_path(), ["index", "."]), (shop.path(), ["index", "src/"])] {
        let ended = run_in(&desk, place, &args);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let sentence = format!("src is covered by {}, which is added already", shop.arg());
        assert!(ended.stderr.contains(&sentence), "{ended:?}");
        assert!(ended.stderr.contains("2 of its files lie in it"), "{ended:?}");
    }
    let ended = run_in(&desk, &folder, &["remove", "."]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stderr.contains(&format!("`descry remove {}` removes that", shop.arg())),
        "{ended:?}"
    );
    assert_eq!(run_in(&desk, &folder, &["status"]).code, Some(0));
    let prompt = run_in(&desk, &folder, &["shell", "."]);
    assert_eq!(prompt.code, Some(0), "{prompt:?}");
}

#[test]
fn what_is_missing_is_told() {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    desk.out(&["index", shop.arg()]);
    std::fs::remove_dir_all(shop.path()).expect("the project can be deleted");
    let status = desk.json(&["status", "--json"]);
    assert_eq!(status["folders"][0]["phase"]["phase"], "missing", "{status}");
    assert!(desk.out(&["status"]).contains("folder not found"));
    // The last indexed state still answers, with a notice.
    let answer = desk.json(&["search", "--json", "--tiers", "words", "retry_with_backoff"]);
    assert_eq!(answer["results"][0]["path"], "src/backoff.rs", "{answer}");
    let notice = answer["notice"].as_str().unwrap_or_default();
    assert!(notice.contains("shop is not there"), "{answer}");
    let ended = desk.descry(&["search", "--tiers", "words", "zebra"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stderr.starts_with("descry: nothing was found, but not all was searched: "),
        "{ended:?}"
    );
}
