//! `cargo xtask test [PART...]`: runs every check, the quick ones first.
//!
//! All Rust steps build the whole workspace with all its targets, so that cargo resolves one set of features, and the
//! binaries, the tests and the end-to-end tests share every compiled dependency.

use std::process::Command;

use anyhow::{Result, bail};

use crate::fuzz;
use crate::packages::{self, Purpose};
use crate::step::{self, Steps};
use crate::tools::{self, CARGO_DENY, CARGO_MACHETE, TAURI_DRIVER};
use crate::ui;
use crate::unsafe_code;
use crate::workspace::{cargo, root};

/// Large enough for all three panels of the window. It does not reset when the last window closes; a reset would
/// refuse the next window.
const SCREEN: &str = "-noreset -screen 0 1400x900x24";

/// The test target of `tests/`. It has `test = false`, so that a plain `cargo test` opens no window.
const E2E: &str = "e2e";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Lint,
    Ui,
    Rust,
    E2e,
}

/// Runs the parts named in `args`, or all.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let parts = parts(args)?;
    let mut steps = Steps::new();
    let has = |part| parts.contains(&part);

    ui::require_node()?;
    steps.run("System packages", || packages::ensure(&purposes(&parts)))?;
    if has(Part::Lint) {
        steps.run("Rust components", components)?;
        steps.command("Rust format", cargo(["fmt", "--all", "--check"]))?;
        dependencies(&mut steps)?;
    }
    steps.run("UI packages", ui::install)?;
    if has(Part::Lint) || has(Part::Ui) {
        steps.command("UI lint", ui::script("lint"))?;
        steps.command("UI types", ui::script("check"))?;
    }
    if has(Part::Ui) {
        steps.command("UI tests", ui::script("test"))?;
    }
    // The app embeds the built UI, so it comes before any Rust.
    steps.command("UI build", ui::script("build"))?;
    if has(Part::Lint) {
        clippy(&mut steps)?;
    }
    if has(Part::Rust) || has(Part::E2e) {
        steps.command("Rust build", cargo(["build", "--workspace", "--all-targets"]))?;
    }
    if has(Part::Rust) {
        steps.command("Rust tests", cargo(["test", "--workspace"]))?;
        fuzz::fuzz(&mut steps, fuzz::SECONDS)?;
    }
    if has(Part::E2e) {
        end_to_end(&mut steps)?;
    }
    steps.finish();
    Ok(())
}

fn parts(args: &[String]) -> Result<Vec<Part>> {
    if args.is_empty() {
        return Ok(vec![Part::Lint, Part::Ui, Part::Rust, Part::E2e]);
    }
    let part = |arg: &String| match arg.as_str() {
        "lint" => Ok(Part::Lint),
        "ui" => Ok(Part::Ui),
        "rust" => Ok(Part::Rust),
        "e2e" => Ok(Part::E2e),
        _ => bail!("there is no part `{arg}`; parts are lint, ui, rust and e2e"),
    };
    args.iter().map(part).collect()
}

fn purposes(parts: &[Part]) -> Vec<Purpose> {
    let mut purposes = Vec::new();
    if parts.iter().any(|part| *part != Part::Ui) {
        purposes.extend([Purpose::Engine, Purpose::Window]);
    }
    if parts.contains(&Part::E2e) {
        purposes.push(Purpose::EndToEnd);
    }
    purposes
}

/// A minimal Rust installation lacks rustfmt and clippy.
fn components() -> Result<()> {
    let has = |name| cargo([name, "--version"]).output().is_ok_and(|it| it.status.success());
    if has("fmt") && has("clippy") {
        return Ok(());
    }
    println!("rustfmt or clippy is missing; rustup will install it.");
    step::run(Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]))
}

/// Checks the licences, bans and sources of the dependency tree, its unsafe code, and that all of it is used. Advisories
/// would need a database from the network.
fn dependencies(steps: &mut Steps) -> Result<()> {
    let deny = steps.run("Dependency checker", || tools::install(&CARGO_DENY))?;
    let mut check = Command::new(deny);
    check.args(["--log-level", "error", "check", "licenses", "bans", "sources"]);
    steps.command("Dependencies", check.current_dir(root()))?;
    steps.run("Unsafe code of dependencies", unsafe_code::check)?;
    let machete = steps.run("Finder of unused dependencies", || tools::install(&CARGO_MACHETE))?;
    steps.command("Unused dependencies", Command::new(machete).arg(root()).current_dir(root()))
}

fn clippy(steps: &mut Steps) -> Result<()> {
    let deny = ["--", "-D", "warnings"];
    let mut all = cargo(["clippy", "--workspace", "--all-targets"]);
    all.args(deny);
    steps.command("Clippy", all)?;
    // `--all-targets` does not include targets with `test = false`.
    let mut e2e = cargo(["clippy", "--workspace", "--test", E2E]);
    e2e.args(deny);
    steps.command("Clippy on the end-to-end tests", e2e)
}

fn end_to_end(steps: &mut Steps) -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!(
            "\nThe end-to-end tests drive WebKitGTK and run only on Linux; they are skipped here."
        );
        return Ok(());
    }
    steps.command("Contract of the backends", ui::script("build:contract"))?;
    let driver = steps.run("Window driver", || tools::install(&TAURI_DRIVER))?;
    let mut tests = Command::new("xvfb-run");
    tests.args(["--auto-servernum", "--server-args", SCREEN]);
    // One window at a time: on two cores, parallel tests would only wait for each other.
    let inner = cargo(["test", "--workspace", "--test", E2E, "--", "--test-threads=1"]);
    tests.arg(inner.get_program()).args(inner.get_args());
    tests.current_dir(root()).env("TAURI_DRIVER", driver);
    // On a Wayland desktop, the windows would otherwise open there.
    tests.env_remove("WAYLAND_DISPLAY").env("GDK_BACKEND", "x11");
    steps.command("End-to-end tests", tests)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_named() {
        let check = |args: &[&str]| {
            let args: Vec<String> = args.iter().map(|it| (*it).to_owned()).collect();
            parts(&args).map_err(|error| error.to_string())
        };
        assert_eq!(check(&[]), Ok(vec![Part::Lint, Part::Ui, Part::Rust, Part::E2e]));
        assert_eq!(check(&["ui", "e2e"]), Ok(vec![Part::Ui, Part::E2e]));
        assert!(check(&["all"]).unwrap_err().starts_with("there is no part `all`"));
    }

    #[test]
    fn the_ui_alone_needs_no_system_package() {
        assert_eq!(purposes(&[Part::Ui]), []);
        assert_eq!(purposes(&[Part::Rust]), [Purpose::Engine, Purpose::Window]);
        assert!(purposes(&[Part::E2e]).contains(&Purpose::EndToEnd));
    }
}
