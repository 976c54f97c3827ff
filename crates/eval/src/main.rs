//! `descry-eval`: how well the engine ranks, on repositories with judged questions.
//!
//! Promises: NDCG@10, Recall@10 and MRR@10 as the public semble benchmark computes them, of the very
//! ranking that the window and the terminal have, in as many configurations as are asked for. Does
//! not know: how anything is ranked.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is for the terminal")]

mod configuration;
mod folder;
mod judged;
mod report;
mod tune;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use descry_engine::{Hit, Tiers, Weights};
use serde::Serialize;

use crate::configuration::{Configuration, Coverage};
use crate::folder::Folder;
use crate::judged::{Repository, Task};
use crate::report::Row;
use descry_measure::score::Found;

/// Measures ranking on annotated repositories.
#[derive(Parser, Clone)]
#[command(name = "cargo xtask eval", max_term_width = 100)]
struct Args {
    /// Holds NAME.json for each repository; repos.json lies beside the folder, and so may
    /// published_ndcg10.json.
    #[arg(long)]
    annotations: PathBuf,
    /// Holds the repositories' checkouts by name.
    #[arg(long)]
    repos: PathBuf,
    /// Keeps one index for each repository, so that the next run embeds only what has changed.
    #[arg(long)]
    data: PathBuf,
    /// Only this repository; may be given again.
    #[arg(long)]
    repo: Vec<String>,
    /// Ask the first sentences of the repositories' own doc comments, without those comments, instead
    /// of the annotated queries.
    #[arg(long)]
    docs: bool,
    /// Words and drafts only: nothing is embedded.
    #[arg(long)]
    instant: bool,
    /// Compare every set of lists, fused alone and with the ranking signals.
    #[arg(long)]
    lists: bool,
    /// Compare with each signal off in turn.
    #[arg(long)]
    ablate: bool,
    /// Compare while 0 to 100 % of the chunks are embedded.
    #[arg(long)]
    curve: bool,
    /// Compare some values of one weight: NAME=VALUE,VALUE; may be given again.
    #[arg(long)]
    sweep: Vec<String>,
    /// Find better weights, one after the other.
    #[arg(long)]
    tune: bool,
    /// The same without each language in turn, and how well what is found then answers for it.
    #[arg(long)]
    hold_out: bool,
    /// With --tune: ask these repositories for the answers to their own doc comments as well; may be
    /// given again.
    #[arg(long)]
    tune_docs: Vec<String>,
    /// How much those count, from 0 to 1; the annotated queries have the rest.
    #[arg(long, default_value_t = 0.3)]
    docs_share: f64,
    /// Change a weight: NAME=VALUE; may be given again.
    #[arg(long)]
    set: Vec<String>,
    /// Where the answers go; FILE.misses.jsonl gets what was not found first.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// So many doc comments of a repository are asked while weights are tuned.
const TUNE_QUESTIONS: usize = 60;

/// One line of the file of answers; paths are relative to the repository.
#[derive(Serialize)]
struct Line<'a> {
    repo: &'a str,
    query: &'a str,
    results: &'a [Found],
}

