//! The ignore rules that hold in one folder: its own ignore files and those above it.

mod git;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};

use crate::rules::{BUILT_IN, IGNORE_FILES, Rules, is_build_output};

/// One ignore file, and the next one of its kind in a folder above.
#[derive(Debug)]
struct Link {
    matcher: Gitignore,
    above: Option<Arc<Link>>,
}

/// Immutable; a folder without ignore files shares its parent's.
#[derive(Debug)]
pub(crate) struct Scope {
    /// By kind, in the order of [`IGNORE_FILES`]; nearest first.
    files: [Option<Arc<Link>>; 3],
    /// `info/exclude` of the repository that the folder is in.
    exclude: Option<Arc<Gitignore>>,
    /// The user's git excludes, then [`BUILT_IN`].
    weakest: Arc<[Gitignore; 2]>,
}

impl Scope {
    /// The rules that hold where `root` lies, to be [entered](Scope::enter). Ignore files above it
    /// count up to the top of the repository that `root` is in, and not at all if it is in none.
    pub(crate) fn around(root: &Path, rules: &Rules) -> Arc<Scope> {
        let global = rules.git_global.then(gitconfig_excludes_path).flatten();
        let global = global.map_or_else(Gitignore::empty, |path| matcher(root, &path));
        let mut built_in = GitignoreBuilder::new(root);
        for line in BUILT_IN.lines() {
            // These lines are constants, and a test matches each of them.
            let _ = built_in.add_line(None, line);
        }
        let built_in = built_in.build().unwrap_or_else(|_| Gitignore::empty());
        let weakest = Arc::new([global, built_in]);
        let scope = Arc::new(Scope { files: [const { None }; 3], exclude: None, weakest });
        let top = root.ancestors().position(git::is_repository).unwrap_or(0);
        let above: Vec<&Path> = root.ancestors().skip(1).take(top).collect();
        above.into_iter().rev().fold(scope, |scope, folder| scope.enter(folder))
    }

    /// The rules that hold for what lies directly in `folder`, a child of this scope's folder.
    pub(crate) fn enter(self: &Arc<Scope>, folder: &Path) -> Arc<Scope> {
        let held = Held {
            files: IGNORE_FILES.map(|name| folder.join(name).is_file()),
            git: git::is_repository(folder),
        };
        self.enter_with(folder, held)
    }

    /// As [`Scope::enter`], for a caller that has listed the folder already.
    pub(crate) fn enter_with(self: &Arc<Scope>, folder: &Path, held: Held) -> Arc<Scope> {
        if !held.git && held.files == [false; 3] {
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
        Arc::new(Scope { files, exclude, weakest: Arc::clone(&self.weakest) })
    }

    /// True if the rules leave out `path` (absolute), which lies directly in this scope's folder.
    pub(crate) fn ignores(&self, path: &Path, is_dir: bool) -> bool {
        if path.file_name().is_some_and(|name| name == ".git") {
            return true;
        }
        let links = self
            .files
            .iter()
            .flat_map(|kind| std::iter::successors(kind.as_deref(), |link| link.above.as_deref()));
        let matchers = links
            .map(|link| &link.matcher)
            .chain(self.exclude.as_deref())
            .chain(self.weakest.iter());
        for matcher in matchers {
            match matcher.matched(path, is_dir) {
                Match::None => {}
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
            }
        }
        is_dir && is_build_output(path)
    }
}

/// Which rule files a folder holds.
#[derive(Clone, Copy, Default)]
pub(crate) struct Held {
    /// By kind, in the order of [`IGNORE_FILES`].
    pub(crate) files: [bool; 3],
    /// Whether it is the top of a repository.
    pub(crate) git: bool,
}

impl Held {
    /// Takes note of one name in the folder.
    pub(crate) fn note(&mut self, name: &std::ffi::OsStr) {
        if let Some(kind) = IGNORE_FILES.iter().position(|file| name == *file) {
            self.files[kind] = true;
        }
        self.git |= name == ".git";
    }
}

/// Lines that are not valid patterns are passed over, as git does.
fn matcher(folder: &Path, file: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    if let Some(error) = builder.add(file) {
        tracing::debug!(file = %file.display(), %error, "ignore file");
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}
