//! Many processes at the same time, pipes that close, and the prompt.

use std::process::Stdio;

use descry_e2e::{Desk, SHOP, wait_until};

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
fn a_closed_log_is_no_failure() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    let mut command = desk.command("descry");
    command.args(["search", "password"]).env("DESCRY_LOG", "1");
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("descry starts");
    // Every thread that logs finds it closed.
    drop(child.stderr.take());
    let output = child.wait_with_output().expect("descry ends");
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("auth/passwords.py"), "{output:?}");
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
    let shell = desk.shell(&project);
    assert!(shell.summary.contains("chunks searchable"), "{}", shell.summary);
    drop(shell);

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
    let _shell = desk.shell(&project);
    let replies = reply_to(&desk, &[HELLO, r#"{"teleport":{}}"#, r#"{"removeFolder":{"root":9}}"#]);
    let [hello, unknown, missing] = &replies[..] else { panic!("{replies:?}") };
    assert_eq!(hello["protocol"], 1);
    assert_eq!(unknown["Err"]["code"], "version", "{unknown}");
    assert_eq!(missing["Err"]["code"], "notFound", "{missing}");
    let long = format!(r#"{{"similarText":{{"text":"{}","limit":1}}}}"#, "x".repeat(2 << 20));
    let replies = reply_to(&desk, &[HELLO, &long, r#"{"status":{}}"#]);
    // The owner hangs up, as it does not look for the end of such a line.
    assert!(replies.len() <= 2, "{}", replies.len());
    let replies = reply_to(&desk, &[r#"{"protocol":2,"version":"9.9"}"#, r#"{"status":{}}"#]);
    assert_eq!(replies.len(), 1, "another protocol is told ours, and no more: {replies:?}");
}

#[cfg(unix)]
#[test]
fn another_version_of_descry_is_named_and_read_past() {
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
        for guest in listener.incoming().take(2) {
            let mut guest = guest.expect("a guest comes");
            let mut hello = String::new();
            BufReader::new(&guest).read_line(&mut hello).expect("it says hello");
            writeln!(guest, r#"{{"protocol":9,"version":"7.0.0"}}"#).expect("it is told");
        }
    });
    let ended = desk.descry(&["search", "retry_with_backoff"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.starts_with(project.arg()), "{ended:?}");
    let ended = desk.descry(&["remove", project.arg()]);
    serve.join().expect("both were served");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let expected = "another version of Descry (7.0.0) uses this index; close it and try again";
    assert!(ended.stderr.contains(expected), "{ended:?}");
}

#[cfg(unix)]
#[test]
fn an_owner_that_is_stopped_is_read_past() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    let shell = desk.shell(&project);
    let signal = |name: &str| {
        let kill =
            std::process::Command::new("kill").args([name, &shell.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
    };
    let told = "another Descry owns the index and does not answer";
    signal("-STOP");
    let ended = desk.descry(&["search", "try once more later when a network request fails"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("src/backoff.rs"), "{ended:?}");
    assert!(ended.stderr.contains(told), "{ended:?}");
    let status = desk.descry(&["status"]);
    assert_eq!(status.code, Some(0), "{status:?}");
    assert!(status.stderr.contains(told) && status.stdout.contains("full 100 %"), "{status:?}");
    let refused = desk.descry(&["remove", project.arg()]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("does not answer; close it and try again"), "{refused:?}");
    signal("-CONT");
    let ended = desk.descry(&["search", "retry_with_backoff"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
}

/// A project that takes some seconds to embed.
fn large(desk: &Desk) -> descry_e2e::Project {
    let file = |n: usize| (format!("f{n}.py"), format!("def numbered_{n}():\n    return {n}\n"));
    let files: Vec<(String, String)> = (0..1_500).map(file).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (&**path, &**text)).collect();
    desk.project("large", &files)
}

#[test]
fn an_index_ends_when_its_folder_is_removed() {
    let desk = Desk::new();
    // It owns the index from the first to the last.
    let _shell = desk.shell(&desk.project("shop", SHOP));
    let project = large(&desk);
    let mut command = desk.command("descry");
    command.args(["index", project.arg(), "--wait", "full"]);
    let index = command.stderr(Stdio::piped()).spawn().expect("descry starts");
    wait_until("the folder is added", || {
        (desk.descry(&["remove", project.arg()]).code == Some(0)).then_some(())
    });
    let ended = index.wait_with_output().expect("it ends");
    let complaint = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("removed while it was being indexed"), "{complaint}");
}

#[test]
fn nobody_is_turned_away_while_an_owner_ends() {
    let desk = Desk::new();
    let projects: Vec<_> = (0..6)
        .map(|n| {
            let text = format!("def numbered_{n}():\n    return {n}\n");
            desk.project(&format!("p{n}"), &[("a.py", &text)])
        })
        .collect();
    std::thread::scope(|scope| {
        for project in &projects {
            scope.spawn(|| desk.out(&["index", project.arg()]));
        }
        for _ in 0..20 {
            desk.out(&["folders"]);
        }
    });
    let status = desk.json(&["status", "--json"]);
    assert_eq!(status["folders"].as_array().map(Vec::len), Some(projects.len()), "{status}");
}
#[test]
fn damaged_settings_keep_nobody_from_searching() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    for damaged in ["", "{", "null", "[]", r#"{ "model": 7 }"#] {
        std::fs::write(desk.data_dir().join("settings.json"), damaged).expect("it is written");
        assert_eq!(desk.found("salted")[0], "auth/passwords.py", "{damaged}");
        let aside = std::fs::read_to_string(desk.data_dir().join("settings.damaged.json"));
        assert_eq!(aside.expect("it is kept"), damaged);
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_refused_beside_an_owner_as_well() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let _shell = desk.shell(&project);
    let odd = desk.path().join(std::ffi::OsStr::from_bytes(b"bad\xff"));
    std::fs::create_dir(&odd).expect("it can be made");
    let mut command = desk.command("descry");
    let output = command.arg("index").arg(&odd).output().expect("descry ends");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("its name is not valid UTF-8"), "{complaint}");
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_index() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path).expect("it exists").permissions().mode() & 0o777
    };
    desk.index(&project);
    assert_eq!(mode(&desk.data_dir()), 0o700);
    // As an earlier version left it.
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(desk.data_dir(), open).expect("it is ours");
    assert_eq!(desk.found("salted")[0], "auth/passwords.py");
    assert_eq!(mode(&desk.data_dir()), 0o700);
}
