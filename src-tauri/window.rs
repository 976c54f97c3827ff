//! The window.

use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder};

/// The label of the window.
pub(crate) const MAIN: &str = "main";

/// Opens the window. It stays hidden only until the first paint; its background has the colour of
/// the theme, so nothing flashes.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title("Descry")
        .inner_size(1360.0, 860.0)
        .min_inner_size(480.0, 360.0)
        .build()?;
    Ok(())
}

/// Brings the window forward.
pub(crate) fn come_forward(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "cannot bring the window forward");
    }
}
