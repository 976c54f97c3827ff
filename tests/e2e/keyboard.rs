//! Everything by keyboard.

use anyhow::Result;
use descry_e2e::{Desk, Keys, SHOP, Window};

#[tokio::test]
async fn keys_walk_switch_and_clear() -> Result<()> {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    let window = Window::open(&desk, &[]).await?;
    window
        .until("the box has the focus", |view| view.focus.as_deref() == Some("search-box"))
        .await?;
    window.ask("password").await?;
    let view = window.until("there are hits", |view| view.hits.len() > 1).await?;
    assert_eq!(view.selected(), Some(0), "the best hit is selected");

    let second = view.hits[1].path.clone();
    // The second file's heading comes between hits of different files.
    while window.view().await?.selected() != Some(1) {
        window.press(Keys::Down).await?;
    }
    window
        .until("the preview follows", |view| {
            view.preview.as_ref().is_some_and(|preview| preview.path == second)
        })
        .await?;
    assert_eq!(window.view().await?.focus.as_deref(), Some("search-box"));
    while window.view().await?.selected() != Some(0) {
        window.press(Keys::Up).await?;
    }

    window.press(Keys::Ctrl('3')).await?;
    window
        .until("only words take part", |view| {
            view.mode.as_deref() == Some("words") && view.paths() == ["auth/passwords.py"]
        })
        .await?;
    window.press(Keys::Ctrl('2')).await?;
    window
        .until("only meaning takes part", |view| {
            view.mode.as_deref() == Some("meaning") && view.hits.len() > 1
        })
        .await?;
    window.press(Keys::Ctrl('1')).await?;
    window.until("both take part", |view| view.mode.as_deref() == Some("all")).await?;

    window.press(Keys::Escape).await?;
    let view =
        window.until("the box is empty", |view| view.question.as_deref() == Some("")).await?;
    assert!(view.hits.is_empty(), "{:?}", view.paths());

    window.ask("lang:rust price").await?;
    let rust = |path: &str| path.ends_with(".rs");
    let view = window
        .until("only Rust answers", |view| {
            !view.hits.is_empty() && view.paths().into_iter().all(rust)
        })
        .await?;
    assert_eq!(view.tokens, ["lang:rust"]);
    Ok(())
}
