//! The commands: parse, call the session, convert. Each runs on a thread that may block, never on
//! the window's thread.

use std::sync::Arc;

use descry_base::{ChunkId, RelPath, RootId};
use descry_session::Session;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use super::matches::Newest;
use super::types::{
    Editor, FileText, Folder, IpcError, SearchReply, SearchRequest, Settings, SkippedFile, Status,
};
use super::{convert, types};
use crate::editor;
use crate::opened::Opened;
use crate::session::AppSession;

pub(super) type Sessions<'a> = State<'a, Arc<AppSession>>;

/// Calls the session on a thread that may block.
pub(super) async fn ask<T: Send + 'static>(
    sessions: &Sessions<'_>,
    question: impl FnOnce(&Session) -> Result<T, IpcError> + Send + 'static,
) -> Result<T, IpcError> {
    let sessions = Arc::clone(sessions);
    blocking(move || question(&*sessions.get()?)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn search(
    sessions: Sessions<'_>,
    opened: State<'_, Opened>,
    newest: State<'_, Arc<Newest>>,
    request: SearchRequest,
) -> Result<SearchReply, IpcError> {
    newest.set(0);
    let working = opened.working();
    ask(&sessions, move |session| {
        let status = session.status()?;
        let answer = session.search(convert::query(&request, working))?;
        Ok(convert::reply(&request.text, answer, &status))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn similar(
    sessions: Sessions<'_>,
    chunk: String,
    limit: u32,
) -> Result<SearchReply, IpcError> {
    ask(&sessions, move |session| {
        let chunk = ChunkId(chunk.parse().map_err(IpcError::internal)?);
        let status = session.status()?;
        let answer = session.similar(chunk, limit.min(convert::MOST) as usize)?;
        Ok(convert::reply("", answer, &status))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn similar_text(
    sessions: Sessions<'_>,
    mut text: String,
    limit: u32,
) -> Result<SearchReply, IpcError> {
    text.truncate(text.floor_char_boundary(descry_engine::SELECTION));
    ask(&sessions, move |session| {
        let status = session.status()?;
        let answer = session.similar_text(text, limit.min(convert::MOST) as usize)?;
        Ok(convert::reply("", answer, &status))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn status(sessions: Sessions<'_>) -> Result<Status, IpcError> {
    ask(&sessions, |session| Ok((&session.status()?).into())).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_folder(sessions: Sessions<'_>, path: String) -> Result<Folder, IpcError> {
    ask(&sessions, move |session| {
        let id = session.add_folder(path.as_ref())?;
        Ok(convert::new_folder(id, &path, &session.status()?))
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_folders(
    app: AppHandle,
    sessions: Sessions<'_>,
) -> Result<Vec<String>, IpcError> {
    ask(&sessions, move |session| {
        let picked = app.dialog().file().set_title("Add folders").blocking_pick_folders();
        let mut added = Vec::new();
        for folder in picked.unwrap_or_default() {
            let path = folder.into_path().map_err(IpcError::internal)?;
            session.add_folder(&path)?;
            added.push(path.display().to_string());
        }
        Ok(added)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_folder(sessions: Sessions<'_>, id: u32) -> Result<(), IpcError> {
    ask(&sessions, move |session| Ok(session.remove_folder(RootId(id))?)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pause_folder(
    sessions: Sessions<'_>,
    id: u32,
    paused: bool,
) -> Result<(), IpcError> {
    ask(&sessions, move |session| Ok(session.pause_folder(RootId(id), paused)?)).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn skipped(sessions: Sessions<'_>, id: u32) -> Result<Vec<SkippedFile>, IpcError> {
    ask(&sessions, move |session| {
        let skipped = session.skipped(RootId(id))?;
        Ok(skipped.into_iter().map(convert::skipped).collect())
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn read_file(
    sessions: Sessions<'_>,
    root: u32,
    path: String,
) -> Result<FileText, IpcError> {
    ask(&sessions, move |session| {
        let file = session.read_file(RootId(root), RelPath::new(path)?)?;
        Ok(FileText {
            text: file.text,
            language: file.language.id().to_owned(),
            encoding: file.encoding,
            changed_since_index: file.changed_since_index,
        })
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_in_editor(
    sessions: Sessions<'_>,
    opened: State<'_, Opened>,
    root: u32,
    path: String,
    line: u32,
    column: u32,
) -> Result<(), IpcError> {
    let path = RelPath::new(path)?;
    opened.add(RootId(root), path.clone());
    ask(&sessions, move |session| {
        let path = session.locate(RootId(root), path)?;
        let settings = stored()?;
        let place = editor::Target { path: &path, line, column };
        Ok(editor::open(&settings.editor, &settings.editor_template, &place)?)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn editors() -> Result<Vec<Editor>, IpcError> {
    let found = tokio::task::spawn_blocking(editor::list);
    found.await.map_err(IpcError::internal)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn settings() -> Result<Settings, IpcError> {
    blocking(stored).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn save_settings(settings: Settings) -> Result<(), IpcError> {
    blocking(move || {
        let window = serde_json::to_value(&settings).map_err(IpcError::internal)?;
        let data_dir = descry_session::data_dir()?;
        Ok(descry_session::Settings::change(&data_dir, |all| all.window = window)?)
    })
    .await
}

fn stored() -> Result<Settings, IpcError> {
    let all = descry_session::Settings::load(&descry_session::data_dir()?)?;
    // Settings of a newer version that cannot be read count as none.
    Ok(serde_json::from_value(all.window).unwrap_or(Settings {
        theme: types::Theme::System,
        editor: "auto".to_owned(),
        editor_template: String::new(),
    }))
}

/// Runs blocking work on a thread of its own.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IpcError> + Send + 'static,
) -> Result<T, IpcError> {
    tokio::task::spawn_blocking(work).await.map_err(IpcError::internal)?
}
