//! The user's model: shows the choice, chooses another, and returns to the bundled one. It needs no
//! session: a model that fails to load must not prevent the choice of a better one.

use descry_session::{Settings, choose_model, data_dir};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::commands::blocking;
use super::types::IpcError;

#[tauri::command]
#[specta::specta]
pub(crate) async fn chosen_model() -> Result<Option<String>, IpcError> {
    blocking(|| {
        let chosen = Settings::load(&data_dir()?)?.model;
        Ok(chosen.map(|path| path.display().to_string()))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_model(app: AppHandle) -> Result<Option<String>, IpcError> {
    blocking(move || {
        let dialog = app.dialog().file().set_title("Choose a model");
        let Some(picked) = dialog.add_filter("Models (GGUF)", &["gguf"]).blocking_pick_file()
        else {
            return Ok(None);
        };
        let path = picked.into_path().map_err(IpcError::internal)?;
        choose_model(&data_dir()?, &path)?;
        Ok(Some(path.display().to_string()))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reset_model() -> Result<(), IpcError> {
    blocking(|| Ok(descry_session::reset_model(&data_dir()?)?)).await
}
