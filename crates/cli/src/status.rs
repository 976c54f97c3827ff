//! `descry status` and `descry folders`.

use std::io::Write;

use descry_base::{SkipReason, Skipped};
use descry_engine::{FolderStatus, ModelStatus, Phase, Status};
use descry_session::Session;
use serde::Serialize;

use crate::args::{FoldersArgs, StatusArgs};
use crate::folder::known;
use crate::output::{json_line, say};
use crate::{Needs, again_if_gone, open};

pub(crate) fn run(args: &StatusArgs) -> anyhow::Result<()> {
    let (status, left_out) = again_if_gone(|| {
        let session = open(Needs::default())?;
        if let Some(engine) = session.engine() {
            // Shown as it is: a model that fails is part of the status.
            let _ = engine.wait_for_model();
        }
        let status = known(&session)?;
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
    match &status.model {
        ModelStatus::Ready { name, device } => writeln!(out, "model: {name} on {device}")?,
        ModelStatus::Failed { reason } => writeln!(out, "no model, only words answer: {reason}")?,
        ModelStatus::Loading => writeln!(out, "model: loading")?,
    }
    for folder in &status.folders {
        writeln!(out, "{}\n  {}", folder.path, describe(folder))?;
        for entry in left_out.iter().flatten().filter(|entry| entry.folder == folder.path) {
            let path = if entry.path.is_empty() { "." } else { entry.path.as_str() };
            writeln!(out, "  {path}: {}", entry.why)?;
        }
    }
    if status.folders.is_empty() {
        say("no folder is indexed yet; run `descry index FOLDER`");
    }
    Ok(())
}

/// The status, as programs get it.
#[derive(Serialize)]
struct JsonStatus<'a> {
    #[serde(flatten)]
    status: &'a Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<Vec<LeftOut>>,
}

/// A file or folder that is not searched.
#[derive(Serialize)]
struct LeftOut {
    folder: String,
    path: String,
    /// In words.
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
    let status = again_if_gone(|| known(&open(Needs::default())?))?;
    if args.json {
        let paths: Vec<&str> = status.folders.iter().map(|folder| folder.path.as_str()).collect();
        return Ok(json_line(&paths)?);
    }
    let mut out = std::io::stdout().lock();
    for folder in &status.folders {
        writeln!(out, "{}", folder.path)?;
    }
    Ok(())
}

fn describe(folder: &FolderStatus) -> String {
    let coverage = &folder.coverage;
    let share = |part: usize| 100 * part / coverage.chunks.max(1);
    let phase = match &folder.phase {
        Phase::Scanning => "scanning".to_owned(),
        Phase::Indexing => format!("indexing {} of {} files", folder.files, folder.files_found),
        Phase::Ready => "ready".to_owned(),
        Phase::Missing => "the folder is not there".to_owned(),
        Phase::Failed { message } => format!("failed: {message}"),
    };
    format!(
        "{phase}; {} files, {} chunks; instant {} %, full {} %; {} left out{}",
        folder.files,
        coverage.chunks,
        share(coverage.instant),
        share(coverage.full),
        folder.skipped,
        if folder.paused { "; paused" } else { "" }
    )
}
