//! Saved changes appear in the answer without any action in the window.

use anyhow::Result;
use descry_e2e::{Desk, SHOP, View, Window};

#[tokio::test]
async fn the_answer_follows_the_disk() -> Result<()> {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    let window = Window::open(&desk, &[project.arg()]).await?;
    window.until("the folder is read", |view| view.is_fully_indexed()).await?;
    window.ask("greatest common divisor").await?;
    window.until("there is an answer", |view| !view.hits.is_empty()).await?;

    let cart = project.read("src/cart.rs");
    let euclid = "\n/// Euclid's algorithm.\npub fn euclid(a: u64, b: u64) -> u64 {\n    \
                  if b == 0 { a } else { euclid(b, a % b) }\n}\n";
    project.write("src/cart.rs", &format!("{cart}{euclid}"));
    let edited = |view: &View| {
        view.hits.iter().any(|hit| hit.path == "src/cart.rs" && hit.text.contains("euclid"))
    };
    window.until("the edit is in the answer", edited).await?;

    let divisor =
        "def greatest_common_divisor(a, b):\n    while b:\n        a, b = b, a % b\n    return a\n";
    project.write("numbers/divisor.py", divisor);
    window.until("the new file is the answer", |view| view.top() == "numbers/divisor.py").await?;

    project.delete("numbers/divisor.py");
    let gone = |path: &str| path != "numbers/divisor.py";
    let view =
        window.until("the deleted file is gone", |view| view.paths().into_iter().all(gone)).await?;
    assert!(edited(&view), "{view:?}");

    project.write("src/cart.rs", &cart);
    window
        .until("the edit is undone", |view| {
            view.hits.iter().all(|hit| !hit.text.contains("euclid"))
        })
        .await?;
    assert_eq!(window.view().await?.question.as_deref(), Some("greatest common divisor"));
    Ok(())
}
