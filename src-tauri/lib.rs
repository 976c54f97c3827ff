//! The shell: one window over a session, and the typed wire between the two.
//!
//! Promises: only this crate knows Tauri and wire types; every command is thin (parse, call the
//! session, convert) and runs off the window's thread. Does not know: how anything is indexed,
//! ranked or drawn.

mod editor;
mod ipc;
mod opened;
mod session;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use tauri::Manager;

use crate::session::AppSession;

/// Runs the app until its window closes. The arguments are folders to add.
pub fn run() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // It would panic in whichever thread logs after the reader has closed the pipe.
        .log_internal_errors(false)
        .with_max_level(match std::env::var_os("DESCRY_LOG") {
            Some(_) => tracing_subscriber::filter::LevelFilter::DEBUG,
            None => tracing_subscriber::filter::LevelFilter::WARN,
        })
        .init();
    let folders: Vec<PathBuf> = std::env::args_os()
        .skip(1)
        .map(PathBuf::from)
        .map(|path| std::path::absolute(&path).unwrap_or(path))
        .collect();
    let Some(session) = AppSession::start(folders) else {
        // The window that was already open has come forward.
        return ExitCode::SUCCESS;
    };
    let builder = ipc::builder();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(builder.invoke_handler())
        .manage(Arc::clone(&session))
        .manage(ipc::Running::default())
        .manage(Arc::<ipc::Newest>::default())
        .manage(opened::Opened::default())
        .setup(move |app| {
            builder.mount_events(app);
            session.set_app(app.handle().clone());
            window::open(app.handle())?;
            Ok(())
        })
        .build(context());
    match app {
        Ok(app) => {
            app.run(|app, event| {
                if let tauri::RunEvent::Exit = event {
                    app.state::<ipc::Running>().cancel();
                    // Save state before the process ends.
                    app.state::<Arc<AppSession>>().close();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "cannot open the window");
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tauri's macro ends the process if its UI is missing"
)]
fn context() -> tauri::Context {
    tauri::generate_context!()
}
