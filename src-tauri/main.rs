//! The desktop app.
// On Windows, do not open a console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

/// For the reason, see the terminal program (`crates/cli/src/main.rs`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    descry_app::run()
}
