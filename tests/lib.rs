//! The base of the end-to-end tests: a project on disk, the terminal program, and the real window.
//!
//! Promises: every test has its own data directory and projects; the programs are those of this
//! build; no started process outlives its test. Does not know: any crate of Descry; it sees what a
//! user sees, on the screen, in the terminal and on disk.

mod desk;
#[cfg(target_os = "linux")]
mod driver;
mod programs;
mod project;
#[cfg(target_os = "linux")]
mod view;
mod wait;
#[cfg(target_os = "linux")]
mod window;

pub use desk::{Desk, Ended, Shell};
pub use project::{COMMENTED, Project, SHOP, share_no_word, words};
#[cfg(target_os = "linux")]
pub use view::{Beam, FolderView, HitView, PreviewView, TabView, View};
pub use wait::{PATIENCE, wait_until};
#[cfg(target_os = "linux")]
pub use window::{Keys, Window};
