//! Many processes at the same time, pipes that close, and the prompt.

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
        // Close it before the program has an answer.
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

/// The replies of the owner of the index to these lines.
#[cfg(unix)]
#[track_caller]
fn reply_to(desk: &Desk, lines: &[&str]) -> Vec<serde_json::Value> {
    use std::io::{BufRead, BufReader, Write};
    let socket = desk.data_dir().join("socket");
    let mut socket = std::os::unix::net::UnixStream::connect(socket).expect("an owner listens");
    let mut replies = BufReader::new(socket.try_clone().expect("it reads")).lines();
    let mut exchange = |line: &&str| {
        writeln!(socket, "{line}").ok()?;
        // An owner that hangs up may do so before it has read everything.
        let reply = replies.next()?.ok()?;
        Some(serde_json::from_str(&reply).expect("it is JSON"))
    };
    lines.iter().map_while(&mut exchange).collect()
}

#[cfg(unix)]
#[test]
fn an_owner_replies_to_every_line() {
    const HELLO: &str = r#"{"protocol":1,"version":"0"}"#;
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let (mut shell, _) = desk.shell(&project);
    let replies = reply_to(&desk, &[HELLO, r#"{"teleport":{}}"#, r#"{"removeFolder":{"root":9}}"#]);
    let [hello, unknown, missing] = &replies[..] else { panic!("{replies:?}") };
    assert_eq!(hello["protocol"], 1);
    assert_eq!(unknown["Err"]["code"], "version", "{unknown}");
    assert_eq!(missing["Err"]["code"], "notFound", "{missing}");
    let replies = reply_to(&desk, &[r#"{"protocol":2,"version":"9.9"}"#, r#"{"status":{}}"#]);
    assert_eq!(replies.len(), 1, "another protocol is told ours, and no more: {replies:?}");
    shell.kill().expect("it can be killed");
    shell.wait().expect("it ends");
}

#[cfg(unix)]
#[test]
fn another_version_of_descry_is_named() {
    use std::io::{BufRead, BufReader, Write};
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    let lock = std::fs::File::open(desk.data_dir().join("lock")).expect("there is a lock");
    lock.try_lock().expect("nobody else has it");
    let socket = desk.data_dir().join("socket");
    let _ = std::fs::remove_file(&socket);
    let listener = std::os::unix::net::UnixListener::bind(socket).expect("we own it");
    let serve = std::thread::spawn(move || {
        let (mut guest, _) = listener.accept().expect("a guest comes");
        let mut hello = String::new();
        BufReader::new(&guest).read_line(&mut hello).expect("it says hello");
        writeln!(guest, r#"{{"protocol":9,"version":"7.0.0"}}"#).expect("it is told");
    });
    let ended = desk.descry(&["folders"]);
    serve.join().expect("it was served");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let expected = "another version of Descry (7.0.0) uses this index; close it and try again";
    assert!(ended.stderr.contains(expected), "{ended:?}");
}
