//! Measures search quality in a folder.

use anyhow::Result;
use descry_e2e::{COMMENTED, Desk, Window};

const MENU: &str = "[data-testid=folder][aria-label=shop] button[aria-haspopup=menu]";

#[tokio::test]
async fn a_folder_is_measured_by_its_own_questions() -> Result<()> {
    let desk = Desk::new();
    let shop = desk.project("shop", COMMENTED);
    let window = Window::open(&desk, &[shop.arg()]).await?;
    window.until("the folder is there", |view| view.folder_names() == ["shop"]).await?;
    window.click(MENU).await?;
    window.click("[role=menuitem]:nth-of-type(4)").await?;
    window.until("the page is open", |view| view.evaluation.is_some()).await?;
    window.click("[data-testid=evaluation] .end .button:first-of-type").await?;
    let says = |text: &'static str| {
        move |view: &descry_e2e::View| view.evaluation.as_ref().is_some_and(|it| it.contains(text))
    };
    let view = window.until("figures are shown", says("2 questions")).await?;
    let shown = view.evaluation.unwrap_or_default();
    for expected in ["MRR@10", "All together", "no git history", "descry-code"] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    assert_eq!(desk.out(&["folders"]), format!("{}\n", shop.arg()), "nothing else was added");
    Ok(())
}
