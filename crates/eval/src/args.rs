//! What is measured, as the terminal says it.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measures ranking on annotated repositories: one measure in many configurations, or with --all or
/// --measure every measure of the configuration that people have.
#[derive(Parser, Clone)]
#[command(name = "cargo xtask eval", max_term_width = 100)]
pub(crate) struct Args {
    /// Holds NAME.json for each repository; repos.json lies beside the folder, and so may
    /// published_ndcg10.json.
    #[arg(long)]
    pub(crate) annotations: PathBuf,
    /// Holds the repositories' checkouts by name.
    #[arg(long)]
    pub(crate) repos: PathBuf,
    /// Keeps one index for each repository, so that the next run embeds only what has changed.
    #[arg(long)]
    pub(crate) data: PathBuf,
    /// Only this repository; may be given again.
    #[arg(long)]
    pub(crate) repo: Vec<String>,
    /// Every measure, side by side.
    #[arg(long)]
    pub(crate) all: bool,
    /// Only these of the measures.
    #[arg(long, value_delimiter = ',')]
    pub(crate) measure: Vec<Measure>,
    /// The measures as JSON: {"measures": {MEASURE: {ROW: {COLUMN: FIGURE}}}}.
    #[arg(long)]
    pub(crate) json: bool,
    /// Tell what changed since a run whose --json is in this file.
    #[arg(long)]
    pub(crate) against: Option<PathBuf>,
    /// Tell which identifiers and file names `exact` did not find first, and what stood there.
    #[arg(long)]
    pub(crate) misses: bool,
    /// Holds the repositories' git directories, as NAME or OWNER+NAME/repo: for `commits` and `exact`.
    #[arg(long)]
    pub(crate) history: Option<PathBuf>,
    /// The repositories of `docs`, `place` and `commits`.
    #[arg(long, value_delimiter = ',', default_values = ["flask", "gin", "monolog", "sinatra", "express", "chi"])]
    pub(crate) own: Vec<String>,
    /// The repositories of `exact`, which are laid out whole.
    #[arg(
        long,
        value_delimiter = ',',
        default_values = ["flask", "gin", "gson", "sinatra", "trpc", "libuv", "bats-core", "zls"]
    )]
    pub(crate) whole: Vec<String>,
    /// A folder that `exact` asks as well; may be given again.
    #[arg(long)]
    pub(crate) folder: Vec<PathBuf>,
    /// Measure with this model instead of the bundled one.
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// Ask the first sentences of the repositories' own doc comments, without those comments, instead
    /// of the annotated queries.
    #[arg(long)]
    pub(crate) docs: bool,
    /// Words and static vectors only: nothing is embedded.
    #[arg(long)]
    pub(crate) instant: bool,
    /// Compare every set of lists, fused alone and with the ranking signals.
    #[arg(long)]
    pub(crate) lists: bool,
    /// Compare with each signal off in turn.
    #[arg(long)]
    pub(crate) ablate: bool,
    /// Compare while 0 to 100 % of the chunks are embedded.
    #[arg(long)]
    pub(crate) curve: bool,
    /// Compare some values of one weight: NAME=VALUE,VALUE; may be given again.
    #[arg(long)]
    pub(crate) sweep: Vec<String>,
    /// Find better weights, one after the other.
    #[arg(long)]
    pub(crate) tune: bool,
    /// The same without each language in turn, and how well what is found then answers for it.
    #[arg(long)]
    pub(crate) hold_out: bool,
    /// With --tune: ask these repositories for the answers to their own doc comments as well; may be
    /// given again.
    #[arg(long)]
    pub(crate) tune_docs: Vec<String>,
    /// How much those count, from 0 to 1; the annotated queries have the rest.
    #[arg(long, default_value_t = 0.3)]
    pub(crate) docs_share: f64,
    /// Change a weight: NAME=VALUE; may be given again.
    #[arg(long)]
    pub(crate) set: Vec<String>,
    /// Where the answers go; FILE.misses.jsonl gets what was not found first.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
}

/// What is measured side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// NDCG@10 of the annotated queries.
    Judged,
    /// MRR@10 of doc comments, with the questions of `descry eval FOLDER --questions 1000`.
    Docs,
    /// Whether the right file's first hits are the definition that a doc comment asks for.
    Place,
    /// MRR@10 of commit subjects.
    Commits,
    /// Whether identifiers and file names are found as they are written.
    Exact,
}

impl Args {
    /// Whether a measure is asked for.
    pub(crate) fn wants(&self, measure: Measure) -> bool {
        self.all || self.measure.contains(&measure)
    }
}
