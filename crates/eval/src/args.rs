//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measure ranking on annotated repositories: one measure in many configurations or, with --all or
/// --measure, several measures of the default configuration.
#[derive(Parser, Clone)]
#[command(name = "cargo xtask eval", max_term_width = 100)]
pub(crate) struct Args {
    /// Folder with NAME.json for each repository; beside it, repos.json and optionally
    /// published_ndcg10.json.
    #[arg(long)]
    pub(crate) annotations: PathBuf,
    /// Folder with the repositories' checkouts, by name.
    #[arg(long)]
    pub(crate) repos: PathBuf,
    /// Folder that keeps one index per repository, so that the next run embeds only what has
    /// changed.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Measure only this repository; can be repeated.
    #[arg(long)]
    pub(crate) repo: Vec<String>,
    /// Run every measure, side by side.
    #[arg(long)]
    pub(crate) all: bool,
    /// Run only these measures.
    #[arg(long, value_delimiter = ',')]
    pub(crate) measure: Vec<Measure>,
    /// Print the measures as JSON: {"measures": {MEASURE: {ROW: {COLUMN: FIGURE}}}}.
    #[arg(long)]
    pub(crate) json: bool,
    /// Show what changed since a run whose --json output is in this file.
    #[arg(long)]
    pub(crate) against: Option<PathBuf>,
    /// Show which identifiers and file names `exact` did not find first, and what came first
    /// instead.
    #[arg(long)]
    pub(crate) misses: bool,
    /// Folder with the repositories' git directories, as NAME or OWNER+NAME/repo, for `commits` and
    /// `exact`.
    #[arg(long)]
    pub(crate) history: Option<PathBuf>,
    /// Repositories for `docs`, `place` and `commits`.
    #[arg(long, value_delimiter = ',', default_values = ["flask", "gin", "monolog", "sinatra", "express", "chi"])]
    pub(crate) own: Vec<String>,
    /// Repositories for `exact`, checked out whole.
    #[arg(
        long,
        value_delimiter = ',',
        default_values = ["flask", "gin", "gson", "sinatra", "trpc", "libuv", "bats-core", "zls"]
    )]
    pub(crate) whole: Vec<String>,
    /// Another folder for `exact`; can be repeated.
    #[arg(long)]
    pub(crate) folder: Vec<PathBuf>,
    /// Measure with this model instead of the bundled one.
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// Ask the first sentences of the repositories' own doc comments, with those comments removed,
    /// instead of the annotated queries.
    #[arg(long)]
    pub(crate) docs: bool,
    /// Use words and static vectors only; embed nothing.
    #[arg(long)]
    pub(crate) instant: bool,
    /// Compare every set of lists, with and without the ranking signals.
    #[arg(long)]
    pub(crate) lists: bool,
    /// Compare with each signal turned off in turn.
    #[arg(long)]
    pub(crate) ablate: bool,
    /// Compare while 0 to 100 % of the chunks are embedded.
    #[arg(long)]
    pub(crate) curve: bool,
    /// Compare several values of a weight: NAME=VALUE,VALUE; can be repeated.
    #[arg(long)]
    pub(crate) sweep: Vec<String>,
    /// Search for better weights, one after the other.
    #[arg(long)]
    pub(crate) tune: bool,
    /// Also tune without each language in turn, and show how well the result answers for it.
    #[arg(long)]
    pub(crate) hold_out: bool,
    /// With --tune: also ask this repository its own doc comments; can be repeated.
    #[arg(long)]
    pub(crate) tune_docs: Vec<String>,
    /// Weight of those doc comments, from 0 to 1; the annotated queries have the rest.
    #[arg(long, default_value_t = 0.3)]
    pub(crate) docs_share: f64,
    /// Change a weight: NAME=VALUE; can be repeated.
    #[arg(long)]
    pub(crate) set: Vec<String>,
    /// Write the answers to this file; FILE.misses.jsonl gets those not found first.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

/// A measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// NDCG@10 of the annotated queries.
    Judged,
    /// MRR@10 of doc comments, with the questions of `descry eval FOLDER --questions 1000`.
    Docs,
    /// Share of doc comments whose definition is among the first hits of the right file.
    Place,
    /// MRR@10 of commit subjects.
    Commits,
    /// Share of identifiers and file names found by their exact spelling.
    Exact,
}

impl Args {
    /// Whether a measure is selected.
    pub(crate) fn wants(&self, measure: Measure) -> bool {
        self.all || self.measure.contains(&measure)
    }
}
