//! The desktop app.
// A console beside the window is no use to anybody on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    descry_app::run()
}
