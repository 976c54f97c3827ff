//! The user's own model: which one is chosen, choosing another, and going back to the bundled one.
//! No session is asked: a model that cannot be run must not keep anyone from choosing a better one.

use std::path::Path;

use descry_embed_gguf::LoadOptions;
use descry_session::{choose_model, data_dir};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use super::types::IpcError;

#[tauri::command]
#[specta::specta]
pub(crate) async fn chosen_model() -> Result<Option<String>, IpcError> {
    blocking(|| {
        let chosen = descry_session::chosen_model(&data_dir()?)?;
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
        choose(&data_dir()?, &path)?;
        Ok(Some(path.display().to_string()))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn reset_model() -> Result<(), IpcError> {
    blocking(|| Ok(choose_model(&data_dir()?, None)?)).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IpcError> + Send + 'static,
) -> Result<T, IpcError> {
    tauri::async_runtime::spawn_blocking(work).await.map_err(IpcError::internal)?
}

/// Tried before it is chosen: a model that cannot be run would leave search without meaning.
fn choose(data_dir: &Path, path: &Path) -> Result<(), IpcError> {
    drop(descry_embed_gguf::load(path, &LoadOptions::default())?);
    Ok(choose_model(data_dir, Some(path))?)
}

#[cfg(test)]
mod tests {
    use descry_session::chosen_model;

    use super::super::types::ErrorCode;
    use super::*;

    #[test]
    fn a_model_that_runs_is_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let file = models.join(descry_session::BUNDLED_MODEL);
        choose(folder.path(), &file).unwrap();
        assert_eq!(chosen_model(folder.path()).unwrap(), Some(file));
    }

    #[test]
    fn a_file_that_is_no_model_is_refused_and_not_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let (data_dir, file) = (folder.path().join("data"), folder.path().join("notes.gguf"));
        std::fs::write(&file, "This is no model.").unwrap();
        let error = choose(&data_dir, &file).unwrap_err();
        assert!(matches!(error.code, ErrorCode::Model), "{error:?}");
        let expected = format!("Cannot load the model {}: it is not a GGUF file.", file.display());
        assert_eq!(error.message, expected);
        assert_eq!(chosen_model(&data_dir).unwrap(), None);
    }
}
