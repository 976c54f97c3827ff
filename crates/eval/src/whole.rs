//! Checks out whole repositories at their pinned commits from their git directories.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::args::Args;
use crate::judged::Repository;

/// The git directory of a repository: `NAME` (a clone) or `OWNER+NAME/repo` below `--history`.
pub(crate) fn git_dir(args: &Args, repository: &Repository) -> Result<PathBuf> {
    let history = args.history.as_deref().context("--history is required")?;
    let url = repository.url.trim_end_matches(".git");
    let mut parts = url.rsplit('/');
    let bare = match (parts.next(), parts.next()) {
        (Some(name), Some(owner)) => history.join(format!("{owner}+{name}/repo")),
        _ => PathBuf::new(),
    };
    let clone = history.join(&repository.name);
    let found = [clone, bare].into_iter().find(|path| path.is_dir());
    found.with_context(|| format!("{} has no {}", history.display(), repository.name))
}

/// The folder with all files of a repository; created if missing.
pub(crate) fn lay_out(args: &Args, repository: &Repository) -> Result<PathBuf> {
    let whole = args.data.join(&repository.name).join("whole");
    let folder = whole.join(&repository.revision);
    if !folder.is_dir() {
        check_out(&git_dir(args, repository)?, &repository.revision, &folder)?;
    }
    Ok(folder)
}

/// Writes all files of a commit to `folder`. `git archive` would omit what a repository excludes
/// from its packages, often its tests.
fn check_out(git: &Path, revision: &str, folder: &Path) -> Result<()> {
    let part = folder.with_extension("part");
    let index = folder.with_extension("index");
    if part.is_dir() {
        fs::remove_dir_all(&part).with_context(|| format!("clearing {}", part.display()))?;
    }
    fs::create_dir_all(&part).with_context(|| format!("making {}", part.display()))?;
    let inner = git.join(".git");
    let done = Command::new("git")
        .arg("--git-dir")
        .arg(std::path::absolute(if inner.exists() { &inner } else { git })?)
        .arg("--work-tree")
        .arg(std::path::absolute(&part)?)
        .args(["checkout", "--quiet", "--force", revision, "--", "."])
        .current_dir(&part)
        .env("GIT_INDEX_FILE", std::path::absolute(&index)?)
        .stdin(Stdio::null())
        .status()
        .context("git cannot be started")?;
    ensure!(done.success(), "git cannot check out {revision} of {}", git.display());
    fs::remove_file(&index).with_context(|| format!("removing {}", index.display()))?;
    fs::rename(&part, folder).with_context(|| format!("making {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_laid_out_whole() {
        let folder = descry_testkit::fixture(
            "//- /.gitattributes\n/tests export-ignore\n//- /src/a.rs\nfn a() {}\n//- /tests/b.rs\nfn b() {}\n",
        );
        let git = |args: &[&str]| descry_testkit::git(folder.path(), args);
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "-m", "Begin"]);
        fs::remove_file(folder.path().join("src/a.rs")).unwrap();
        let data = tempfile::tempdir().unwrap();
        let out = data.path().join("whole");
        check_out(folder.path(), "HEAD", &out).unwrap();
        let there = |path: &str| out.join(path).is_file();
        assert!(there("src/a.rs") && there("tests/b.rs") && !there(".git/HEAD"));
        // The clone stays unchanged.
        assert!(!folder.path().join("src/a.rs").exists());
    }
}
