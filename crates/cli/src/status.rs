//! `descry status` and `descry folders`.

use std::io::Write;

use descry_base::{SkipReason, Skipped};
use descry_engine::{DiskUse, FolderStatus, ModelStatus, Notice, Phase, Status, WatchStatus};
use descry_session::{Session, folders_at_rest};
use serde::Serialize;

use crate::args::{FoldersArgs, StatusArgs};
use crate::folder::known;
use crate::output::{json_line, say, sentence};
use crate::search::wait_for_model;
use crate::visible::visible;
use crate::{Needs, again_if_gone, open};

pub(crate) fn run(args: &StatusArgs) -> anyhow::Result<()> {
    let (status, left_out) = again_if_gone(|| {
        let session = open(Needs::default())?;
        // A model that fails is part of the status.
        wait_for_model(&session)?;
        let status = known(&session)?;
        if session.is_reader() {
            say(&sentence(&Notice::OwnerSilent));
        }
        let left_out = match args.skipped {
            true => Some(left_out(&session, &status)?),
            false => None,
        };
        Ok((status, left_out))
    })?;
    if args.json {
        return Ok(json_line(&JsonStatus { status: &status, left_out })?);
    }
    let mut out = std::io::stdout().lock();
    let model = match &status.model {
        ModelStatus::Ready { name, device } => format!("model: {name} on {device}"),
        ModelStatus::Failed { reason } => format!("no model, words only: {reason}"),
        ModelStatus::Loading => "model: loading".to_owned(),
    };
    writeln!(out, "{}\n{}", visible(&model), disk(status.disk))?;
    for folder in &status.folders {
        writeln!(out, "{}\n  {}", visible(&folder.path), visible(&describe(folder)))?;
        for entry in left_out.iter().flatten().filter(|entry| entry.folder == folder.path) {
            let path = if entry.path.is_empty() { "." } else { entry.path.as_str() };
            writeln!(out, "  {}: {}", visible(path), visible(&entry.why))?;
        }
    }
    if status.folders.is_empty() {
        say("no folder is indexed yet; run `descry index FOLDER`");
    }
    Ok(())
}

/// How much of the disk the index takes.
pub(crate) fn disk(disk: DiskUse) -> String {
    let used = megabytes(disk.used);
    match disk.limit {
        Some(limit) if disk.full => format!("index: {used} of {}: full", megabytes(limit)),
        Some(limit) => format!("index: {used} of {}", megabytes(limit)),
        None => format!("index: {used}"),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// The JSON form of the status.
#[derive(Serialize)]
struct JsonStatus<'a> {
    #[serde(flatten)]
    status: &'a Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<Vec<LeftOut>>,
}

/// A skipped file or folder.
#[derive(Serialize)]
struct LeftOut {
    folder: String,
    path: String,
    /// The reason in words.
    why: String,
    reason: SkipReason,
}

fn left_out(session: &Session, status: &Status) -> anyhow::Result<Vec<LeftOut>> {
    let mut all = Vec::new();
    for folder in &status.folders {
        let entry = |Skipped { path, reason }| LeftOut {
            folder: folder.path.clone(),
            path,
            why: reason.to_string(),
            reason,
        };
        all.extend(session.skipped(folder.id)?.into_iter().map(entry));
    }
    Ok(all)
}

pub(crate) fn folders(args: &FoldersArgs) -> anyhow::Result<()> {
    let paths = match folders_at_rest(&descry_session::data_dir()?) {
        Some(paths) => paths.iter().map(|path| path.display().to_string()).collect(),
        None => {
            let status = again_if_gone(|| known(&open(Needs::default())?))?;
            status.folders.into_iter().map(|folder| folder.path).collect::<Vec<String>>()
        }
    };
    if args.json {
        return Ok(json_line(&paths)?);
    }
    let mut out = std::io::stdout().lock();
    for path in &paths {
        writeln!(out, "{}", visible(path))?;
    }
    Ok(())
}

fn describe(folder: &FolderStatus) -> String {
    let coverage = &folder.coverage;
    let share = |part: usize| 100 * part / coverage.chunks.max(1);
    let phase = match &folder.phase {
        Phase::Scanning => "scanning".to_owned(),
        Phase::Indexing => format!("indexing {} of {} files", folder.files, folder.files_found),
        Phase::Ready if folder.unfinished => unfinished(folder),
        Phase::Ready => "ready".to_owned(),
        Phase::Missing => "folder not found".to_owned(),
        Phase::Failed { message } => format!("failed: {message}"),
    };
    let watch = match &folder.watch {
        WatchStatus::Polling { reason } => format!("; looks for changes every so often: {reason}"),
        WatchStatus::Off | WatchStatus::Native => String::new(),
    };
    format!(
        "{phase}; {} files, {} chunks; instant {} %, full {} %; {} skipped{}{watch}",
        folder.files,
        coverage.chunks,
        share(coverage.static_vectors),
        share(coverage.dense_vectors),
        folder.skipped,
        if folder.paused { "; paused" } else { "" }
    )
}

/// A sentence that says why answers from a folder are incomplete; `None` if they are complete.
pub(crate) fn shortfall(folder: &FolderStatus) -> Option<String> {
    let path = &folder.path;
    match &folder.phase {
        Phase::Missing => Some(format!("{path} is not there; results come from its last state")),
        Phase::Failed { message } => Some(format!("{path} is incomplete: {message}")),
        Phase::Scanning | Phase::Indexing => {
            let (files, all) = (folder.files, folder.files_found);
            Some(format!("{path} is still being read: {files} of {all} files so far"))
        }
        Phase::Ready if folder.unfinished => Some(format!("{path} is {}", unfinished(folder))),
        Phase::Ready => None,
    }
}

/// Describes a folder whose reading was interrupted and is not in progress.
fn unfinished(folder: &FolderStatus) -> String {
    let (files, all) = (folder.files, folder.files_found);
    match files < all {
        true => format!("incomplete: {files} of {all} files; `descry index` continues"),
        false => format!("incomplete: {files} files so far; `descry index` continues"),
    }
}
