//! The contract of the backend; the UI's tests check their in-memory backend against the same one.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use descry_e2e::{Desk, View, Window};
use serde::Deserialize;

/// A file of the example project in the contract.
#[derive(Deserialize)]
struct File {
    /// The number of its folder, from 1.
    root: usize,
    path: String,
    text: String,
}

#[tokio::test]
async fn the_real_backend_keeps_the_contract() -> Result<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist-contract/contract.js");
    let script = fs::read_to_string(script)
        .context("the contract is not built; run `npm run build:contract` in ui/")?;
    let desk = Desk::new();
    let files = {
        let window = Window::open(&desk, &[]).await?;
        let files = window.run(&format!("{script}; arguments[0](contract.files);")).await?;
        window.close().await?;
        serde_json::from_value::<Vec<File>>(files)?
    };
    let most = files.iter().map(|file| file.root).max().unwrap_or_default();
    for root in 1..=most {
        let of_root = files.iter().filter(|file| file.root == root);
        let texts: Vec<(&str, &str)> = of_root.map(|it| (&*it.path, &*it.text)).collect();
        let project = desk.project(&format!("part-{root}"), &texts);
        desk.index(&project);
    }

    let window = Window::open(&desk, &[]).await?;
    window.until("the folders are indexed", View::is_fully_indexed).await?;
    let broken = window.run(&format!("{script}; contract.run().then(arguments[0]);")).await?;
    assert_eq!(broken, serde_json::json!([]), "{broken:#}");
    window.close().await
}
