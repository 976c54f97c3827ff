//! Compares the reading of ignore files with git itself.

use std::ops::ControlFlow;

use descry_testkit::git;
use descry_watch::{Rules, walk};
use proptest::prelude::*;

use crate::fixture::Tree;

/// Paths that patterns can match. None is hidden or otherwise excluded only by Descry.
const PATHS: [&str; 12] = [
    "a",
    "b.txt",
    "#c",
    "!d",
    "e f",
    "g{h,i}",
    "gh",
    "j1/a",
    "j1/k/a",
    "m/b.txt",
    "m/n{}/o",
    "täglich/x.log",
];

/// The files that git does not ignore, in order.
fn by_git(tree: &Tree) -> Vec<String> {
    let output = git(tree.path(), &["ls-files", "-z", "--others", "--exclude-standard"]);
    let text = String::from_utf8(output).unwrap();
    let files = text.split_terminator('\0').filter(|path| !path.ends_with(".gitignore"));
    let mut files: Vec<String> = files.map(str::to_owned).collect();
    files.sort();
    files
}

fn by_us(tree: &Tree) -> Vec<String> {
    let rules = Rules { git_global: false, ..Rules::default() };
    let mut met = Vec::new();
    walk(tree.path(), &rules, &mut |stat| {
        met.push(stat.path.to_string());
        ControlFlow::Continue(())
    })
    .unwrap();
    // Hidden, unless a pattern such as `!*` brings it in.
    met.retain(|path| !path.ends_with(".gitignore"));
    met.sort();
    met
}

/// Checks that git and Descry keep the same files, with these bytes in each kind of git ignore
/// file.
#[track_caller]
fn check(ignore: &[u8]) {
    for place in [".gitignore", "j1/.gitignore", ".git/info/exclude"] {
        check_at(place, ignore);
    }
}

#[track_caller]
fn check_at(place: &str, ignore: &[u8]) {
    let tree = Tree::of(&PATHS);
    git(tree.path(), &["init", "-q"]);
    std::fs::create_dir_all(tree.at(".git/info")).unwrap();
    std::fs::write(tree.at(place), ignore).unwrap();
    let text = String::from_utf8_lossy(ignore);
    assert_eq!(by_us(&tree), by_git(&tree), "{place}: {text:?}");
}

#[test]
fn lines_that_other_programs_stumble_over() {
    check(b"# g\xe9n\xe9r\xe9s\nj1/\n");
    check(b"t\xe4glich/\nm/\n");
    check("täglich/\n".as_bytes());
    check(b"\xef\xbb\xbfa\nj1\n");
    check(b"\xef\xbb\xbf# said first\na");
    check(b"a\r\nm/\r\n\r\n# c\r\nb.txt");
    check(b"a  \nb.txt\t\nm/ \n");
    check(b"e\\ f\ne f \ng");
    check(b"e\\ f\\ \n");
    check(b"\\#c\n\\!d\n");
    check(b"#c\n!d\n");
    check(b"*\n!*.txt\n!m/\n");
    check(b"!*\n");
    check(b"g{h,i}\n");
    check(b"n{}/\n");
    check(b"j[[:digit:]]\n[[:alpha:]]h\n");
    check(b"[z-a\na\n[\nb.txt\n\\\n");
    check(b"\0\na\n");
    check(b"/\n//\n!\n!/\n**\n!**/\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_lines(lines in prop::collection::vec("[abgjkm#!]?[ab1*?/\\[\\]{},.!# \\\\fghijkm-]{0,5}[ \t\r]{0,2}", 1..4)) {
        check_at(".gitignore", lines.join("\n").as_bytes());
    }
}
