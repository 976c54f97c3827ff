//! A model that is not there.

use anyhow::Result;
use descry_e2e::{Desk, SHOP, Window};

#[tokio::test]
async fn words_answer_and_the_window_says_why_only_they_do() -> Result<()> {
    let desk = Desk::without_models();
    let project = desk.project("shop", SHOP);
    let window = Window::open(&desk, &[project.arg()]).await?;
    window.until("the folder is there", |view| view.folder_names() == ["shop"]).await?;
    window.ask("salted digest").await?;
    let view = window
        .until("words answer, with a notice", |view| {
            view.top() == "auth/passwords.py" && view.notice.is_some()
        })
        .await?;
    let notice = view.notice.unwrap_or_default();
    assert!(notice.contains("words"), "{notice}");
    let says =
        |view: &descry_e2e::View| view.status.as_ref().is_some_and(|it| it.contains("no model"));
    window.until("the footer says so too", says).await?;
    Ok(())
}
