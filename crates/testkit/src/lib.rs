//! What tests of several crates need: folders written as text, git, and models that need no file.
//!
//! Promises: the same input gives the same folder and the same vectors, on every machine. Does not
//! know: the engine, or what a test is about.

mod fixture;
mod git;
mod model;

pub use fixture::{fixture, put};
pub use git::git;
pub use model::{DIM, FakeModel, FakeStaticModel};
