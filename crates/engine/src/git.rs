//! Reads the branch and commit of a folder from git's own files, without a git program.

use std::path::{Path, PathBuf};

/// The branch (none if a commit is checked out directly) and the shortened commit.
pub(crate) fn head(root: &Path) -> (Option<String>, Option<String>) {
    let Some(dir) = git_dir(root) else { return (None, None) };
    let Ok(head) = std::fs::read_to_string(dir.join("HEAD")) else { return (None, None) };
    let head = head.trim();
    let short = |commit: &str| commit.get(..7).map(str::to_owned);
    let Some(reference) = head.strip_prefix("ref: ") else { return (None, short(head)) };
    let branch = reference.strip_prefix("refs/heads/").unwrap_or(reference).to_owned();
    (Some(branch), commit_of(&dir, reference).as_deref().and_then(short))
}

/// `.git` is a folder or, in a worktree, a file that points to one. The added folder may lie
/// deeper.
fn git_dir(root: &Path) -> Option<PathBuf> {
    let dot_git = root.ancestors().map(|dir| dir.join(".git")).find(|path| path.exists())?;
    if dot_git.is_dir() {
        return Some(dot_git);
    }
    let text = std::fs::read_to_string(&dot_git).ok()?;
    Some(dot_git.parent()?.join(text.strip_prefix("gitdir:")?.trim()))
}

fn commit_of(dir: &Path, reference: &str) -> Option<String> {
    // A worktree has its own HEAD; branches are in the common folder.
    let common = std::fs::read_to_string(dir.join("commondir"))
        .map_or_else(|_| dir.to_path_buf(), |path| dir.join(path.trim()));
    if let Ok(commit) = std::fs::read_to_string(common.join(reference)) {
        return Some(commit.trim().to_owned());
    }
    let packed = std::fs::read_to_string(common.join("packed-refs")).ok()?;
    packed
        .lines()
        .find_map(|line| line.strip_suffix(reference)?.strip_suffix(' ').map(str::to_owned))
}
