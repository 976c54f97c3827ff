//! The command line: commands, options and their help.

use std::path::PathBuf;

use clap::{ColorChoice, Parser, Subcommand, ValueEnum};
use descry_engine::Tiers;

/// Find code by words and by meaning. Everything stays on this machine.
#[derive(Parser)]
#[command(name = "descry", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colours.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add a folder and index it.
    Index(IndexArgs),
    /// Search by words and by meaning.
    Search(SearchArgs),
    /// Show the state of every folder.
    Status(StatusArgs),
    /// List the added folders.
    Folders(FoldersArgs),
    /// Show how much of the disk the index takes, or limit it.
    Limit(LimitArgs),
    /// Remove a folder from the index. The folder itself stays unchanged.
    Remove(FolderArgs),
    /// Turn texts into vectors: reads one JSON string per line, writes one JSON object per line.
    Embed(EmbedArgs),
    /// Measure search quality in a folder, with questions from its own doc comments and commits.
    Eval(EvalArgs),
    /// Index a folder, then answer queries at a prompt.
    Shell(ShellArgs),
    /// Show, choose or convert the embedding model.
    Model(ModelArgs),
}

/// How long to wait.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wait {
    /// Until words and quick meaning are searchable.
    Instant,
    /// Until full meaning is searchable for every chunk.
    Full,
}

#[derive(clap::Args)]
pub(crate) struct IndexArgs {
    /// The folder to index.
    pub(crate) folder: PathBuf,
    /// How long to wait.
    #[arg(long, value_enum, default_value = "instant")]
    pub(crate) wait: Wait,
    /// Read every file again, even files that look unchanged.
    #[arg(long)]
    pub(crate) check: bool,
    /// Use this model (GGUF) for this run instead of the chosen one.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct ShellArgs {
    /// The folder to index and search.
    pub(crate) folder: PathBuf,
    /// Use this model (GGUF) for this run instead of the chosen one.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct ModelArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ModelCommand>,
}

#[derive(Subcommand)]
pub(crate) enum ModelCommand {
    /// Use this model from the next start on.
    Use {
        /// The model file (GGUF).
        file: PathBuf,
    },
    /// Return to the bundled model.
    Reset,
    /// Convert a model folder from Hugging Face to a GGUF file.
    ///
    /// Supports BERT and RoBERTa with their own tokenizers, nomic-embed-text v1 and v1.5,
    /// CodeRankEmbed, StarEncoder, CodeT5+ embedding, CodeSage, and embedding models based on Qwen2
    /// and Qwen3. llama.cpp's convert_hf_to_gguf.py converts many others.
    Convert(ConvertArgs),
}

