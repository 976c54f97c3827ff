//! Programs from crates.io that the checks use, kept in cargo's build folder.

use std::path::PathBuf;

use anyhow::Result;

use crate::step;
use crate::workspace::{cargo, program, target_dir};

/// A crate that installs a program of its own name.
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

/// The WebDriver server for Tauri windows.
pub(crate) const TAURI_DRIVER: Tool = Tool { name: "tauri-driver", version: "^2.1" };

/// The checker of the dependency tree.
pub(crate) const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "^0.20" };

/// The finder of dependencies that nothing uses.
pub(crate) const CARGO_MACHETE: Tool = Tool { name: "cargo-machete", version: "^0.9" };

/// Installs the tool if necessary and returns the path of its program.
pub(crate) fn install(tool: &Tool) -> Result<PathBuf> {
    let folder = target_dir()?.join("tools");
    let path = program(&folder.join("bin"), tool.name);
    if !path.is_file() {
        let mut install = cargo(["install", tool.name, "--version", tool.version, "--locked"]);
        // Without optimisation they build in half a minute to a minute; speed hardly matters, as they wait or work for
        // two seconds.
        install.arg("--debug").arg("--root").arg(&folder);
        step::run(&mut install)?;
    }
    Ok(path)
}
