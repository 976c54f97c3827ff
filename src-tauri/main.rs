//! The desktop app.
// A console beside the window is no use to anybody on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

/// The reason is told where the terminal program does the same (`crates/cli/src/main.rs`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    descry_app::run()
}
