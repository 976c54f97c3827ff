//! `cargo xtask eval`: measures Descry's ranking on repositories with judged questions; with `--all`, every measure of
//! retrieval side by side.

use anyhow::Result;

use crate::step;
use crate::workspace::{cargo, root, target_dir};

/// Builds the measuring program in release mode and runs it. Its indexes stay in cargo's build folder, and this
/// project is among the folders for `exact`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let build = ["run", "--release", "--package", "descry-eval", "--"];
    let data = target_dir()?.join("eval");
    step::run(cargo(build).arg("--data").arg(data).arg("--folder").arg(root()).args(args))
}
