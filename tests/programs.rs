//! The paths of the programs under test: cargo puts them into the parent of the tests' folder.

use std::path::{Path, PathBuf};

/// The path of a program of this build.
pub(crate) fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let folder = test.parent().and_then(Path::parent).expect("tests lie in target/<profile>/deps");
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        path.is_file(),
        "{} is not built; run `cargo build --workspace --all-targets` first",
        path.display()
    );
    path
}
