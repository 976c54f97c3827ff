//! Tests which files a walk visits, folder by folder, and that single paths are judged alike.

use std::ops::ControlFlow;

use descry_base::{RelPath, SkipReason, Skipped};
use descry_watch::{Admission, RootError, Rules, Verdict, WalkError, check_root, walk, walk_below};

use crate::fixture::{Tree, rel};

fn rules() -> Rules {
    Rules { max_file_bytes: 100, max_large_bytes: 200, git_global: false }
}

fn met(tree: &Tree, folder: &str) -> Vec<String> {
    let mut met = Vec::new();
    let report = walk_below(tree.path(), &rel(folder), &rules(), &mut |stat| {
        met.push(stat.path.to_string());
        ControlFlow::Continue(())
    });
    assert_eq!(report.unwrap().files, met.len() as u64);
    met
}

/// Fixture lines are `path` or `path: content`, where `\n` in the content is a newline.
#[track_caller]
fn check(fixture: &[&str], expected: &[&str]) {
    let tree = Tree::of(fixture);
    assert_eq!(met(&tree, ""), expected);
    // Admission accepts the files that the walk visits, and no others.
    let mut admission = Admission::new(tree.path(), &rules());
    for path in fixture.iter().map(|line| line.split(": ").next().unwrap()) {
        let admitted = matches!(admission.admit(&rel(path)), Verdict::Admit(_));
        assert_eq!(admitted, expected.contains(&path), "{path}: {:?}", admission.admit(&rel(path)));
        if let Some((folder, _)) = path.rsplit_once('/') {
            let within = |path: &&&str| RelPath::new(path).unwrap().is_within(&rel(folder));
            let below: Vec<_> = expected.iter().filter(within).copied().collect();
            assert_eq!(met(&tree, folder), below, "below {folder}");
        }
    }
}

#[test]
fn files_come_in_the_order_of_their_paths() {
    check(
        &["b", "a/z", "a.rs", "a/b/c", "a-b", "a/b.c"],
        &["a-b", "a.rs", "a/b.c", "a/b/c", "a/z", "b"],
    );
}

#[test]
fn ignore_files() {
    check(
        &[".gitignore: *.log\n/out\n", "x.log", "a/x.log", "out/x", "a/out/x", "y"],
        &["a/out/x", "y"],
    );
    check(
        &[".gitignore: *.log", "a/.gitignore: !keep.log", "a/keep.log", "keep.log"],
        &["a/keep.log"],
    );
    check(&[".ignore: a", "a", "b/a", "c"], &["c"]);

    check(&[".gitignore: gen/", ".descryignore: !gen/", "gen/x"], &["gen/x"]);
    check(&[".gitignore: !x", ".ignore: x", "x", "y"], &["y"]);
    check(&[".gitignore: [z-a\nx", "x", "y"], &["y"]);
}

#[test]
fn repositories() {
    check(&[".git/info/exclude: secret", ".git/config", "secret", "a/secret", "b"], &["b"]);
    check(&[".gitignore: x", "inner/.git/HEAD", "inner/x", "x"], &["inner/x"]);
    check(
        &[
            ".git: gitdir: store/linked",
            "store/linked/commondir: ../common",
            "x",
            "y",
            "store/common/info/exclude: x\nstore",
        ],
        &["y"],
    );
}

