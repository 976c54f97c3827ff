//! `cargo xtask tidy`: the checks on sources, dependency edges and licences (`tests/tidy`), alone.

use anyhow::Result;

use crate::step;
use crate::workspace::cargo;

/// Runs the tidy tests.
pub(crate) fn run() -> Result<()> {
    step::run(&mut cargo(["test", "--quiet", "--package", "xtask", "--test", "tidy"]))
}
