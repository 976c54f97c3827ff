//! Tests of the crate on a real disk.

mod fixture;
mod git;
mod notify;
mod walk;
