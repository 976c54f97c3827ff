//! Creates a folder tree on disk from one line per file.

use std::fs;
use std::path::{Path, PathBuf};

use descry_base::RelPath;

pub(crate) fn rel(path: &str) -> RelPath {
    RelPath::new(path).unwrap()
}

/// A tree in a temporary folder, one level down, so that the tree itself can be moved and removed.
pub(crate) struct Tree {
    _holder: tempfile::TempDir,
    path: PathBuf,
}

impl Tree {
    /// Lines are `path` or `path: content`.
    pub(crate) fn of(lines: &[&str]) -> Tree {
        let holder = tempfile::tempdir().unwrap();
        let path = holder.path().canonicalize().unwrap().join("tree");
        fs::create_dir(&path).unwrap();
        let tree = Tree { _holder: holder, path };
        for line in lines {
            let (path, content) = line.split_once(": ").unwrap_or((line, "text"));
            tree.write(path, content);
        }
        tree
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.path.join(path)
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}
