//! Finding an added folder by its path; removing one.

use std::path::Path;

use anyhow::{Context, bail};
use descry_engine::{FolderStatus, Status};
use descry_session::Session;

use crate::args::FolderArgs;
use crate::output::say;
use crate::{Needs, again_if_gone, open};

/// The status once the folders of earlier runs are known.
pub(crate) fn known(session: &Session) -> anyhow::Result<Status> {
    loop {
        let status = session.status()?;
        if status.ready {
            return Ok(status);
        }
        // The writer opens the folders before it answers anything.
        session.settle(false)?;
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
}

/// The added folder at this path.
pub(crate) fn find<'a>(status: &'a Status, path: &Path) -> anyhow::Result<&'a FolderStatus> {
    let wanted = path.canonicalize().or_else(|_| std::path::absolute(path));
    let wanted = wanted.with_context(|| format!("{} is not a path", path.display()))?;
    match status.folders.iter().find(|folder| Path::new(&folder.path) == wanted) {
        Some(folder) => Ok(folder),
        None if wanted.is_dir() => bail!(
            "{} is not indexed; run `descry index {}` first",
            wanted.display(),
            path.display()
        ),
        None => bail!("{} does not exist and is not in the index", path.display()),
    }
}

pub(crate) fn remove(args: &FolderArgs) -> anyhow::Result<()> {
    let path = again_if_gone(|| {
        let session = open(Needs::default())?;
        let status = known(&session)?;
        let folder = find(&status, &args.folder)?;
        session.remove_folder(folder.id)?;
        Ok(folder.path.clone())
    })?;
    say(&format!("{path} is removed from the index; the folder itself is untouched"));
    Ok(())
}
