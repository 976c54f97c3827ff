//! Removes a folder.

use anyhow::Result;
use descry_e2e::{Desk, SHOP, Window};

use crate::first::{ANSWER, QUESTION};

const MENU: &str = "[data-testid=folder][aria-label=shop] button[aria-haspopup=menu]";

#[tokio::test]
async fn a_removed_folder_is_gone_with_all_its_results() -> Result<()> {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    let other =
        desk.project("other", &[("wait.py", "def pause(seconds):\n    time.sleep(seconds)\n")]);
    let window = Window::open(&desk, &[shop.arg(), other.arg()]).await?;
    window.until("both folders are there", |view| view.folder_names() == ["shop", "other"]).await?;
    window.ask(QUESTION).await?;
    window.until("the answer is first", |view| view.top() == ANSWER).await?;

    window.click(MENU).await?;
    window.click("[role=menuitem].bad").await?;
    window.click("[data-testid=confirm-remove]").await?;
    let view = window.until("one folder is left", |view| view.folder_names() == ["other"]).await?;
    assert!(!view.first_run);
    let only = |path: &str| path == "wait.py";
    let view = window
        .until("only the other folder answers", |view| view.paths().into_iter().all(only))
        .await?;
    assert!(view.tabs.iter().all(|tab| only(&tab.path)), "{:?}", view.tabs);
    assert_eq!(desk.out(&["folders"]), format!("{}\n", other.arg()));
    assert!(shop.read(ANSWER).contains("retry"), "the folder itself is untouched");

    desk.out(&["remove", other.arg()]);
    window.until("the first screen is back", |view| view.first_run).await?;
    assert_eq!(desk.out(&["folders"]), "");
    Ok(())
}