fn main() -> Result<()> {
    let args = Args::parse();
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
    ensure!(asks, "these repositories hold no question");
    let configurations = configurations(&args)?;
    if args.tune || args.hold_out {
        return tune(&args, repositories, &configurations[0]);
    }
    let mut rows: Vec<Vec<Row>> = vec![Vec::new(); configurations.len()];
    let (mut indexed, mut times) = ([Duration::ZERO; 2], Vec::new());
    for repository in &repositories {
        let mut folder = open(&args, repository)?;
        println!(
            "{:<16} words and drafts after {:>6.2} s, exact vectors after {:>7.2} s",
            repository.name,
            folder.indexed[0].as_secs_f64(),
            folder.indexed[1].as_secs_f64(),
        );
        indexed.iter_mut().zip(folder.indexed).for_each(|(sum, time)| *sum += time);
        let questions: Vec<&str> = repository.questions().collect();
        for (configuration, rows) in configurations.iter().zip(&mut rows) {
            let answers = folder.ask(configuration, &questions)?;
            for (task, answer) in repository.tasks.iter().zip(answers) {
                let hits = answer.hits.iter().map(|hit| found(repository, hit)).collect();
                rows.push(Row::new(repository, task, hits));
            }
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

/// Tunes for judged questions by NDCG@10 and for doc comments, if asked for, by MRR@10.
fn tune(args: &Args, mut repositories: Vec<Repository>, base: &Configuration) -> Result<()> {
    let judged = repositories.len();
    for repository in judged::load(&args.annotations, &args.tune_docs)? {
        if args.tune_docs.contains(&repository.name) {
            let copy = data(args, &repository).join("docs/copy");
            let mut asking = doc_comments(&repository, &args.repos, copy)?;
            // A sample, evenly: hundreds of configurations are asked.
            let (mut count, all) = (0, asking.tasks.len());
            asking.tasks.retain(|_| {
                count += TUNE_QUESTIONS;
                count % all.max(TUNE_QUESTIONS) < TUNE_QUESTIONS
            });
            repositories.push(asking);
        }
    }
    let mut folders = Vec::new();
    for (index, repository) in repositories.iter().enumerate() {
        let is_docs = args.docs || index >= judged;
        folders.push(open(&Args { docs: is_docs, ..args.clone() }, repository)?);
    }
    let docs = repositories.len() - judged;
    let share = |index: usize| match index < judged {
        true => (1.0 - args.docs_share) / judged as f64,
        false => args.docs_share / docs as f64,
    };
    let shares: Vec<f64> = (0..repositories.len()).map(share).collect();
    let languages: Vec<&str> = repositories.iter().map(|it| it.language.as_str()).collect();
    let measure = |configuration: &Configuration| {
        let score = |(index, folder): (usize, &mut Folder)| -> Result<f64> {
            let repository = &repositories[index];
            let questions: Vec<&str> = repository.questions().collect();
            let answers = folder.ask(configuration, &questions)?;
            let scores = repository.tasks.iter().zip(answers).map(|(task, answer)| {
                let hits: Vec<Found> =
                    answer.hits.iter().map(|hit| found(repository, hit)).collect();
                descry_measure::score::Score::of(&hits, &task.targets)
            });
            let mean = descry_measure::score::Score::mean(scores);
            Ok(if index < judged && !args.docs { mean.ndcg } else { mean.mrr })
        };
        folders.iter_mut().enumerate().map(score).collect()
    };
    let said = tune::Tuner::new(base.clone(), measure).run(&languages, &shares, args.hold_out)?;
    println!("{said}");
    Ok(())
}

/// The configuration that people have, and what it is compared with.
fn configurations(args: &Args) -> Result<Vec<Configuration>> {
    let mut weights = Weights::default();
    for change in &args.set {
        let (name, value) = change.split_once('=').context("a change is name=value")?;
        configuration::set(&mut weights, name, value)?;
    }
    let base = match args.instant {
        true => Configuration {
            name: "words+instant".to_owned(),
            tiers: Tiers { full: false, ..Tiers::default() },
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

fn open(args: &Args, repository: &Repository) -> Result<Folder> {
    let folder = repository.folder(&args.repos);
    ensure!(folder.is_dir(), "{} is not there", folder.display());
    let data = data(args, repository).join(if args.docs { "docs/index" } else { "index" });
    Folder::open(&folder, data, !args.instant, repository.questions())
        .with_context(|| format!("indexing {}", repository.name))
}

/// The repository with its own doc comments for questions, which `copy` gets without them.
fn doc_comments(repository: &Repository, repos: &Path, copy: PathBuf) -> Result<Repository> {
    let folder = repository.folder(repos);
    match fs::remove_dir_all(&copy) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("clearing {}", copy.display()));
        }
        _ => {}
    }
    fs::create_dir_all(&copy).with_context(|| format!("making {}", copy.display()))?;
    let questions = descry_measure::copy(&folder, &copy, usize::MAX, &AtomicBool::default())?;
    let task = |question: descry_measure::Question| Task {
        query: question.text,
        category: "doc comment".to_owned(),
        targets: question.targets,
    };
    Ok(Repository {
        name: repository.name.clone(),
        language: repository.language.clone(),
        benchmark_root: None,
        elsewhere: Some(copy),
        tasks: questions.into_iter().map(task).collect(),
    })
}

/// What is kept of a repository.
fn data(args: &Args, repository: &Repository) -> PathBuf {
    args.data.join(&repository.name)
}

/// A hit as the benchmark sees it.
fn found(repository: &Repository, hit: &Hit) -> Found {
    let path = match &repository.benchmark_root {
        Some(root) => format!("{root}/{}", hit.path),
        None => hit.path.to_string(),
    };
    let rank = |rank: Option<u32>| rank.map_or("-".to_owned(), |rank| rank.to_string());
    let signals = hit.why.signals.iter();
    let signals: Vec<_> =
        signals.map(|signal| format!("{} x{:.2}", signal.name, signal.factor)).collect();
    Found {
        path,
        start_line: Some(hit.span.first_line + 1),
        end_line: Some(hit.span.end_line.max(hit.span.first_line + 1)),
        why: format!(
            "{}: words {}, meaning {}{}; {}",
            hit.symbol,
            rank(hit.why.words),
            rank(hit.why.meaning),
            hit.why.similarity.map_or(String::new(), |cosine| format!(" ({cosine:.2})")),
            signals.join(", ")
        ),
    }
}

fn say_times(indexed: [Duration; 2], mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{:<16} words and drafts after {:>6.2} s, exact vectors after {:>7.2} s",
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
