//! A missing model.

use anyhow::Result;
use descry_e2e::{Desk, Keys, SHOP, View, Window, wait_until};

#[tokio::test]
async fn words_answer_and_the_window_says_why_only_they_do() -> Result<()> {
    let desk = Desk::without_model();
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
    window.until("the footer says so too", has_no_model).await?;
    Ok(())
}

#[tokio::test]
async fn a_chosen_file_that_is_gone_is_named_and_given_up_in_the_settings() -> Result<()> {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let (gone, settings) = (desk.path().join("gone.gguf"), desk.data_dir().join("settings.json"));
    desk.choose(&gone);
    let gone = gone.to_str().expect("temporary folders have plain names");

    let window = Window::open(&desk, &[project.arg()]).await?;
    window.until("the footer says that there is no model", has_no_model).await?;
    window.ask("salted digest").await?;
    window
        .until("words answer, and the file is named", |view| {
            let notice = view.notice.as_deref().unwrap_or_default();
            view.top() == "auth/passwords.py" && notice.contains("words") && notice.contains(gone)
        })
        .await?;

    window.press(Keys::Ctrl(',')).await?;
    let view = window.until("the choice is shown", |view| says(view, "Chosen file")).await?;
    let named = view.model.as_ref().map(|text| text.matches(gone).count());
    assert_eq!(named, Some(2), "as the choice, and in the reason: {view:#?}");
    assert!(says(&view, "Model failed") && says(&view, "there is no such file"), "{view:#?}");
    window.click("[data-testid=reset-model]").await?;
    let again = |view: &View| says(view, "The bundled one") && says(view, "started again");
    window.until("the next start has the bundled one", again).await?;
    let names_none = || {
        let text = std::fs::read_to_string(&settings).ok()?;
        let settings: serde_json::Value = serde_json::from_str(&text).ok()?;
        settings["model"].is_null().then_some(())
    };
    wait_until("nothing is chosen", names_none);
    window.press(Keys::Escape).await?;
    window.close().await?;

    let window = Window::open(&desk, &[]).await?;
    window.until("the bundled model reads the folder", View::is_fully_indexed).await?;
    Ok(())
}

fn has_no_model(view: &View) -> bool {
    view.status.as_ref().is_some_and(|it| it.contains("no model"))
}

/// Whether the settings say this about the model.
fn says(view: &View, text: &str) -> bool {
    view.model.as_ref().is_some_and(|it| it.contains(text))
}
