//! Helpers for the tests of several crates: folders written as text, git, and models without files.
//!
//! Promises: the same input yields the same folder and the same vectors on every machine. Does not
//! know: the engine, or what a test is about.

mod fixture;
mod git;
mod model;

pub use fixture::{fixture, put};
pub use git::git;
pub use model::{DIM, FakeModel, FakeStaticModel};
