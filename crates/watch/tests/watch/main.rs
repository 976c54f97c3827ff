//! The crate against a real disk.

mod fixture;
mod git;
mod notify;
mod walk;
