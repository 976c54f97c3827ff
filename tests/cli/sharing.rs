//! Many at once, pipes that close, and the prompt.

use std::process::Stdio;

use descry_e2e::{Desk, SHOP};

#[test]
fn many_programs_at_once_share_one_index() {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    let tools =
        desk.project("tools", &[("zip.py", "def unpack_archive(path):\n    return path\n")]);
    desk.index(&shop);
    std::thread::scope(|scope| {
        let searches: Vec<_> =
            (0..4).map(|_| scope.spawn(|| desk.found("retry_with_backoff"))).collect();
        let index = scope.spawn(|| desk.index(&tools));
        for search in searches {
            assert_eq!(search.join().expect("a search ends well")[0], "src/backoff.rs");
        }
        index.join().expect("the index ends well");
    });
    assert_eq!(desk.found("unpack_archive")[0], "zip.py");
}

#[test]
fn searches_at_once_all_answer_by_meaning() {
    const QUESTION: &str = "try once more later when a network request fails";
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    desk.index(&shop);
    std::thread::scope(|scope| {
        let search = || desk.json(&["search", "--json", QUESTION]);
        let searches: Vec<_> = (0..5).map(|_| scope.spawn(search)).collect();
        for search in searches {
            let answer = search.join().expect("a search ends well");
            assert!(answer["notice"].is_null(), "{answer}");
            assert_eq!(answer["results"][0]["path"], "src/backoff.rs", "{answer}");
            assert!(answer["results"][0]["why"]["meaning"].is_number(), "{answer}");
        }
    });
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    for args in [["search", "password"].as_slice(), &["search", "--json", "password"], &["folders"]]
    {
        let mut command = desk.command("descry");
        command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("descry starts");
        // Closed before the program has an answer.
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("descry ends");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "descry {args:?}: {complaint}");
        assert_eq!(complaint, "", "descry {args:?}");
    }
}

#[test]
fn the_prompt_answers_until_an_empty_line() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let ended =
        desk.descry_reading(&["shell", project.arg()], "retry_with_backoff\nsalted\n\nevict\n");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("6 files"), "{ended:?}");
    let prompts: Vec<_> = ended.stdout.split("descry> ").collect();
    // Before the first prompt, two answers, and nothing for the empty line.
    assert_eq!(prompts.len(), 4, "{ended:?}");
    assert!(prompts[1].starts_with("src/backoff.rs:"), "{ended:?}");
    assert!(prompts[2].starts_with("auth/passwords.py:"), "{ended:?}");
    assert_eq!(prompts[3], "");
}

#[test]
fn a_kill_leaves_an_index_that_the_next_one_finishes() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let (mut shell, said) = desk.shell(&project);
    assert!(said.contains("chunks searchable"), "{said}");
    shell.kill().expect("it can be killed");
    shell.wait().expect("it ends");

    desk.index(&project);
    let status = desk.json(&["status", "--json"]);
    let coverage = &status["folders"][0]["coverage"];
    assert_eq!(coverage["full"], coverage["chunks"], "{status}");
    assert_eq!(desk.found("evict")[0], "cache/lru.go");
}
