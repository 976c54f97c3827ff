//! The ignore rules of one folder: its own ignore files and those above it.

mod file;
mod git;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use descry_base::SkipReason;
use file::matcher;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};

use crate::rules::{BUILT_IN, IGNORE_FILES, Rules, is_build_output, is_own_data};

/// One ignore file, linked to the next of its kind in a folder above.
#[derive(Debug)]
struct Link {
    matcher: Gitignore,
    above: Option<Arc<Link>>,
}

/// Immutable. A folder without ignore files shares its parent's scope.
#[derive(Debug)]
pub(crate) struct Scope {
    /// One list per kind, in the order of [`IGNORE_FILES`]; nearest file first.
    files: [Option<Arc<Link>>; 3],
    /// `info/exclude` of the repository that contains the folder.
    exclude: Option<Arc<Gitignore>>,
    /// A `.descryignore` admits the folder and everything in it.
    overruled: bool,
    everywhere: Arc<Everywhere>,
}

/// The rules shared by every folder of a root.
#[derive(Debug)]
struct Everywhere {
    root: PathBuf,
    /// The user's git excludes, followed by [`BUILT_IN`].
    weakest: [Gitignore; 2],
}

/// The ruling on a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ruling {
    /// No rule excludes it.
    Open,
    /// Excluded by one of the user's ignore files.
    Ignored,
    /// Excluded by a built-in pattern.
    BuiltIn,
    /// Skipped for a reason worth recording.
    Skip(SkipReason),
}

impl Scope {
    /// The rules that apply at the location of `root`, to be [entered](Scope::enter). Ignore files
    /// above it apply up to the top of the repository that contains `root`, and not at all if there
    /// is none.
    pub(crate) fn around(root: &Path, rules: &Rules) -> Arc<Scope> {
        let global = rules.git_global.then(gitconfig_excludes_path).flatten();
        let global = global.map_or_else(Gitignore::empty, |path| matcher(root, &path));
        let mut built_in = GitignoreBuilder::new(root);
        for line in BUILT_IN.lines() {
            // The lines are constants, and a test matches each of them.
            let _ = built_in.add_line(None, line);
        }
        let built_in = built_in.build().unwrap_or_else(|_| Gitignore::empty());
        let everywhere = Everywhere { root: root.to_path_buf(), weakest: [global, built_in] };
        let scope = Arc::new(Scope {
            files: [const { None }; 3],
            exclude: None,
            overruled: false,
            everywhere: Arc::new(everywhere),
        });
        let top = root.ancestors().position(git::is_repository).unwrap_or(0);
        let above: Vec<&Path> = root.ancestors().skip(1).take(top).collect();
        above.into_iter().rev().fold(scope, |scope, folder| scope.enter(folder))
    }

    /// The rules for the direct children of `folder`, a child of this scope's folder.
    pub(crate) fn enter(self: &Arc<Scope>, folder: &Path) -> Arc<Scope> {
        let held = Held {
            files: IGNORE_FILES.map(|name| folder.join(name).is_file()),
            git: git::is_repository(folder),
        };
        self.enter_with(folder, held)
    }

    /// Like [`Scope::enter`], for a caller that has already listed the folder.
    pub(crate) fn enter_with(self: &Arc<Scope>, folder: &Path, held: Held) -> Arc<Scope> {
        let overruled = self.overrules(folder, true);
        if !held.git && held.files == [false; 3] && overruled == self.overruled {
            return Arc::clone(self);
        }
        let mut files = self.files.clone();
        let mut exclude = self.exclude.clone();
        if held.git {
            // A repository's rules end where another repository begins.
            files[2] = None;
            exclude = git::exclude_file(folder).map(|path| Arc::new(matcher(folder, &path)));
        }
        for ((kind, name), held) in files.iter_mut().zip(IGNORE_FILES).zip(held.files) {
            if held {
                let matcher = matcher(folder, &folder.join(name));
                *kind = Some(Arc::new(Link { matcher, above: kind.take() }));
            }
        }
        Arc::new(Scope { files, exclude, overruled, everywhere: Arc::clone(&self.everywhere) })
    }

    /// The ruling on the absolute `path`, which lies directly in this scope's folder.
    pub(crate) fn ruling(&self, path: &Path, is_dir: bool) -> Ruling {
        if path.file_name().is_some_and(|name| name == ".git") {
            return Ruling::BuiltIn;
        }
        if is_dir && is_own_data(path) {
            return Ruling::Skip(SkipReason::OwnData);
        }
        let [global, built_in] = &self.everywhere.weakest;
        let links = self.files.iter().flat_map(links).chain(self.exclude.as_deref());
        for matcher in links.chain([global]) {
            match matcher.matched(path, is_dir) {
                Match::None => {}
                Match::Whitelist(_) => return Ruling::Open,
                Match::Ignore(_) if matcher.path().starts_with(&self.everywhere.root) => {
                    return Ruling::Ignored;
                }
                Match::Ignore(glob) => {
                    let file = glob.from().map(|file| file.display().to_string());
                    return Ruling::Skip(SkipReason::IgnoredFromAbove {
                        pattern: glob.original().to_owned(),
                        file: file.unwrap_or_default(),
                    });
                }
            }
        }
        match built_in.matched(path, is_dir) {
            Match::Ignore(_) => Ruling::BuiltIn,
            Match::None if is_dir && is_build_output(path) => Ruling::Skip(SkipReason::BuildOutput),
            _ => Ruling::Open,
        }
    }

    /// True if the rules exclude `path`, for any reason.
    pub(crate) fn leaves_out(&self, path: &Path, is_dir: bool) -> bool {
        self.ruling(path, is_dir) != Ruling::Open
    }

    /// True if a `!pattern` line of a `.descryignore` matches `path` or a folder that contains it.
    /// It then overrides every other rule.
    pub(crate) fn overrules(&self, path: &Path, is_dir: bool) -> bool {
        links(&self.files[0])
            .map(|matcher| matcher.matched(path, is_dir))
            .find(|said| !said.is_none())
            .map_or(self.overruled, |said| said.is_whitelist())
    }
}

/// The ignore files of one kind, nearest first.
fn links(kind: &Option<Arc<Link>>) -> impl Iterator<Item = &Gitignore> {
    std::iter::successors(kind.as_deref(), |link| link.above.as_deref()).map(|link| &link.matcher)
}

/// The rule files that a folder holds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Held {
    /// One flag per kind, in the order of [`IGNORE_FILES`].
    pub(crate) files: [bool; 3],
    /// True if the folder is the top of a repository.
    pub(crate) git: bool,
}

impl Held {
    /// Records one name in the folder.
    pub(crate) fn note(&mut self, name: &std::ffi::OsStr) {
        if let Some(kind) = IGNORE_FILES.iter().position(|file| name == *file) {
            self.files[kind] = true;
        }
        self.git |= name == ".git";
    }
}