#[derive(clap::Args)]
pub(crate) struct LimitArgs {
    /// The most space that the index may take, such as `2GB` or `500MB`, or `none`.
    pub(crate) size: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct FolderArgs {
    /// The folder to remove.
    pub(crate) folder: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct StatusArgs {
    /// List the skipped files of every folder, with the reasons.
    #[arg(long)]
    pub(crate) skipped: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct FoldersArgs {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct SearchArgs {
    /// The query; `-` reads it from standard input. Filters: lang: path: repo: symbol: kind: where:
    /// (a `-` in front excludes), "an exact phrase" and `/an expression/`. Put words that look like
    /// options after `--`.
    #[arg(required_unless_present_any = ["queries", "stdin"], num_args = 1..)]
    pub(crate) query: Vec<String>,
    /// Read the query from standard input, such as a stack trace or a piece of code.
    #[arg(long, conflicts_with_all = ["query", "queries"])]
    pub(crate) stdin: bool,
    /// Search only this folder: an added folder, a part of one, or a parent of several.
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// Use this model (GGUF) for this run instead of the chosen one.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Maximum number of results [default: 10, or unlimited with --all]
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub(crate) limit: Option<usize>,
    /// Print every literal match, as grep does, instead of the best answers. Searches the files as
    /// they are now; filters go after the text. Exits with 0 for a match, 1 for no match, 2 for a
    /// failure.
    #[arg(long, conflicts_with_all = ["queries", "tiers"])]
    pub(crate) all: bool,
    /// Print all matches of a regular expression.
    #[arg(long, short = 'e')]
    pub(crate) regex: bool,
    /// Print all matches that are whole words.
    #[arg(long, short = 'w')]
    pub(crate) word: bool,
    /// Print all matches; case matters always, never, or (smart) if the text has a capital letter.
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) case: Option<Case>,
    /// Print all matches in any case.
    #[arg(long, short = 'i', conflicts_with = "case")]
    pub(crate) ignore_case: bool,
    /// Print only the names of the files with matches.
    #[arg(long, short = 'l', conflicts_with_all = ["json", "count"])]
    pub(crate) files: bool,
    /// Print only the number of matching lines per file.
    #[arg(long, short = 'c', conflicts_with = "json")]
    pub(crate) count: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Read queries from a file, one per line; print one line of JSON for each.
    #[arg(long, requires = "json", conflicts_with = "query")]
    pub(crate) queries: Option<PathBuf>,
    /// Tiers to search: words, instant (quick meaning) and full (full meaning), comma-separated.
    #[arg(long, default_value = "words,instant,full", value_parser = parse_tiers)]
    pub(crate) tiers: Tiers,
}

#[derive(clap::Args)]
pub(crate) struct EmbedArgs {
    /// The model (GGUF) to use instead of the chosen one.
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// Keep only the first N components of each vector, if the model allows it.
    #[arg(long, value_name = "N")]
    pub(crate) dim: Option<usize>,
    /// What the texts are; a model may put a different prompt before each kind.
    #[arg(long = "as", value_enum, default_value = "document")]
    pub(crate) role: Role,
    /// Print JSON (the only format).
    #[arg(long, required = true)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct EvalArgs {
    /// The folder to measure. Descry works on a copy; the folder and its index stay unchanged.
    pub(crate) folder: PathBuf,
    /// Measure this model instead of the chosen one; repeat the option to compare models.
    #[arg(long)]
    pub(crate) model: Vec<PathBuf>,
    /// Maximum number of questions of each kind.
    #[arg(long, default_value_t = 300)]
    pub(crate) questions: usize,
    /// Print JSON, one line per model.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct ConvertArgs {
    /// The model folder, as made by `hf download OWNER/NAME --local-dir FOLDER`.
    pub(crate) folder: PathBuf,
    /// The file to write.
    #[arg(value_name = "OUT.gguf")]
    pub(crate) out: PathBuf,
    /// Number format of the weights.
    #[arg(long = "type", value_enum, default_value = "f16")]
    pub(crate) weights: Weights,
    /// Overwrite the file if it exists.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Whether case matters.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    /// Only if the text has a capital letter.
    Smart,
    /// Always.
    Sensitive,
    /// Never.
    Insensitive,
}

impl From<Case> for descry_engine::Case {
    fn from(case: Case) -> descry_engine::Case {
        match case {
            Case::Smart => descry_engine::Case::Smart,
            Case::Sensitive => descry_engine::Case::Sensitive,
            Case::Insensitive => descry_engine::Case::Insensitive,
        }
    }
}

/// Number format of weights.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Weights {
    /// 32 bits per weight, as exact as the original.
    F32,
    /// 16 bits per weight, almost no loss.
    F16,
    /// 8.5 bits per weight, about a quarter of the size of f32.
    #[value(name = "q8_0")]
    Q8_0,
}

/// The kind of a text.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// A search query.
    Query,
    /// A text to be searched.
    Document,
}

fn parse_tiers(text: &str) -> Result<Tiers, String> {
    let mut tiers = Tiers { lexical: false, static_vectors: false, dense_vectors: false };
    for word in text.split(',') {
        match word.trim() {
            "words" => tiers.lexical = true,
            "instant" => tiers.static_vectors = true,
            "full" => tiers.dense_vectors = true,
            other => return Err(format!("`{other}` is none of words, instant, full")),
        }
    }
    Ok(tiers)
}
