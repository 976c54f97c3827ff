//! Walks a root or a folder below it.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use descry_base::{RelPath, SkipReason, Skipped, Stamp};

use crate::admission::{Admission, Verdict};
use crate::folder::{Listing, Node, Want, failed, list, stamp};
use crate::root::top;
use crate::rules::Rules;
use crate::scope::Scope;

/// A file to be indexed, with its metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStat {
    /// The path below the root.
    pub path: RelPath,
    /// The file's stamp.
    pub stamp: Stamp,
}

impl FileStat {
    /// The current stamp of the file, which the caller has open as `file`.
    ///
    /// # Errors
    /// If the operating system does not return the metadata.
    pub fn now(&self, file: &std::fs::File) -> io::Result<Stamp> {
        Ok(Stamp { overruled: self.stamp.overruled, ..stamp(&file.metadata()?) })
    }
}

/// The result of a walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalkReport {
    /// Files visited.
    pub files: u64,
    /// Folders read.
    pub folders: u64,
    /// What was skipped for a reason worth recording, in walk order. Ignored paths are not
    /// included.
    pub skipped: Vec<Skipped>,
    /// True if the visitor stopped the walk.
    pub stopped: bool,
}

/// A walk that failed. It says nothing about the files: those it did not visit may still exist.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The root no longer exists.
    #[error("{} is no longer there", path.display())]
    RootGone {
        /// The root.
        path: PathBuf,
    },
    /// The root cannot be read.
    #[error("{} cannot be read: {cause}", path.display())]
    RootUnreadable {
        /// The root.
        path: PathBuf,
        /// The operating system's error.
        cause: io::Error,
    },
}

/// Visits every file below `root` that is to be indexed, in path order. Symbolic links are not
/// followed, so each file is visited once.
///
/// # Errors
/// If `root` cannot be read, or vanishes before the walk ends.
pub fn walk(
    root: &Path,
    rules: &Rules,
    visit: &mut dyn FnMut(FileStat) -> ControlFlow<()>,
) -> Result<WalkReport, WalkError> {
    walk_below(root, &top(), rules, visit)
}

/// Like [`walk`], but limited to `folder` and what lies below it. Visits exactly what a walk of the
/// root would visit there: nothing if `folder` is ignored or gone, one file if it is a file.
///
/// # Errors
/// Same as [`walk`].
pub fn walk_below(
    root: &Path,
    folder: &RelPath,
    rules: &Rules,
    visit: &mut dyn FnMut(FileStat) -> ControlFlow<()>,
) -> Result<WalkReport, WalkError> {
    present(root)?;
    let mut admission = Admission::new(root, rules);
    let mut report = WalkReport::default();
    match admission.admit(folder) {
        Verdict::Folder => {
            let mut each = |step: Step<'_>| match step {
                Step::Folder(..) => ControlFlow::Continue(()),
                Step::File(stat) => visit(stat),
            };
            report = descend(&mut admission, folder, Want::Files, &mut each)?;
        }
        Verdict::Admit(stat) => {
            report.files = 1;
            report.stopped = visit(stat).is_break();
        }
        Verdict::Skip(reason) => {
            report.skipped.push(Skipped { path: folder.to_string(), reason });
        }
        Verdict::Ignored | Verdict::Gone => {}
    }
    present(root)?;
    Ok(report)
}

/// A step of a descent, in order.
pub(crate) enum Step<'a> {
    /// A folder (path below the root, path on disk), before it is read.
    Folder(&'a str, &'a Path),
    /// A file.
    File(FileStat),
}

type Visit<'a> = &'a mut dyn FnMut(Step<'_>) -> ControlFlow<()>;

/// Walks `folder`, which the caller knows to be a folder that is not ignored.
pub(crate) fn descend(
    admission: &mut Admission,
    folder: &RelPath,
    want: Want,
    visit: Visit<'_>,
) -> Result<WalkReport, WalkError> {
    let Some(outer) = admission.outer(folder) else { return Ok(WalkReport::default()) };
    let mut descent = Descent {
        rules: admission.rules(),
        want,
        path: folder.on_disk(admission.root()),
        below: folder.as_str().to_owned(),
        report: WalkReport::default(),
        failure: None,
        visit,
    };
    let stopped = descent.folder(&outer).is_break();
    match descent.failure {
        Some(cause) => {
            Err(WalkError::RootUnreadable { path: admission.root().to_path_buf(), cause })
        }
        None => Ok(WalkReport { stopped, ..descent.report }),
    }
}

struct Descent<'a> {
    rules: &'a Rules,
    want: Want,
    /// The current position, on disk and below the root.
    path: PathBuf,
    below: String,
    report: WalkReport,
    failure: Option<io::Error>,
    visit: Visit<'a>,
}

impl Descent<'_> {
    fn folder(&mut self, outer: &Arc<Scope>) -> ControlFlow<()> {
        (self.visit)(Step::Folder(&self.below, &self.path))?;
        let Listing { scope, nodes, emptied } = match list(&self.path, outer, self.rules, self.want)
        {
            Ok(listing) => listing,
            Err(error) if self.below.is_empty() => {
                self.failure = Some(error);
                return ControlFlow::Break(());
            }
            Err(error) => {
                if let Node::Skip(reason) = failed(&error) {
                    self.skip(self.below.clone(), reason);
                }
                return ControlFlow::Continue(());
            }
        };
        self.report.folders += 1;
        if let Some(reason) = emptied {
            self.skip(self.below.clone(), reason);
        }
        let length = self.below.len();
        for (name, node) in nodes {
            let separator = if length == 0 { "" } else { "/" };
            let Some(name) = name.to_str() else {
                let path = format!("{}{separator}{}", self.below, name.to_string_lossy());
                self.skip(path, SkipReason::NotUtf8Path);
                continue;
            };
            self.below.push_str(separator);
            self.below.push_str(name);
            let flow = self.node(name, node, &scope);
            self.below.truncate(length);
            flow?;
        }
        ControlFlow::Continue(())
    }

    fn node(&mut self, name: &str, node: Node, scope: &Arc<Scope>) -> ControlFlow<()> {
        match node {
            Node::Folder => {
                self.path.push(name);
                let flow = self.folder(scope);
                self.path.pop();
                flow
            }
            Node::File(stamp) => {
                let Ok(path) = RelPath::new(&self.below) else {
                    return ControlFlow::Continue(());
                };
                self.report.files += 1;
                (self.visit)(Step::File(FileStat { path, stamp }))
            }
            Node::Skip(reason) => {
                self.skip(self.below.clone(), reason);
                ControlFlow::Continue(())
            }
            Node::Nothing => ControlFlow::Continue(()),
        }
    }

    fn skip(&mut self, path: String, reason: SkipReason) {
        self.report.skipped.push(Skipped { path, reason });
    }
}

/// Fails for a missing root, which must not look like an empty one.
fn present(root: &Path) -> Result<(), WalkError> {
    let path = || root.to_path_buf();
    match root.metadata() {
        Ok(metadata) if metadata.is_dir() => Ok(()),
        Ok(_) => Err(WalkError::RootGone { path: path() }),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            Err(WalkError::RootGone { path: path() })
        }
        Err(cause) => Err(WalkError::RootUnreadable { path: path(), cause }),
    }
}
