//! Where the programs under test are: cargo puts them into the folder above that of the tests.

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
