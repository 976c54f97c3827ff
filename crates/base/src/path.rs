//! Paths inside an added folder.

use std::fmt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A path relative to an added folder: UTF-8, `/`-separated on every platform, normalised (no `.`,
/// no `..`, no leading or trailing `/`). The empty path is the folder itself. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RelPath(Arc<str>);

/// Why a path is not a [`RelPath`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RelPathError {
    /// The path is not valid UTF-8.
    #[error("path is not valid UTF-8: {0}")]
    NotUtf8(String),
    /// The path is absolute or leaves the folder.
    #[error("path is not inside the folder: {0}")]
    Outside(String),
}

impl RelPath {
    /// Converts a path relative to the folder, which uses the platform's separators.
    pub fn new(path: impl AsRef<Path>) -> Result<RelPath, RelPathError> {
        let path = path.as_ref();
        let lossy = || path.display().to_string();
        let mut out = String::new();
        for component in path.components() {
            match component {
                Component::Normal(part) => {
                    let part = part.to_str().ok_or_else(|| RelPathError::NotUtf8(lossy()))?;
                    if !out.is_empty() {
                        out.push('/');
                    }
                    out.push_str(part);
                }
                Component::CurDir => {}
                _ => return Err(RelPathError::Outside(lossy())),
            }
        }
        Ok(RelPath(out.into()))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last component: the file name.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or("")
    }

    /// The file name without its last extension (`retry` for `src/retry.rs`).
    pub fn stem(&self) -> &str {
        let name = self.file_name();
        match name.rfind('.') {
            Some(dot) if dot > 0 => &name[..dot],
            _ => name,
        }
    }

    /// Everything before the file name, without the last `/`.
    pub fn parent(&self) -> &str {
        self.0.rfind('/').map_or("", |slash| &self.0[..slash])
    }

    /// True if this is `folder` or lies below it.
    pub fn is_within(&self, folder: &RelPath) -> bool {
        folder.0.is_empty()
            || self.0.strip_prefix(&*folder.0).is_some_and(|r| r.is_empty() || r.starts_with('/'))
    }

    /// The path on disk, under the folder `root`.
    pub fn on_disk(&self, root: &Path) -> PathBuf {
        let mut path = root.to_path_buf();
        path.extend(self.0.split('/').filter(|part| !part.is_empty()));
        path
    }
}

/// The added folder itself.
impl Default for RelPath {
    fn default() -> RelPath {
        RelPath("".into())
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RelPath {
    type Error = RelPathError;

    fn try_from(path: String) -> Result<RelPath, RelPathError> {
        RelPath::new(path)
    }
}

impl From<RelPath> for String {
    fn from(path: RelPath) -> String {
        path.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        assert_eq!(RelPath::new(path).ok().as_ref().map(RelPath::as_str), expected, "{path}");
    }

    #[test]
    fn only_paths_inside_the_folder_are_relative_paths() {
        check("src/lib.rs", Some("src/lib.rs"));
        check("./src//lib.rs", Some("src/lib.rs"));
        check("", Some(""));
        check("../x", None);
        check("a/../../x", None);
        check("/etc/passwd", None);
    }

    #[test]
    fn parts() {
        let path = RelPath::new("src/net/retry.rs").unwrap();
        assert_eq!(
            (path.file_name(), path.stem(), path.parent()),
            ("retry.rs", "retry", "src/net")
        );
        assert_eq!(RelPath::new(".gitignore").unwrap().stem(), ".gitignore");
        assert!(path.is_within(&RelPath::new("src").unwrap()));
        assert!(!path.is_within(&RelPath::new("sr").unwrap()));
    }
}
