//! Locations: the checkout, cargo's build folder, and the cargo that runs us.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The checkout's root folder.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// A command of the cargo that runs us, in the root folder.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(args);
    command
}

/// Cargo's build folder, as set by configuration or `CARGO_TARGET_DIR`.
pub(crate) fn target_dir() -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    Ok(metadata::<Metadata>(["--no-deps"])?.target_directory)
}

/// What cargo knows of the workspace and its dependencies.
pub(crate) fn metadata<T: DeserializeOwned>(
    args: impl IntoIterator<Item = &'static str>,
) -> Result<T> {
    let mut command = cargo(["metadata", "--format-version=1"]);
    let output = command.args(args).output().context("cargo cannot be started")?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo metadata failed: {}", complaint.trim());
    serde_json::from_slice(&output.stdout).context("reading the output of cargo metadata")
}

/// The path of the program `name` in `folder`, with the platform's extension.
pub(crate) fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}
