//! Judging single paths by the rules of the walk.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use descry_base::{RelPath, SkipReason};

use crate::folder::{Node, failed, judge};
use crate::rules::Rules;
use crate::scope::Scope;
use crate::walk::FileStat;

/// What the rules make of one path now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A file to be indexed.
    Admit(FileStat),
    /// A folder to be walked.
    Folder,
    /// Left out, for a reason worth telling.
    Skip(SkipReason),
    /// Left out by an ignore file or a built-in pattern, whether or not something is there.
    Ignored,
    /// Nothing is there.
    Gone,
}

/// Answers for single paths what a walk of the root would answer, without the walk. It remembers
/// the ignore rules of the folders it has been asked about: after a change of an ignore file,
/// [`forget`](Admission::forget) them. A [`Change::Rescan`](crate::Change::Rescan) says so.
#[derive(Debug)]
pub struct Admission {
    root: PathBuf,
    rules: Rules,
    around: Arc<Scope>,
    /// By folder; `None` where the folder is ignored or a symbolic link.
    inside: HashMap<String, Option<Arc<Scope>>>,
}

impl Admission {
    /// For the folder `root`, as [`check_root`](crate::check_root) returned it.
    pub fn new(root: &Path, rules: &Rules) -> Admission {
        Admission {
            root: root.to_path_buf(),
            rules: rules.clone(),
            around: Scope::around(root, rules),
            inside: HashMap::new(),
        }
    }

    /// Would `path` be indexed now?
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
            // A walk tells of the folder instead.
            Node::Skip(SkipReason::IgnoredFromAbove { .. }) if !on_disk.is_dir() => {
                Verdict::Ignored
            }
            Node::Skip(reason) => Verdict::Skip(reason),
            Node::Nothing => Verdict::Ignored,
        }
    }

    /// Whether the rules leave `path` out, be there a file, a folder or nothing. Costs no look at
    /// the path itself; `is_dir` is `None` where the kind is not known, and then only a path that
    /// would be ignored as either is.
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

    /// Forgets the ignore rules of `folder` and of everything below it, so that they are read anew.
    pub fn forget(&mut self, folder: &RelPath) {
        if folder.as_str().is_empty() {
            self.around = Scope::around(&self.root, &self.rules);
            self.inside.clear();
        } else if self.inside.contains_key(folder.as_str()) {
            // Whoever knows a folder knows those above it, so there is none below to look for else.
            let below = |path: &str| match path.strip_prefix(folder.as_str()) {
                Some(rest) => rest.is_empty() || rest.starts_with('/'),
                None => false,
            };
            self.inside.retain(|path, _| !below(path));
        }
    }

    /// The folder that paths are relative to.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The scope that `folder` lies in; `None` where that is ignored.
    pub(crate) fn outer(&mut self, folder: &RelPath) -> Option<Arc<Scope>> {
        match folder.as_str() {
            "" => Some(Arc::clone(&self.around)),
            _ => self.inside(folder.parent()),
        }
    }

    /// The scope that holds for what lies directly in `folder`.
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
