//! The wire between the window and the shell: commands, events, and the TypeScript generated from
//! them.

mod commands;
mod convert;
mod error;
mod evaluation;
mod matches;
mod model;
mod types;

use tauri_specta::{Builder, collect_commands, collect_events};

pub(crate) use evaluation::Running;
pub(crate) use matches::Newest;
pub(crate) use types::{Editor, IndexChanged, IpcError, StatusChanged};

/// All commands and events of the window.
pub(crate) fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .commands(collect_commands![
            commands::search,
            matches::matches,
            commands::similar,
            commands::similar_text,
            commands::status,
            commands::add_folder,
            commands::pick_folders,
            commands::remove_folder,
            commands::pause_folder,
            commands::skipped,
            commands::read_file,
            commands::open_in_editor,
            commands::editors,
            commands::settings,
            commands::save_settings,
            model::chosen_model,
            model::pick_model,
            model::reset_model,
            evaluation::evaluate,
            evaluation::cancel_evaluation,
        ])
        .events(collect_events![
            StatusChanged,
            IndexChanged,
            types::EvaluationProgress,
            types::MatchesFound
        ])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn bindings_are_current() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("bindings.ts");
        let typescript = specta_typescript::Typescript::default()
            .header("// Made from src-tauri/ipc by `cargo test -p descry-app`; do not edit.\n");
        super::builder().export(typescript, &made).unwrap();
        let made = std::fs::read_to_string(&made).unwrap();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
        if std::fs::read_to_string(&path).unwrap_or_default() != made {
            std::fs::write(&path, made).unwrap();
            panic!("ui/src/ipc/bindings.ts was out of date and has been regenerated; commit it");
        }
    }
}
