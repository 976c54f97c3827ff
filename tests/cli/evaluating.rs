//! `descry eval`: search quality in a folder.

use descry_e2e::{COMMENTED, Desk, Project};

/// Commits all files.
fn commit(project: &Project, subject: &str) {
    let git = |args: &[&str]| descry_testkit::git(project.path(), args);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", subject]);
}

#[test]
fn doc_comments_and_commits_are_asked() {
    let desk = Desk::new();
    let project = desk.project("shop", &COMMENTED[..1]);
    commit(&project, "Wait longer before the next request");
    project.write(COMMENTED[1].0, COMMENTED[1].1);
    commit(&project, "feat(auth): keep passwords as salted hashes (#3)");

    let report = desk.json(&["eval", "--json", project.arg()]);
    assert_eq!(report["model"], "descry-code-22m", "{report}");
    for (set, kind) in [(&report["sets"][0], "docComments"), (&report["sets"][1], "commits")] {
        assert_eq!((&set["kind"], &set["questions"]), (&kind.into(), &2.into()), "{report}");
        let tiers: Vec<_> = set["scores"].as_array().into_iter().flatten().collect();
        assert_eq!(tiers.len(), 4, "{report}");
        assert!(tiers[3]["tier"] == "all" && tiers[3]["mrr"].as_f64() > Some(0.7), "{report}");
    }

    let table = desk.out(&["eval", "--questions", "1", project.arg()]);
    assert!(table.contains("1 doc comments") && table.contains("all together"), "{table}");
    // The user's own index stays unchanged.
    assert_eq!(desk.json(&["folders", "--json"]), serde_json::json!([]));
}

#[test]
fn what_cannot_be_measured_is_told() {
    let desk = Desk::without_model();
    let project = desk.project("shop", COMMENTED);
    let ended = desk.descry(&["eval", project.arg()]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("gone.gguf: there is no such file"), "{ended:?}");
    let ended = desk.descry(&["eval", "--model", "no.gguf", project.arg()]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("no.gguf: there is no such file"), "{ended:?}");
    let ended = desk.descry(&["eval", "nowhere"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("nowhere cannot be read"), "{ended:?}");
}
