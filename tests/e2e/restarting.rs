//! Restarts the app after an orderly end and after a kill.

use anyhow::Result;
use descry_e2e::{Desk, SHOP, View, Window};

use crate::first::{ANSWER, QUESTION};

fn answer(view: &View) -> Vec<(String, u32)> {
    view.hits.iter().map(|hit| (hit.path.clone(), hit.line)).collect()
}

#[tokio::test]
async fn a_restart_embeds_nothing_and_answers_the_same() -> Result<()> {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let window = Window::open(&desk, &[project.arg()]).await?;
    window.until("the folder is read", |view| view.is_fully_indexed()).await?;
    window.ask(QUESTION).await?;
    let before = window.until("the answer is first", |view| view.top() == ANSWER).await?;
    window.close().await?;

    // `status` embeds nothing, so these vectors were saved.
    let status = desk.json(&["status", "--json"]);
    let coverage = &status["folders"][0]["coverage"];
    assert_eq!(coverage["full"], coverage["chunks"], "{status}");
    assert_ne!(coverage["chunks"], 0, "{status}");

    let window = Window::open(&desk, &[]).await?;
    let first = window.until("the folder is there", |view| !view.folders.is_empty()).await?;
    assert!(first.is_fully_indexed(), "{first:#?}");
    window.ask(QUESTION).await?;
    let after = window.until("the answer is first", |view| view.top() == ANSWER).await?;
    assert_eq!(answer(&after), answer(&before));
    Ok(())
}

#[tokio::test]
async fn a_kill_while_indexing_loses_nothing() -> Result<()> {
    const FILES: usize = 240;
    let desk = Desk::new();
    let project = desk.project("large", &[]);
    for n in 0..FILES {
        let text = format!(
            "\"\"\"Part {n}.\"\"\"\n\n\ndef handle_{n}(order, price):\n    {}    return order.book({n}, price)\n",
            format!("order.check({n}, price)\n    order.log('step {n}')\n").repeat(10)
        );
        project.write(&format!("part{}/handler{n}.py", n % 12), &text);
    }
    let window = Window::open(&desk, &[project.arg()]).await?;
    window
        .until("indexing has begun", |view| !view.folders.is_empty() && !view.is_fully_indexed())
        .await?;
    window.kill()?;

    let window = Window::open(&desk, &[]).await?;
    window.until("the folder is read", |view| view.is_fully_indexed()).await?;
    for n in [0, 1, FILES / 2, FILES - 1] {
        window.ask(&format!("handle_{n}")).await?;
        let path = format!("part{}/handler{n}.py", n % 12);
        window.until("its handler is first", |view| view.top() == path).await?;
    }
    let status = desk.json(&["status", "--json"]);
    assert_eq!(status["folders"][0]["files"], FILES, "{status}");
    Ok(())
}

#[tokio::test]
async fn a_window_whose_data_is_deleted_starts_afresh() -> Result<()> {
    let desk = Desk::new();
    let shop = desk.project("shop", SHOP);
    let tools =
        desk.project("tools", &[("zip.py", "def unpack_archive(path):\n    return path\n")]);
    desk.index(&tools);
    let window = Window::open(&desk, &[shop.arg()]).await?;
    window.until("both folders are read", |view| view.is_fully_indexed()).await?;
    std::fs::remove_dir_all(desk.data_dir())?;
    // It was opened on this folder, and knows of no other any longer.
    window
        .until("it begins again", |view| view.folder_names() == ["shop"] && view.is_fully_indexed())
        .await?;
    window.ask(QUESTION).await?;
    window.until("the answer is first", |view| view.top() == ANSWER).await?;
    // Other programs share the new data.
    desk.index(&tools);
    window.until("the other folder is back", |view| view.folder_names().len() == 2).await?;
    window.ask("unpack_archive").await?;
    window.until("its file is first", |view| view.top() == "zip.py").await?;
    Ok(())
}
