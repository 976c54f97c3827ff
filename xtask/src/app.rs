//! `cargo xtask app [FOLDER]`: builds Descry and opens it on FOLDER, in its window or, without a display, in the
//! terminal.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::packages::{self, Purpose};
use crate::step::{self, Steps};
use crate::ui;
use crate::workspace::{cargo, program, target_dir};

/// Builds and starts Descry; returns when it ends.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let folder = match args {
        [] => None,
        [folder] => Some(existing_folder(folder)?),
        _ => bail!("expected one folder, got {}: cargo xtask app [FOLDER]", args.len()),
    };
    let mut descry = if has_display(|name| env::var_os(name).is_some_and(|it| !it.is_empty())) {
        window()?
    } else {
        println!(
            "No display (neither DISPLAY nor WAYLAND_DISPLAY is set), so Descry runs in the terminal."
        );
        terminal()?
    };
    descry.args(folder);
    step::run(&mut descry)
}

fn window() -> Result<Command> {
    ui::require_node()?;
    let mut steps = Steps::new();
    steps.run("System packages", || packages::ensure(&[Purpose::Engine, Purpose::Window]))?;
    steps.run("UI packages", ui::install)?;
    steps.command("Build the UI", ui::script("build"))?;
    steps.command(
        "Build Descry",
        cargo(["build", "--release", "-p", "descry-app", "-p", "descry-cli"]),
    )?;
    Ok(Command::new(program(&target_dir()?.join("release"), "descry-app")))
}

fn terminal() -> Result<Command> {
    let mut steps = Steps::new();
    steps.run("System packages", || packages::ensure(&[Purpose::Engine]))?;
    steps.command("Build descry", cargo(["build", "--release", "-p", "descry-cli"]))?;
    let mut command = Command::new(program(&target_dir()?.join("release"), "descry"));
    command.arg("shell");
    Ok(command)
}

/// macOS and Windows sessions always have a display; on Linux, one of two variables names it.
fn has_display(is_set: impl Fn(&str) -> bool) -> bool {
    !cfg!(target_os = "linux") || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// The absolute path of a folder; checked before the build rather than after it.
fn existing_folder(name: &str) -> Result<PathBuf> {
    let path = std::path::absolute(name).with_context(|| format!("`{name}` is not a path"))?;
    ensure!(path.is_dir(), "{} is not a folder", path.display());
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_has_a_name_on_linux() {
        let check = |set: &[&str], expected: bool| {
            assert_eq!(
                has_display(|name| set.contains(&name)),
                expected || !cfg!(target_os = "linux")
            );
        };
        check(&[], false);
        check(&["DISPLAY"], true);
        check(&["WAYLAND_DISPLAY"], true);
    }

    #[test]
    fn a_wrong_folder_is_told_before_any_build() {
        let error = run(&["no/such/folder".to_owned()]).unwrap_err().to_string();
        assert!(error.ends_with("is not a folder"), "{error}");
        let error = run(&[String::new(), String::new()]).unwrap_err().to_string();
        assert!(error.contains("one folder"), "{error}");
    }
}
