//! Opens a hit in the user's own editor.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::Result;
use descry_e2e::{Desk, Keys, SHOP, Window, wait_until};

use crate::first::ANSWER;

#[tokio::test]
async fn the_editor_gets_path_line_and_column() -> Result<()> {
    let desk = Desk::new();
    let project = desk.project("a shop's $(things)", SHOP);
    desk.index(&project);
    let (editor, told) = (desk.path().join("my editor"), desk.path().join("told"));
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{}.new'\nmv '{0}.new' '{0}'\n",
        told.display()
    );
    fs::write(&editor, script)?;
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755))?;

    let window = Window::open(&desk, &[]).await?;
    window
        .until("the box has the focus", |view| view.focus.as_deref() == Some("search-box"))
        .await?;
    window.press(Keys::Ctrl(',')).await?;
    window.choose("dialog select", "custom").await?;
    let template = format!("'{}' --goto {{path}}:{{line}}:{{column}}", editor.display());
    window.fill("dialog input[type=text]", &template).await?;
    window.press(Keys::Escape).await?;

    window.ask("retry_with_backoff").await?;
    let view = window.until("the answer is first", |view| view.top() == ANSWER).await?;
    window.press(Keys::CtrlEnter).await?;
    let told = wait_until("the editor was started", || fs::read_to_string(&told).ok());
    let place = format!("{}:{}:1", project.path().join(ANSWER).display(), view.hits[0].line);
    assert_eq!(told.lines().collect::<Vec<_>>(), ["--goto", &place]);
    Ok(())
}
