//! The parts of a git repository's layout that ignore rules depend on.

use super::*;

/// True if `folder` is the top of a work tree (`.git` is a file in linked work trees).
pub(super) fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// `info/exclude` of the repository whose work tree is at `folder`, if it exists.
pub(super) fn exclude_file(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    let common = if git.is_dir() {
        git
    } else {
        let pointer = fs::read_to_string(&git).ok()?;
        let own = folder.join(pointer.trim().strip_prefix("gitdir:")?.trim());
        match fs::read_to_string(own.join("commondir")) {
            Ok(common) => own.join(common.trim()),
            Err(_) => own,
        }
    };
    Some(common.join("info/exclude")).filter(|path| path.is_file())
}
