//! The first minutes with Descry.

use anyhow::Result;
use descry_e2e::{Desk, Keys, SHOP, Window, share_no_word};

/// The question of most tests, and the file that answers it.
pub(crate) const QUESTION: &str = "try once more later when a network request fails";
pub(crate) const ANSWER: &str = "src/backoff.rs";

#[tokio::test]
async fn an_empty_window_asks_for_a_folder_and_then_for_a_question() -> Result<()> {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let window = Window::open(&desk, &[]).await?;
    window.until("the first screen is shown", |view| view.first_run).await?;
    desk.out(&["index", project.arg()]);
    let view = window
        .until("there is a box to type into", |view| view.focus.as_deref() == Some("search-box"))
        .await?;
    assert!(!view.first_run);
    assert_eq!(view.folder_names(), ["shop"]);
    Ok(())
}

#[tokio::test]
async fn a_question_finds_code_that_shares_no_word_with_it() -> Result<()> {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    share_no_word(QUESTION, &project.read(ANSWER));
    let window = Window::open(&desk, &[project.arg()]).await?;
    window.until("the folder is there", |view| view.folder_names() == ["shop"]).await?;
    window.ask(QUESTION).await?;
    window.until("the answer is first", |view| view.top() == ANSWER).await?;
    window.until("everything is fully indexed", |view| view.is_fully_indexed()).await?;
    let view = window.until("the answer is still first", |view| view.top() == ANSWER).await?;
    let line = view.hits[0].line;

    window.press(Keys::Enter).await?;
    let view = window
        .until("the file is open to stay", |view| view.tabs.iter().any(|tab| tab.permanent))
        .await?;
    assert_eq!(view.tabs.iter().map(|tab| tab.path.as_str()).collect::<Vec<_>>(), [ANSWER]);
    let view = window
        .until("the match is drawn", |view| {
            view.preview.as_ref().is_some_and(|it| it.beams.iter().any(|beam| beam.visible))
        })
        .await?;
    let preview = view.preview.expect("it was there a moment ago");
    assert_eq!((preview.path.as_str(), preview.line), (ANSWER, line));
    let text = project.read(ANSWER);
    let expected = text.lines().nth(line as usize - 1).expect("the line exists");
    assert!(preview.beams.iter().any(|beam| beam.visible && beam.text == expected), "{preview:?}");
    Ok(())
}
