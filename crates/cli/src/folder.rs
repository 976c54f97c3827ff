//! Relates a path to the added folders; removes a folder.

use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};
use descry_base::{RelPath, RootId};
use descry_engine::{FolderStatus, Status};
use descry_session::Session;

use crate::args::FolderArgs;
use crate::output::say;
use crate::{Needs, again_if_gone, open};

/// The status, once the folders of earlier runs are open.
pub(crate) fn known(session: &Session) -> anyhow::Result<Status> {
    loop {
        let status = session.status()?;
        if status.ready {
            return Ok(status);
        }
        // The writer opens the folders before it answers any call.
        session.settle(false)?;
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
}

/// The relation of a path to the added folders.
#[derive(Debug)]
pub(crate) enum Lies<'a> {
    /// It is an added folder or lies in one; the empty path is the folder itself.
    In(&'a FolderStatus, RelPath),
    /// It contains these folders.
    Above(Vec<&'a FolderStatus>),
    /// It is unrelated to them.
    Outside,
}

/// Relates a path to the added folders, even if it goes through links, contains `..` or names a
/// folder that no longer exists.
pub(crate) fn lies<'a>(status: &'a Status, path: &Path) -> anyhow::Result<(PathBuf, Lies<'a>)> {
    let real = real(path).with_context(|| format!("{} is not a path", path.display()))?;
    let inside = status.folders.iter().find_map(|folder| {
        let below = real.strip_prefix(&folder.path).ok()?;
        Some((folder, RelPath::new(below).ok()?))
    });
    if let Some((folder, below)) = inside {
        return Ok((real, Lies::In(folder, below)));
    }
    let above: Vec<_> =
        status.folders.iter().filter(|folder| Path::new(&folder.path).starts_with(&real)).collect();
    Ok((real, if above.is_empty() { Lies::Outside } else { Lies::Above(above) }))
}

/// The absolute path without links; parts that do not exist stay as written.
fn real(path: &Path) -> std::io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    // On Windows, added folders have no `\\?\` prefix.
    let known = |there: &Path| -> Option<(PathBuf, PathBuf)> {
        let rest = absolute.strip_prefix(there).ok()?.to_path_buf();
        Some((dunce::canonicalize(there).ok()?, rest))
    };
    let Some((mut real, rest)) = absolute.ancestors().find_map(known) else {
        return Ok(absolute);
    };
    for part in rest.components() {
        match part {
            Component::ParentDir => drop(real.pop()),
            Component::CurDir => {}
            part => real.push(part),
        }
    }
    Ok(real)
}

/// The limits of a search.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    /// The folders to search; all if empty.
    pub(crate) roots: Vec<RootId>,
    /// The part of the single folder to search.
    pub(crate) within: RelPath,
    /// The search names one whole added folder, so results omit its name.
    pub(crate) one: bool,
}

/// The part of the added folders that a path selects.
pub(crate) fn limits(session: &Session, status: &Status, path: &Path) -> anyhow::Result<Limits> {
    let (real, lies) = lies(status, path)?;
    match lies {
        Lies::In(folder, within) => {
            if within != RelPath::default() && session.files_within(folder.id, within.clone())? == 0
            {
                bail!("nothing in {} is indexed, though {} is", real.display(), folder.path);
            }
            let one = within == RelPath::default();
            Ok(Limits { roots: vec![folder.id], within, one })
        }
        Lies::Above(folders) => {
            let roots = folders.iter().map(|folder| folder.id).collect();
            Ok(Limits { roots, ..Limits::default() })
        }
        Lies::Outside if real.is_dir() => {
            bail!("{} is not indexed; run `descry index {}` first", real.display(), path.display())
        }
        Lies::Outside => bail!("{} does not exist and is not in the index", path.display()),
    }
}

pub(crate) fn remove(args: &FolderArgs) -> anyhow::Result<()> {
    let path = again_if_gone(|| {
        let session = open(Needs::default())?;
        let status = known(&session)?;
        let (real, lies) = lies(&status, &args.folder)?;
        let shown = real.display();
        match lies {
            Lies::In(folder, within) if within == RelPath::default() => {
                session.remove_folder(folder.id)?;
                Ok(folder.path.clone())
            }
            Lies::In(folder, _) => {
                bail!(
                    "{shown} lies in the added folder {0}; `descry remove {0}` removes that",
                    folder.path
                )
            }
            Lies::Above(folders) => {
                let paths: Vec<&str> = folders.iter().map(|folder| folder.path.as_str()).collect();
                bail!("{shown} is not added itself; it holds the added {}", paths.join(", "))
            }
            Lies::Outside if real.exists() => bail!("{shown} is not in the index"),
            Lies::Outside => {
                bail!("{} does not exist and is not in the index", args.folder.display())
            }
        }
    })?;
    say(&format!("removed {path} from the index; the folder itself is unchanged"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_same_however_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(base.join("shop/src")).unwrap();
        let check = |path: &str, expected: &str| {
            assert_eq!(real(&base.join(path)).unwrap(), base.join(expected), "{path}");
        };
        check("shop", "shop");
        check("shop/", "shop");
        check("shop/./src/..", "shop");
        check("shop/src/../../shop/src", "shop/src");
        check("gone/deep", "gone/deep");
        check("gone/../shop/gone/", "shop/gone");
        check("shop/gone/../src", "shop/src");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(base.join("shop"), base.join("link")).unwrap();
            check("link", "shop");
            check("link/src/", "shop/src");
            check("link/gone", "shop/gone");
        }
    }
}
