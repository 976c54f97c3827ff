//! Helpers for the tests of several crates: folders written as text, git, models without files, and
//! disks that fail.
//!
//! Promises: the same input yields the same folder and the same vectors on every machine. Does not
//! know: the engine, or what a test is about.

#[cfg(unix)]
mod failing_disk;
mod fixture;
mod git;
mod model;

#[cfg(unix)]
pub use failing_disk::{Disk, Failure, failing_disk};
pub use fixture::{fixture, put};
pub use git::git;
pub use model::{DIM, FakeModel, FakeStaticModel};
