//! Terminal output: no escape sequences from files, colours as requested, matches in long lines,
//! copies.

use descry_e2e::{Desk, Project};

/// Runs a search with these variables set, and returns its output.
#[track_caller]
fn shown(desk: &Desk, variables: &[(&str, &str)], args: &[&str]) -> String {
    let mut command = desk.command("descry");
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM"] {
        command.env_remove(name);
    }
    let ended = command.envs(variables.iter().copied()).args(args).output().expect("descry ends");
    assert!(ended.status.success(), "{ended:?}");
    String::from_utf8(ended.stdout).expect("UTF-8")
}

fn odd(desk: &Desk) -> Project {
    let text = "def steer():\n    return '\x1b[31mred\x1b]0;title\x07 \u{202e}esrever'\n";
    let project = desk.project("od\u{202e}d", &[("plain.py", text)]);
    #[cfg(unix)]
    {
        project.write("two\nlines\x1b[2J.py", "def steer_again():\n    return 1\n");
    }
    desk.out(&["index", project.arg()]);
    project
}

#[test]
fn nothing_of_a_file_steers_the_terminal() {
    let desk = Desk::new();
    odd(&desk);
    for args in [["search", "steer"].as_slice(), &["status"], &["folders"]] {
        let ended = desk.descry(args);
        let out = ended.stdout + &ended.stderr;
        let steers = |c: char| (c.is_control() && c != '\n' && c != '\t') || c == '\u{202e}';
        assert!(!out.contains(steers), "{args:?}: {out:?}");
        assert!(out.contains("od\\u{202e}d"), "{args:?}: {out:?}");
    }
    let out = desk.out(&["search", "steer"]);
    assert!(out.contains("␛[31mred␛]0;title␇ \\u{202e}esrever"), "{out}");
    #[cfg(unix)]
    assert!(out.contains("two␊lines␛[2J.py:1"), "{out}");
    // Programs get the names unchanged.
    let paths = desk.found("steer");
    #[cfg(unix)]
    assert!(paths.iter().any(|path| path == "two\nlines\x1b[2J.py"), "{paths:?}");
    assert!(paths.iter().any(|path| path == "plain.py"), "{paths:?}");
}

#[test]
fn colours_are_as_asked_for() {
    let desk = Desk::new();
    odd(&desk);
    #[track_caller]
    fn check(desk: &Desk, variables: &[(&str, &str)], when: &[&str], expected: bool) {
        let args = [&["search", "steer"], when].concat();
        let out = shown(desk, variables, &args);
        assert_eq!(out.contains('\x1b'), expected, "{variables:?} {when:?}: {out:?}");
    }
    check(&desk, &[], &[], false);
    check(&desk, &[("CLICOLOR_FORCE", "1")], &[], true);
    check(&desk, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[], false);
    check(&desk, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], &[], true);
    check(&desk, &[], &["--color", "always"], true);
    check(&desk, &[("NO_COLOR", "1")], &["--color=always"], true);
    check(&desk, &[("CLICOLOR_FORCE", "1")], &["--color", "never"], false);
    check(&desk, &[("TERM", "dumb")], &["--color", "auto"], false);
}

#[test]
fn the_match_of_a_long_line_is_seen() {
    let desk = Desk::new();
    let words =
        |from: usize| -> String { (from..from + 90).map(|i| format!("word{i} ")).collect() };
    let line = format!("NOTE = '{}needle_here {}'\n", words(100), words(300));
    let project = desk.project("long", &[("long.py", &line)]);
    desk.out(&["index", project.arg()]);
    let out = desk.out(&["search", "needle_here"]);
    let seen = out.lines().find(|line| line.contains("needle_here")).expect("the match is seen");
    assert!(seen.contains(" …") && seen.ends_with('…'), "{seen}");
    assert!(seen.chars().count() <= 160, "{seen}");
}

#[test]
fn copies_are_named() {
    let desk = Desk::new();
    let body: String =
        (0..12).map(|i| format!("    total_{i} = basket[{i}] * price[{i}]\n")).collect();
    let one = format!("def basket_total(basket, price):\n{body}    return total_0\n");
    let near = one.replace("total_3 =", "third =");
    let files = [("a/total.py", one.as_str()), ("b/total.py", &one), ("c/deep/total.py", &near)];
    let project = desk.project("copies", &files);
    desk.out(&["index", project.arg()]);
    let out = desk.out(&["search", "--folder", project.arg(), "basket_total"]);
    assert!(out.starts_with("a/total.py:1"), "{out}");
    assert!(out.contains("  the same: b/total.py:1\n"), "{out}");
    assert!(out.contains("  nearly the same: c/deep/total.py:1\n"), "{out}");
    let answer = desk.json(&["search", "--json", "basket_total"]);
    let copies = &answer["results"][0]["copies"];
    let folder = project.arg();
    let copy = |path: &str, exact: bool| {
        serde_json::json!({
            "path": path, "start_line": 1, "end_line": 14, "exact": exact, "folder": folder,
        })
    };
    assert_eq!(
        copies,
        &serde_json::json!([copy("b/total.py", true), copy("c/deep/total.py", false)])
    );
}
