//! `cargo xtask bundle-model`: makes the bundled GGUF file from trained weights, or from the model that training
//! started with.

use std::process::Command;

use anyhow::Result;

use crate::step;
use crate::workspace::{root, target_dir};

/// Runs the script with these arguments in its own Python environment in the build folder.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let environment = target_dir()?.join("model-python");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let train = root().join("models/train");
    if !python.exists() {
        let system = if cfg!(windows) { "python" } else { "python3" };
        step::run(Command::new(system).args(["-m", "venv"]).arg(&environment))?;
    }
    let requirements = train.join("requirements.txt");
    step::run(
        Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements),
    )?;
    step::run(Command::new(&python).arg(train.join("bundle_model.py")).args(args))
}