#[test]
fn a_folder_inside_a_repository_obeys_the_ignore_files_above_it() {
    let tree =
        Tree::of(&[".git/HEAD", ".gitignore: *.log\n/app/out", "app/x.log", "app/out/y", "app/z"]);
    let mut met = Vec::new();
    walk(&tree.path().join("app"), &rules(), &mut |stat| {
        met.push(stat.path.to_string());
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(met, ["z"]);
}

#[test]
fn built_in_patterns_and_how_to_bring_back() {
    check(
        &[".env", ".cache/x", ".github/workflows/ci.yml", "a"],
        &[".github/workflows/ci.yml", "a"],
    );
    check(&["node_modules/x/y.js", "a/node_modules/y.js", "__pycache__/z", "a/b"], &["a/b"]);
    check(&[".descryignore: !node_modules/", "node_modules/x.js"], &["node_modules/x.js"]);
    check(&[".descryignore: !.config/", ".config/x", ".other/x"], &[".config/x"]);
    check(&["a.swp", "a~", "4913", ".#a", "#a#", "a.tmp", "a"], &["a"]);
    check(&["Cargo.toml", "target/debug/x", "sub/target/x"], &["Cargo.toml", "sub/target/x"]);
    check(&["target/CACHEDIR.TAG", "target/x", "a"], &["a"]);
    check(&["Cargo.toml", ".ignore: !target/", "target/x"], &["Cargo.toml", "target/x"]);
    check(&["venv/pyvenv.cfg", "venv/x", "env/x"], &["env/x"]);
    check(&[".descryignore: !.git", ".git/config", "a"], &["a"]);
}

fn skipped(tree: &Tree) -> Vec<(String, SkipReason)> {
    let report = walk(tree.path(), &rules(), &mut |_| ControlFlow::Continue(())).unwrap();
    report.skipped.into_iter().map(|skipped| (skipped.path, skipped.reason)).collect()
}

#[test]
fn what_is_left_out_for_a_reason_is_recorded() {
    let tree = Tree::of(&["a/logo.PNG", "b"]);
    tree.write("a/big.txt", &"x".repeat(101));
    tree.write("a/fits.txt", &"x".repeat(100));
    assert_eq!(
        skipped(&tree),
        [
            ("a/big.txt".to_owned(), SkipReason::TooLarge { size: 101, limit: 100 }),
            ("a/logo.PNG".to_owned(), SkipReason::Binary),
        ]
    );
    assert_eq!(met(&tree, ""), ["a/fits.txt", "b"]);
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_not_followed_but_recorded() {
    use std::os::unix::fs::symlink;
    let tree = Tree::of(&["a/b/x", "c", ".gitignore: ignored"]);
    symlink(tree.path().join("a"), tree.path().join("a/b/up")).unwrap();
    symlink("itself", tree.path().join("itself")).unwrap();
    symlink("a/b/x", tree.path().join("file")).unwrap();
    symlink("a/b", tree.path().join("folder")).unwrap();
    symlink("nowhere", tree.path().join("dangling")).unwrap();
    symlink("a", tree.path().join("ignored")).unwrap();
    assert_eq!(met(&tree, ""), ["a/b/x", "c"]);
    let links = ["dangling", "file", "folder"].map(|path| (path.to_owned(), SkipReason::Link));
    let loops = ["a/b/up", "itself"].map(|path| (path.to_owned(), SkipReason::SymlinkLoop));
    let mut expected = [&links[..], &loops[..]].concat();
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(skipped(&tree), expected);
    let mut admission = Admission::new(tree.path(), &rules());
    assert_eq!(admission.admit(&rel("file")), Verdict::Skip(SkipReason::Link));
    assert_eq!(admission.admit(&rel("folder/x")), Verdict::Ignored);
    assert_eq!(admission.admit(&rel("a/b/up")), Verdict::Skip(SkipReason::SymlinkLoop));
}

/// Checks what is skipped in the fixture, and the displayed reasons.
#[track_caller]
fn check_skipped(fixture: &[&str], expected: &[(&str, &str)]) {
    let tree = Tree::of(fixture);
    let skipped = skipped(&tree);
    let found: Vec<_> =
        skipped.iter().map(|(path, why)| (path.as_str(), why.to_string())).collect();
    let expected: Vec<_> = expected.iter().map(|(path, why)| (*path, (*why).to_owned())).collect();
    assert_eq!(found, expected, "{fixture:?}");
    let mut admission = Admission::new(tree.path(), &rules());
    for (path, reason) in skipped {
        assert_eq!(admission.admit(&rel(&path)), Verdict::Skip(reason), "{path}");
    }
}

#[test]
fn a_folder_is_build_output_only_if_something_proves_it() {
    let built = "build output";
    check_skipped(&["Cargo.toml", "target/debug/x", "a"], &[("target", built)]);
    check_skipped(&["sub/target/CACHEDIR.TAG", "a"], &[("sub/target", built)]);
    check_skipped(&["Cargo.toml", "target/Cargo.toml", "target/src/lib.rs"], &[]);
    check_skipped(&["Cargo.toml", "src/lib.rs", "src/target/mod.rs"], &[]);
    check_skipped(
        &["mix.exs", "_build/dev/x", "env/pyvenv.cfg"],
        &[("_build", built), ("env", built)],
    );
    check(
        &["Cargo.toml", "target/Cargo.toml", "target/src/lib.rs"],
        &["Cargo.toml", "target/Cargo.toml", "target/src/lib.rs"],
    );
}

#[test]
fn the_data_of_descry_is_never_read() {
    let own = "holds the data of Descry itself";
    let data = ["data/catalog.sqlite", "data/folders/1/words/meta.json", "data/folders.json", "a"];
    check_skipped(&data, &[("data", own)]);
    check_skipped(&[&[".descryignore: !data/"][..], &data].concat(), &[("data", own)]);
    check_skipped(
        &["catalog.sqlite/x", "folders/x", "db/catalog.sqlite"],
        &[("db/catalog.sqlite", "not text")],
    );
    let tree = Tree::of(&data);
    for inside in ["data", "data/folders/1"] {
        let refused = check_root(&tree.at(inside));
        assert!(matches!(refused, Err(RootError::OwnData { .. })), "{refused:?}");
    }
    tree.write("data/project/a", "text");
    assert_eq!(check_root(&tree.at("data/project")).unwrap(), tree.at("data/project"));
}

#[test]
fn secrets_are_left_out_with_a_word_unless_their_owner_speaks_for_them() {
    let secret = "may hold a private key, a password or a token";
    check_skipped(
        &["id_rsa", "id_rsa.pub", "tls/server.key", ".env", ".netrc", ".hidden", "key.rs"],
        &[(".env", secret), (".netrc", secret), ("id_rsa", secret), ("tls/server.key", secret)],
    );
    check_skipped(&[".gitignore: .env", ".env", "a"], &[]);
    check_skipped(
        &[".descryignore: !tls/\n!.env", "tls/server.key", ".env", "id_rsa"],
        &[("id_rsa", secret)],
    );
    check_skipped(&[".ignore: !id_rsa", "id_rsa"], &[("id_rsa", secret)]);
}

#[test]
fn a_descryignore_brings_in_what_is_too_large() {
    let large = "x".repeat(150);
    let line = format!("gen/large.txt: {large}");
    check_skipped(&[&line], &[("gen/large.txt", "larger than the limit (150 bytes, limit 100)")]);
    check_skipped(&[".descryignore: !large.txt", &line], &[]);
    check_skipped(&[".descryignore: !/gen", &line], &[]);
    check_skipped(&[".descryignore: !large.txt", "gen/.descryignore: *.txt", &line], &[]);
    check_skipped(&[&line.replace(".txt", ".ipynb")], &[]);
    let huge = format!("large.txt: {large}{large}");
    let told = "larger than the limit (300 bytes, limit 200)";
    check_skipped(&[".descryignore: !*", &huge], &[("large.txt", told)]);
}

#[test]
fn what_an_ignore_file_above_the_root_leaves_out_is_told_by_the_folder() {
    let tree = Tree::of(&[
        ".git/HEAD",
        ".gitignore: data/*\nout/\n*.log",
        "data/a",
        "data/b/c",
        "app/out/x",
        "app/x.log",
        "app/y",
        "logs/a.log",
        "logs/deep/b.log",
    ]);
    let check = |folder: &str, expected: &[(&str, &str)]| {
        let root = tree.at(folder);
        let report = walk(&root, &rules(), &mut |_| ControlFlow::Continue(())).unwrap();
        let file = tree.at(".gitignore").display().to_string();
        let expected = expected.iter().map(|(path, pattern)| Skipped {
            path: (*path).to_owned(),
            reason: SkipReason::IgnoredFromAbove {
                pattern: (*pattern).to_owned(),
                file: file.clone(),
            },
        });
        assert_eq!(report.skipped, expected.collect::<Vec<_>>(), "{folder}");
    };
    check("", &[]);
    check("data", &[("b", "data/*")]);
    check("data/b", &[]);
    check("app", &[("out", "out/")]);
    check("logs", &[("deep", "*.log")]);
    check("logs/deep", &[("", "*.log")]);
}

#[cfg(unix)]
#[test]
fn odd_things_are_recorded() {
    use std::os::unix::ffi::OsStrExt;
    let tree = Tree::of(&["a/x"]);
    let _socket = std::os::unix::net::UnixListener::bind(tree.path().join("a/socket")).unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"a/\xff.rs");
    if std::fs::write(tree.path().join(odd), "").is_err() {
        return; // some file systems accept only UTF-8
    }
    assert_eq!(
        skipped(&tree),
        [
            ("a/socket".to_owned(), SkipReason::NotAFile),
            ("a/\u{fffd}.rs".to_owned(), SkipReason::NotUtf8Path),
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read_does_not_stop_the_walk() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::of(&["closed/x", "open/y"]);
    let closed = tree.path().join("closed");
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o000)).unwrap();
    // The superuser can read it anyway.
    let readable = std::fs::read_dir(&closed).is_ok();
    let (met, skipped) = (met(&tree, ""), skipped(&tree));
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
    if readable {
        assert_eq!(met, ["closed/x", "open/y"]);
    } else {
        assert_eq!(met, ["open/y"]);
        assert!(
            matches!(&skipped[..], [(path, SkipReason::Unreadable { .. })] if path == "closed")
        );
    }
}

#[test]
fn an_absent_root_is_not_an_empty_one() {
    let tree = Tree::of(&["a"]);
    let gone = tree.path().join("gone");
    let error = walk(&gone, &rules(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(matches!(error, WalkError::RootGone { .. }), "{error}");
    let error = walk(tree.path(), &rules(), &mut |_| {
        std::fs::remove_dir_all(tree.path()).unwrap();
        ControlFlow::Continue(())
    });
    assert!(matches!(error, Err(WalkError::RootGone { .. })), "{error:?}");
}

#[test]
fn a_visitor_can_break_off() {
    let tree = Tree::of(&["a", "b/c", "d"]);
    let mut met = 0;
    let report = walk(tree.path(), &rules(), &mut |_| {
        met += 1;
        if met == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(report.unwrap().stopped);
    assert_eq!(met, 2);
}

#[test]
fn forgotten_rules_are_read_anew() {
    let tree = Tree::of(&["a/x", "a/y"]);
    let mut admission = Admission::new(tree.path(), &rules());
    assert!(matches!(admission.admit(&rel("a/x")), Verdict::Admit(_)));
    tree.write("a/.gitignore", "x");
    admission.forget(&rel("a"));
    assert_eq!(admission.admit(&rel("a/x")), Verdict::Ignored);
    assert_eq!(admission.admit(&rel("a/z")), Verdict::Gone);
    assert_eq!(admission.admit(&rel("a")), Verdict::Folder);
}

#[test]
fn roots_are_checked_before_they_are_added() {
    let tree = Tree::of(&["file"]);
    assert_eq!(check_root(&tree.path().join(".")).unwrap(), tree.path());
    let error = check_root(&tree.path().join("file")).unwrap_err();
    assert!(matches!(error, RootError::NotAFolder { .. }));
    assert!(error.to_string().ends_with("file is not a folder"));
    let error = check_root(&tree.path().join("gone")).unwrap_err();
    assert!(error.to_string().ends_with("gone does not exist"));
}
