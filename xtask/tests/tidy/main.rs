//! The rules that the compiler cannot check: allowed dependencies between crates, and the form of sources.
#![allow(missing_docs, reason = "a test")]

use std::path::Path;

mod edges;
mod sources;

/// The checkout's root folder.
fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// Fails with one line per complaint.
fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
