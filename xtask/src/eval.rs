//! `cargo xtask eval`: how well Descry ranks, on repositories with judged questions.

use anyhow::Result;

use crate::step;
use crate::workspace::{cargo, target_dir};

/// Builds the measuring program in release and runs it; its indexes stay in cargo's build folder.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let build = ["run", "--release", "--package", "descry-eval", "--"];
    step::run(cargo(build).arg("--data").arg(target_dir()?.join("eval")).args(args))
}
