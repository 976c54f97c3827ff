//! `descry index`: adds a folder, shows progress and waits as long as requested.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use descry_base::{RelPath, RootId};
use descry_engine::{FolderStatus, ModelStatus, Phase, Status};
use descry_session::Session;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::{IndexArgs, Wait};
use crate::folder::{Lies, known, lies};
use crate::output::say;
use crate::{Needs, again_if_gone, open};

/// The interval between progress updates.
const TICK: Duration = Duration::from_millis(50);

pub(crate) fn run(args: &IndexArgs) -> anyhow::Result<()> {
    let full = args.wait == Wait::Full;
    let begun = Instant::now();
    let (folder, part) = again_if_gone(|| {
        let model = args.model.clone();
        let session = open(Needs { model, background: full, ..Needs::default() })?;
        let (mut folder, within) = index(&session, &args.folder, args.wait)?;
        if args.check {
            session.check_folder(folder.id)?;
            session.settle(full)?;
            folder = current(&session, folder.id)?;
        }
        let part = match within == RelPath::default() {
            true => None,
            false => Some((session.files_within(folder.id, within.clone())?, within)),
        };
        Ok((folder, part))
    })?;
    match part {
        Some((0, within)) => say(&format!(
            "{within} lies in {}, which is added already, but nothing in it is indexed: it is empty or skipped",
            folder.path
        )),
        Some((files, within)) => say(&format!(
            "{within} is covered by {}, which is added already and up to date; {files} of its files lie in it",
            folder.path
        )),
        None => {}
    }
    say(&format!(
        "{}: {} files, {} chunks, {} fully indexed, {} skipped, in {:.1} s",
        folder.path,
        folder.files,
        folder.coverage.chunks,
        folder.coverage.dense_vectors,
        folder.skipped,
        begun.elapsed().as_secs_f64()
    ));
    Ok(())
}

/// Adds a folder and shows progress until it is indexed as far as requested. A path inside an added
/// folder updates that folder. Returns the folder and the part of it that the path names.
pub(crate) fn index(
    session: &Session,
    path: &Path,
    wait: Wait,
) -> anyhow::Result<(FolderStatus, RelPath)> {
    let (folder, within) = match lies(&known(session)?, path)? {
        (real, Lies::In(folder, within)) if real.is_dir() => (PathBuf::from(&folder.path), within),
        _ => (path.to_path_buf(), RelPath::default()),
    };
    let id = session.add_folder(&folder)?;
    let bar = ProgressBar::with_draw_target(None, progress_target());
    bar.set_style(
        ProgressStyle::with_template("{prefix:>8} {wide_bar} {pos}/{len} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    loop {
        let status = session.status()?;
        if let Some(folder) = shown(session, &status, id)? {
            match &status.model {
                ModelStatus::Failed { reason } if wait == Wait::Full => {
                    bail!("nothing is fully indexed because no model is loaded: {reason}")
                }
                _ if folder.phase == Phase::Ready && is_done(folder, wait) => break,
                _ => show(&bar, folder),
            }
        }
        std::thread::park_timeout(TICK);
    }
    // The status may be slightly out of date; the writer has the final word.
    session.settle(wait == Wait::Full)?;
    bar.finish_and_clear();
    Ok((current(session, id)?, within))
}

/// Standard error, or nothing if the terminal cannot redraw a line.
pub(crate) fn progress_target() -> ProgressDrawTarget {
    match std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        true => ProgressDrawTarget::hidden(),
        false => ProgressDrawTarget::stderr(),
    }
}

fn is_done(folder: &FolderStatus, wait: Wait) -> bool {
    wait == Wait::Instant
        || folder.paused
        || folder.coverage.dense_vectors >= folder.coverage.chunks
}

fn current(session: &Session, id: RootId) -> anyhow::Result<FolderStatus> {
    loop {
        let status = session.status()?;
        match shown(session, &status, id)? {
            Some(folder) if folder.phase == Phase::Ready => return Ok(folder.clone()),
            _ => std::thread::park_timeout(TICK),
        }
    }
}

/// The folder in the status; `None` if the status does not show it yet. Fails if the folder cannot
/// become ready.
fn shown<'s>(
    session: &Session,
    status: &'s Status,
    id: RootId,
) -> anyhow::Result<Option<&'s FolderStatus>> {
    let Some(folder) = status.folders.iter().find(|folder| folder.id == id) else {
        // The status lags, while searches see a folder as soon as it is added.
        session
            .files_within(id, RelPath::default())
            .context("the folder was removed while it was being indexed")?;
        return Ok(None);
    };
    match &folder.phase {
        Phase::Missing => bail!("{} no longer exists", folder.path),
        Phase::Failed { message } => bail!("{}: {message}", folder.path),
        Phase::Scanning | Phase::Indexing | Phase::Ready => Ok(Some(folder)),
    }
}

fn show(bar: &ProgressBar, folder: &FolderStatus) {
    if folder.phase == Phase::Ready {
        bar.set_prefix("meaning");
        bar.set_length(folder.coverage.chunks as u64);
        bar.set_position(folder.coverage.dense_vectors as u64);
        bar.set_message(
            folder.time_left.map_or(String::new(), |left| format!("chunks, {} left", human(left))),
        );
    } else {
        bar.set_prefix("reading");
        bar.set_length(folder.files_found as u64);
        bar.set_position(folder.files as u64);
        bar.set_message("files");
    }
}

fn human(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=90 => format!("{seconds} s"),
        seconds @ 91..=5400 => format!("{} min", seconds.div_ceil(60)),
        seconds => format!("{} h", seconds.div_ceil(3600)),
    }
}
