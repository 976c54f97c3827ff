//! Whatever a page sends to the program, it gets an answer, reads nothing outside the folders, and
//! the window goes on.

use std::os::unix::fs::symlink;

use anyhow::Result;
use descry_e2e::{Desk, SHOP, View, Window};
use serde_json::{Value, json};

/// What lies outside the folder.
const SECRET: &str = "a secret outside of every folder";

/// Calls every command that asks, with values of every kind in place of its arguments; returns
/// what came back without an error.
const SCRIPT: &str = r#"
    const done = arguments[arguments.length - 1];
    const invoke = window.__TAURI_INTERNALS__.invoke;
    let state = 7;
    const next = (below) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
    };
    const long = "x".repeat(3_000_000);
    const odd = [
        null, true, -1, 0, 1, 1.5, 4294967295, 2 ** 60, NaN, "", "x", "\u0000", "\ud800", "../x",
        "/etc/passwd", "src/../../x", "C:\\x", long, [], [[]], {}, { id: 1 }, Array(5000).fill("x"),
    ];
    const commands = {
        search: ["request"],
        similar: ["chunk", "limit"],
        similar_text: ["text", "limit"],
        status: [],
        skipped: ["id"],
        pause_folder: ["id", "paused"],
        remove_folder: ["id"],
        read_file: ["root", "path"],
        open_in_editor: ["root", "path", "line", "column"],
        matches: ["request", "channel"],
        evaluate: ["root", "questions", "channel"],
        add_folder: ["path"],
        no_such_command: ["path"],
    };
    const request = (value) => ({
        text: value, mode: ["all", "regex", "files", value][next(4)], limit: next(2) ? 20 : value,
        roots: next(3) ? [] : value, languages: [], kinds: [], roles: [],
    });
    const calls = [];
    for (const [command, names] of Object.entries(commands)) {
        for (let turn = 0; turn < 24; turn += 1) {
            const args = {};
            for (const name of names) {
                const value = odd[next(odd.length)];
                if (next(8)) args[name] = name === "request" && next(2) ? request(value) : value;
            }
            // These two would do as they are told.
            if (command === "remove_folder" && args.id === 1) continue;
            if (command === "pause_folder" && args.id === 1) continue;
            calls.push([command, args]);
        }
    }
    for (const path of ["../secret.txt", "link.txt", "out/secret.txt", "src/../../secret.txt"]) {
        calls.push(["read_file", { root: 1, path }]);
    }
    const answers = calls.map(([command, args]) =>
        invoke(command, args).then(
            (value) => ({ command, value: JSON.stringify(value ?? null).slice(0, 2000) }),
            (error) => ({ command, error: typeof error === "string" || typeof error.code === "string" }),
        ),
    );
    Promise.all(answers).then(done);
"#;

#[tokio::test]
async fn whatever_a_page_sends_is_answered() -> Result<()> {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let outside = desk.project("outside", &[("secret.txt", SECRET)]);
    symlink(outside.path().join("secret.txt"), project.path().join("link.txt"))?;
    symlink(outside.path(), project.path().join("out"))?;
    desk.index(&project);
    let window = Window::open(&desk, &[]).await?;
    window.until("the folder is indexed", View::is_fully_indexed).await?;
    let answers: Value = window.run(SCRIPT).await?;
    let answers = answers.as_array().expect("a list of answers");
    assert!(answers.len() > 250, "{}", answers.len());
    for answer in answers {
        let value = answer["value"].as_str().unwrap_or_default();
        assert!(!value.contains(SECRET) && !value.contains("root:x:"), "{answer}");
        assert!(answer["error"] == json!(true) || answer["value"].is_string(), "{answer}");
    }
    window.until("the folder is still there", |view| view.folder_names() == ["shop"]).await?;
    window.ask("try once more later when a network request fails").await?;
    window.until("it still answers", |view| view.top() == "src/backoff.rs").await?;
    window.close().await
}
