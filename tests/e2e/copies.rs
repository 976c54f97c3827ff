//! Duplicate code, a place named in an error message, and code similar to a selection.

use anyhow::Result;
use descry_e2e::{Desk, Keys, Window};

const SETTLE: &str = "pub fn settle(account: &mut Account) {\n    account.close_ledger();\n    \
                      account.notify_owner();\n}\n";

#[tokio::test]
async fn what_is_written_twice_is_one_hit_with_its_copies() -> Result<()> {
    let desk = Desk::new();
    let project = desk.project("bank", &[("src/settle.rs", SETTLE), ("src/old/settle.rs", SETTLE)]);
    let window = Window::open(&desk, &[project.arg()]).await?;
    window.until("the folder is there", |view| view.folder_names() == ["bank"]).await?;
    window.ask("settle an account").await?;
    let view = window.until("there is one hit", |view| view.paths() == ["src/settle.rs"]).await?;
    assert!(view.copies.is_empty(), "they are folded");
    window.click("[data-testid=copies]").await?;
    window.until("the copy is told", |view| view.copies == ["src/old/settle.rs"]).await?;
    window.click("[data-testid=copy]").await?;
    window
        .until("the copy is shown", |view| {
            view.preview.as_ref().is_some_and(|it| it.path == "src/old/settle.rs")
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_message_leads_to_its_line_and_a_selection_to_its_like() -> Result<()> {
    let desk = Desk::new();
    let lines: String = (0..120).map(|n| format!("    total += price[{n}] * {n};\n")).collect();
    let long = format!("pub fn total(price: &[u64]) -> u64 {{\n{lines}    total\n}}\n");
    let project = desk.project("bank", &[("src/settle.rs", SETTLE), ("src/total.rs", &long)]);
    let window = Window::open(&desk, &[project.arg()]).await?;
    window.until("the folder is there", |view| view.folder_names() == ["bank"]).await?;
    window.ask("thread 'main' panicked at src/total.rs:100:9").await?;
    let at_line = |view: &descry_e2e::View| {
        view.preview.as_ref().is_some_and(|it| it.path == "src/total.rs" && it.line == 100)
    };
    window.until("the line is shown", at_line).await?;

    window.ask("settle an account").await?;
    window
        .until("the file is shown", |view| {
            view.preview.as_ref().is_some_and(|it| it.path == "src/settle.rs")
        })
        .await?;
    window.click("[data-testid=preview] .cm-content").await?;
    window.press(Keys::Ctrl('a')).await?;
    window.press(Keys::Ctrl('.')).await?;
    let view = window.until("code like it is listed", |view| view.similar_to.is_some()).await?;
    assert!(view.similar_to.is_some_and(|it| it.contains("pub fn settle")));
    Ok(())
}
