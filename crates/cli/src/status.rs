//! `descry status` and `descry folders`.

use std::io::Write;

use descry_engine::{FolderStatus, ModelStatus, Phase};

use crate::args::StatusArgs;
use crate::folder::known;
use crate::output::{json_line, say};
use crate::{Needs, again_if_gone, open};

pub(crate) fn run(args: &StatusArgs) -> anyhow::Result<()> {
    let status = again_if_gone(|| {
        let session = open(Needs::default())?;
        if let Some(engine) = session.engine() {
            // Shown as it is: a model that fails is part of the status.
            let _ = engine.wait_for_model();
        }
        known(&session)
    })?;
    if args.json {
        return Ok(json_line(&status)?);
    }
    let mut out = std::io::stdout().lock();
    match &status.model {
        ModelStatus::Ready { name, device } => writeln!(out, "model: {name} on {device}")?,
        ModelStatus::Failed { reason } => writeln!(out, "no model, only words answer: {reason}")?,
        ModelStatus::Loading => writeln!(out, "model: loading")?,
    }
    for folder in &status.folders {
        writeln!(out, "{}\n  {}", folder.path, describe(folder))?;
    }
    if status.folders.is_empty() {
        say("no folder is indexed yet; run `descry index FOLDER`");
    }
    Ok(())
}

pub(crate) fn folders(args: &StatusArgs) -> anyhow::Result<()> {
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
