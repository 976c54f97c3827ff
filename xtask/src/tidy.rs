//! `cargo xtask tidy`: runs only the checks on sources and dependency edges (`tests/tidy`).

use anyhow::Result;

use crate::step;
use crate::workspace::cargo;

/// Runs the tidy tests.
pub(crate) fn run() -> Result<()> {
    step::run(&mut cargo(["test", "--quiet", "--package", "xtask", "--test", "tidy"]))
}
