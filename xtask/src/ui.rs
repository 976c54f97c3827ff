//! The web UI: its packages and its npm scripts.

use std::fs;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::step;
use crate::workspace::root;

/// Installs the packages of `ui/package-lock.json` unless the installed ones are newer than that file.
pub(crate) fn install() -> Result<()> {
    let locked = modified("ui/package-lock.json")?.context("ui/package-lock.json is missing")?;
    // npm writes this file last, so an interrupted installation is repeated.
    let installed = modified("ui/node_modules/.package-lock.json")?;
    if installed.is_some_and(|installed| installed >= locked) {
        println!("The packages of the UI are up to date.");
        return Ok(());
    }
    step::run(npm().args(["ci", "--no-audit", "--no-fund"]))
}

/// `npm run SCRIPT` in `ui/`.
pub(crate) fn script(name: &str) -> Command {
    let mut command = npm();
    command.args(["run", "--silent", name]);
    command
}

/// Fails early, with a clear message, if Node.js is missing.
pub(crate) fn require_node() -> Result<()> {
    let outcome = npm().arg("--version").output();
    outcome.map(drop).context("cannot start npm: install Node.js 20.19 or newer")
}

fn npm() -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(root().join("ui"));
    command
}

fn modified(path: &str) -> Result<Option<SystemTime>> {
    match fs::metadata(root().join(path)).and_then(|it| it.modified()) {
        Ok(time) => Ok(Some(time)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {path}")),
    }
}
