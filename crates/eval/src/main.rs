//! `descry-eval`: measures the engine's ranking on repositories with judged questions.
//!
//! Promises: NDCG@10, Recall@10 and MRR@10 as the public semble benchmark computes them, of the
//! same ranking that the window and the terminal use, in any number of configurations. Does not
//! know: how anything is ranked.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is for the terminal")]

mod all;
mod args;
mod asked;
mod configuration;
mod corpus;
mod exact;
mod folder;
mod judged;
mod own;
mod questions;
mod report;
mod table;
mod tune;
mod whole;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use descry_engine::Tiers;
use descry_engine::evaluation::Weights;
use descry_evaluation::score::{Found, K};
use serde::Serialize;

use crate::args::Args;
use crate::asked::{answers, data, doc_comments, open};
use crate::configuration::{Configuration, Coverage};
use crate::report::Row;

/// One line of the file of answers; paths are relative to the repository.
#[derive(Serialize)]
struct Line<'a> {
    repo: &'a str,
    query: &'a str,
    results: &'a [Found],
}

fn main() -> Result<()> {
    let args = Args::parse();
    if args.all || !args.measure.is_empty() {
        return all::run(&args, &weights(&args)?);
    }
    let mut repositories = judged::load(&args.annotations, &args.repo)?;
    let mut published = judged::published(&args.annotations)?;
    if args.docs {
        published.clear();
        for repository in &mut repositories {
            let copy = data(&args, repository).join("docs/copy");
            *repository = doc_comments(repository, &args.repos, copy)?;
        }
    }
    let asks = repositories.iter().any(|repository| !repository.tasks.is_empty());
    ensure!(asks, "these repositories have no questions");
    let configurations = configurations(&args)?;
    if args.tune || args.hold_out {
        return tune::tune(&args, repositories, &configurations[0]);
    }
    let mut rows: Vec<Vec<Row>> = vec![Vec::new(); configurations.len()];
    let (mut indexed, mut times) = ([Duration::ZERO; 2], Vec::new());
    for repository in &repositories {
        let mut folder = open(&args, repository)?;
        println!(
            "{:<16} words and static vectors after {:>6.2} s, dense vectors after {:>7.2} s",
            repository.name,
            folder.indexed[0].as_secs_f64(),
            folder.indexed[1].as_secs_f64(),
        );
        indexed.iter_mut().zip(folder.indexed).for_each(|(sum, time)| *sum += time);
        for (configuration, rows) in configurations.iter().zip(&mut rows) {
            rows.extend(answers(&mut folder, repository, configuration, K)?);
        }
        times.extend(folder.times(repository.questions())?);
    }
    say_times(indexed, times);
    if configurations.len() > 1 {
        let names = configurations.iter().map(|configuration| configuration.name.as_str());
        println!("\n{}", report::comparison(names.zip(rows.iter().map(Vec::as_slice))));
    }
    println!("\n{}:\n{}", configurations[0].name, report::table(&rows[0], &published));
    let out = args.out.unwrap_or_else(|| args.data.join("answers.jsonl"));
    write(&out, &rows[0])
}

/// The default weights with the requested changes.
fn weights(args: &Args) -> Result<Weights> {
    let mut weights = Weights::default();
    for change in &args.set {
        let (name, value) = change.split_once('=').context("a change is name=value")?;
        configuration::set(&mut weights, name, value)?;
    }
    Ok(weights)
}

/// The default configuration, and those to compare it with.
fn configurations(args: &Args) -> Result<Vec<Configuration>> {
    let weights = weights(args)?;
    let base = match args.instant {
        true => Configuration {
            name: "words+instant".to_owned(),
            tiers: Tiers { dense_vectors: false, ..Tiers::default() },
            weights: weights.clone(),
            coverage: Coverage::NONE,
        },
        false => Configuration {
            name: "words+instant+full".to_owned(),
            tiers: Tiers::default(),
            weights: weights.clone(),
            coverage: Coverage::ALL,
        },
    };
    let mut all = vec![base.clone()];
    if args.lists {
        all.extend(configuration::lists(&weights));
    }
    if args.curve {
        all.extend(configuration::curve(&weights));
    }
    if args.ablate {
        all.extend(configuration::ablation(&base));
    }
    for sweep in &args.sweep {
        all.extend(configuration::sweep(&base, sweep)?);
    }
    Ok(all)
}

fn say_times(indexed: [Duration; 2], mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{:<16} words and static vectors after {:>6.2} s, dense vectors after {:>7.2} s",
        "all",
        indexed[0].as_secs_f64(),
        indexed[1].as_secs_f64()
    );
    println!("{:<16} p50 {:.1} ms, p95 {:.1} ms of {}", "queries", at(0.5), at(0.95), times.len());
}

fn write(out: &Path, rows: &[Row]) -> Result<()> {
    let line = |row: &Row| {
        let line = Line { repo: &row.repository.name, query: &row.task.query, results: &row.found };
        serde_json::to_string(&line)
    };
    let lines: Result<Vec<_>, _> = rows.iter().map(line).collect();
    let misses = out.with_extension("misses.jsonl");
    let missed: Result<Vec<_>, _> =
        report::misses(rows).iter().map(serde_json::to_string).collect();
    for (path, lines) in [(out, lines?), (&*misses, missed?)] {
        fs::write(path, lines.join("\n") + "\n")
            .with_context(|| format!("writing {}", path.display()))?;
    }
    println!("\nanswers: {}\nnot found first: {}", out.display(), misses.display());
    Ok(())
}
