//! One index for all programs of a user.

use anyhow::Result;
use descry_e2e::{Desk, SHOP, Window};

use crate::first::{ANSWER, QUESTION};

#[tokio::test]
async fn a_second_start_gives_its_folder_to_the_first_window() -> Result<()> {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    let second = desk.project("second", &[("a.py", "def one():\n    return 1\n")]);
    let third = desk.project("third", &[("b.py", "def two():\n    return 2\n")]);
    let window = Window::open(&desk, &[shop.arg()]).await?;
    window.until("the folder is there", |view| view.folder_names() == ["shop"]).await?;

    let status = desk.command("descry-app").args([second.arg(), third.arg()]).status()?;
    assert!(status.success(), "{status}");
    window
        .until("the window has the folders", |view| {
            view.folder_names() == ["shop", "second", "third"]
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn the_terminal_and_the_window_share_an_index() -> Result<()> {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    let tools =
        desk.project("tools", &[("zip.py", "def unpack_archive(path):\n    return open(path)\n")]);
    let window = Window::open(&desk, &[shop.arg()]).await?;
    window.until("the folder is read", |view| view.is_fully_indexed()).await?;
    assert_eq!(desk.found(QUESTION)[0], ANSWER);

    window.ask("unpack_archive").await?;
    desk.out(&["index", tools.arg()]);
    let view = window.until("the new folder answers", |view| view.top() == "zip.py").await?;
    assert_eq!(view.folder_names(), ["shop", "tools"]);
    assert_eq!(desk.out(&["folders"]).lines().collect::<Vec<_>>(), [shop.arg(), tools.arg()]);
    Ok(())
}
