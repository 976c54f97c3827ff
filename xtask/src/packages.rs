//! The Debian packages for building and testing: finds, explains and installs the missing ones.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::step;

/// A purpose that needs system packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Any Rust code of the workspace.
    Engine,
    /// The desktop window.
    Window,
    /// Tests in a real window on a virtual screen.
    EndToEnd,
}

/// (package, purpose, reason): Tauri's prerequisites for Linux without those that our dependency tree does not use.
const PACKAGES: [(&str, Purpose, &str); 7] = [
    (
        "build-essential",
        Purpose::Engine,
        "C and C++ compilers for SQLite, usearch and the grammars",
    ),
    ("pkg-config", Purpose::Window, "finds the libraries below"),
    ("libwebkit2gtk-4.1-dev", Purpose::Window, "the web view that the window shows"),
    ("librsvg2-dev", Purpose::Window, "draws the icons of window and dialogs"),
    ("xvfb", Purpose::EndToEnd, "a screen in memory"),
    ("xauth", Purpose::EndToEnd, "lets xvfb-run open that screen"),
    ("webkit2gtk-driver", Purpose::EndToEnd, "drives the web view from a test"),
];

/// Installs the packages missing for `purposes`. Does nothing outside Linux; on Linux without apt, lists the packages.
pub(crate) fn ensure(purposes: &[Purpose]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let Some(installed) = installed()? else {
        println!(
            "This system has no dpkg. If the build fails, install these packages (Debian's names):"
        );
        needed(purposes).for_each(announce);
        return Ok(());
    };
    let missing: Vec<_> = needed(purposes).filter(|it| !installed.contains(it.0)).collect();
    if missing.is_empty() {
        println!("All system packages are installed.");
        return Ok(());
    }
    println!("These system packages are missing and will be installed by apt-get:");
    missing.iter().copied().for_each(announce);
    apt_get(&["update", "-q"])?;
    let mut args = vec!["install", "-y", "-q", "--no-install-recommends"];
    args.extend(missing.iter().map(|it| it.0));
    apt_get(&args)
}

type Package = (&'static str, Purpose, &'static str);

fn needed(purposes: &[Purpose]) -> impl Iterator<Item = Package> {
    PACKAGES.into_iter().filter(|it| purposes.contains(&it.1))
}

fn announce((name, _, why): Package) {
    println!("   {name:<24}{why}");
}

/// The installed packages of our list; `None` without dpkg.
fn installed() -> Result<Option<BTreeSet<String>>> {
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(PACKAGES.map(|it| it.0))
        // It complains about every unknown package; a package that it does not list is missing.
        .stderr(Stdio::null())
        .output();
    match output {
        Ok(output) => Ok(Some(parse_installed(&String::from_utf8_lossy(&output.stdout)))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("dpkg-query cannot be started"),
    }
}

fn parse_installed(listing: &str) -> BTreeSet<String> {
    let names = listing.lines().filter_map(|line| line.strip_suffix(" installed"));
    names.map(str::to_owned).collect()
}

fn apt_get(args: &[&str]) -> Result<()> {
    let quiet = "DEBIAN_FRONTEND=noninteractive";
    let mut command = if is_root()? {
        Command::new("env")
    } else {
        let mut command = Command::new("sudo");
        command.arg("env");
        command
    };
    command.args([quiet, "apt-get"]).args(args);
    step::run(&mut command)
        .with_context(|| format!("apt-get failed; run `sudo apt-get {}` yourself", args.join(" ")))
}

fn is_root() -> Result<bool> {
    let output = Command::new("id").arg("-u").output().context("`id` cannot be started")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fully_installed_packages_count() {
        let listing = "xvfb installed\nxauth not-installed\npkg-config config-files\n";
        assert_eq!(parse_installed(listing), BTreeSet::from(["xvfb".to_owned()]));
    }

    #[test]
    fn the_terminal_needs_no_web_view() {
        let names: Vec<_> = needed(&[Purpose::Engine]).map(|it| it.0).collect();
        assert_eq!(names, ["build-essential"]);
    }
}
