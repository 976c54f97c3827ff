//! Judges single paths by the rules of the walk.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use descry_base::{RelPath, SkipReason};

use crate::folder::{Node, failed, judge};
use crate::rules::Rules;
use crate::scope::Scope;
use crate::walk::FileStat;

/// The current verdict on one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A file to index.
    Admit(FileStat),
    /// A folder to walk.
    Folder,
    /// Skipped, for a reason worth recording.
    Skip(SkipReason),
    /// Excluded by an ignore file or a built-in pattern, whether or not it exists.
    Ignored,
    /// Nothing exists at this path.
    Gone,
}

/// Judges single paths exactly as a walk of the root would, without the walk. It caches the ignore
/// rules of the folders it has been asked about, so a new one is made once ignore files may have
/// changed.
#[derive(Debug)]
pub struct Admission {
    root: PathBuf,
    rules: Rules,
    around: Arc<Scope>,
    /// Scopes by folder; `None` if the folder is ignored or a symbolic link.
    inside: HashMap<String, Option<Arc<Scope>>>,
}

impl Admission {
    /// Judges paths below `root`, a path returned by [`check_root`](crate::check_root).
    pub fn new(root: &Path, rules: &Rules) -> Admission {
        Admission {
            root: root.to_path_buf(),
            rules: rules.clone(),
            around: Scope::around(root, rules),
            inside: HashMap::new(),
        }
    }

    /// Whether `path` would be indexed now.
    pub fn admit(&mut self, path: &RelPath) -> Verdict {
        let on_disk = path.on_disk(&self.root);
        if path.as_str().is_empty() {
            return if on_disk.is_dir() { Verdict::Folder } else { Verdict::Gone };
        }
        let Some(scope) = self.inside(path.parent()) else { return Verdict::Ignored };
        let node = match fs::symlink_metadata(&on_disk) {
            Ok(found) => judge(&on_disk, found.file_type(), || Ok(found), &scope, &self.rules),
            Err(_) if self.ignores(path, None) => return Verdict::Ignored,
            Err(error) => match failed(&error) {
                Node::Nothing => return Verdict::Gone,
                node => node,
            },
        };
        match node {
            Node::Folder => Verdict::Folder,
            Node::File(stamp) => Verdict::Admit(FileStat { path: path.clone(), stamp }),
            // A walk reports the folder instead.
            Node::Skip(SkipReason::IgnoredFromAbove { .. }) if !on_disk.is_dir() => {
                Verdict::Ignored
            }
            Node::Skip(reason) => Verdict::Skip(reason),
            Node::Nothing => Verdict::Ignored,
        }
    }

    /// Whether the rules exclude `path`, whatever exists there, without accessing the path itself.
    /// If `is_dir` is `None`, the kind is unknown, and only a path that is ignored both as a file
    /// and as a folder counts.
    pub(crate) fn ignores(&mut self, path: &RelPath, is_dir: Option<bool>) -> bool {
        if path.as_str().is_empty() {
            return false;
        }
        let Some(scope) = self.inside(path.parent()) else { return true };
        let on_disk = path.on_disk(&self.root);
        match is_dir {
            Some(is_dir) => scope.leaves_out(&on_disk, is_dir),
            None => [false, true].iter().all(|is_dir| scope.leaves_out(&on_disk, *is_dir)),
        }
    }

    /// Forgets the ignore rules of `folder` and everything below it, so that they are read again.
    pub fn forget(&mut self, folder: &RelPath) {
        if folder.as_str().is_empty() {
            self.around = Scope::around(&self.root, &self.rules);
            self.inside.clear();
        } else if self.inside.contains_key(folder.as_str()) {
            // A cached folder implies cached folders above it, so otherwise none below is cached
            // either.
            let below = |path: &str| match path.strip_prefix(folder.as_str()) {
                Some(rest) => rest.is_empty() || rest.starts_with('/'),
                None => false,
            };
            self.inside.retain(|path, _| !below(path));
        }
    }

    /// The folder to which paths are relative.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The scope that contains `folder`; `None` if that is ignored.
    pub(crate) fn outer(&mut self, folder: &RelPath) -> Option<Arc<Scope>> {
        match folder.as_str() {
            "" => Some(Arc::clone(&self.around)),
            _ => self.inside(folder.parent()),
        }
    }

    /// The scope for the direct children of `folder`.
    fn inside(&mut self, folder: &str) -> Option<Arc<Scope>> {
        if let Some(known) = self.inside.get(folder) {
            return known.clone();
        }
        let path = self.root.join(folder);
        let (outer, is_root) = match folder.rsplit_once('/') {
            _ if folder.is_empty() => (Some(Arc::clone(&self.around)), true),
            Some((parent, _)) => (self.inside(parent), false),
            None => (self.inside(""), false),
        };
        let scope = outer
            .filter(|outer| is_root || !(outer.leaves_out(&path, true) || path.is_symlink()))
            .map(|outer| outer.enter(&path));
        self.inside.insert(folder.to_owned(), scope.clone());
        scope
    }
}
