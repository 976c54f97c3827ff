//! The crate against a real disk.

mod fixture;
mod notify;
mod walk;
