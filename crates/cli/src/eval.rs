//! `descry eval`: measures search quality in a folder with questions from the folder itself.

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use descry_evaluation::{
    Config, EvaluatedTier, EvaluationPhase, Progress, QuestionKind, Report, evaluate,
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::EvalArgs;
use crate::index::progress_target;
use crate::output::json_line;
use crate::visible::visible;

pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<()> {
    let folder = args.folder.canonicalize();
    let folder = folder.with_context(|| format!("{} cannot be read", args.folder.display()))?;
    let models: Vec<Option<PathBuf>> = match args.model.is_empty() {
        true => vec![descry_session::Settings::load(&descry_session::data_dir()?)?.model],
        false => args.model.iter().cloned().map(Some).collect(),
    };
    for (index, model) in models.into_iter().enumerate() {
        if index > 0 && !args.json {
            writeln!(std::io::stdout())?;
        }
        let scratch = tempfile::tempdir().context("cannot create a temporary folder")?;
        let config = Config {
            needs_model: model.is_some(),
            models: descry_session::models(model, descry_bundled::bundled()),
            vectors_of: descry_session::data_dir().ok(),
            most: args.questions,
        };
        let bar = ProgressBar::with_draw_target(None, progress_target());
        bar.set_style(
            ProgressStyle::with_template("{prefix:>10} {wide_bar} {pos}/{len}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let progress = |progress: Progress| show(&bar, progress);
        let never = AtomicBool::new(false);
        let report = evaluate(&folder, scratch.path(), config, &progress, &never)?;
        bar.finish_and_clear();
        match args.json {
            true => json_line(&report)?,
            false => print(&report)?,
        }
    }
    Ok(())
}

fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_prefix(match progress.phase {
        EvaluationPhase::Reading => "reading",
        EvaluationPhase::Indexing => "indexing",
        EvaluationPhase::Embedding => "embedding",
        EvaluationPhase::Asking => "asking",
    });
    bar.set_length(progress.total as u64);
    bar.set_position(progress.done as u64);
}

fn print(report: &Report) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match &report.model {
        Some(model) => writeln!(out, "{}, {:.0} s", visible(model), report.seconds)?,
        None => writeln!(out, "no model, words only, {:.0} s", report.seconds)?,
    }
    for set in &report.sets {
        let from = match set.kind {
            QuestionKind::DocComments => "doc comments",
            QuestionKind::Commits => "commits",
        };
        if let Some(note) = &set.note {
            writeln!(out, "\n{from}: {}", visible(note))?;
            continue;
        }
        writeln!(
            out,
            "\n{:<24}{:>8}{:>9}{:>14}",
            format!("{} {from}", set.questions),
            "MRR@10",
            "NDCG@10",
            "first right"
        )?;
        for score in &set.scores {
            let tier = match score.tier {
                EvaluatedTier::Lexical => "words",
                EvaluatedTier::Static => "instant",
                EvaluatedTier::Dense => "full",
                EvaluatedTier::All => "all together",
            };
            writeln!(
                out,
                "  {tier:<22}{:>8.3}{:>9.3}{:>12.0} %",
                score.mrr,
                score.ndcg,
                score.first * 100.0
            )?;
        }
    }
    Ok(())
}
