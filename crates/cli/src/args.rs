//! What can be asked for on the command line.

use std::path::PathBuf;

use clap::{ColorChoice, Parser, Subcommand, ValueEnum};
use descry_engine::Tiers;

/// Find code by what it means. Everything stays on this machine.
#[derive(Parser)]
#[command(name = "descry", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Colours in what is shown.
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add a folder and index it.
    Index(IndexArgs),
    /// Search by words and by meaning.
    Search(SearchArgs),
    /// Show how far every folder is.
    Status(StatusArgs),
    /// List the added folders.
    Folders(FoldersArgs),
    /// Remove a folder from the index. The folder itself is not touched.
    Remove(FolderArgs),
    /// Turn texts into vectors: one JSON string a line in, one JSON object a line out.
    Embed(EmbedArgs),
    /// Measure how well search finds things in a folder, by questions made from its own doc comments
    /// and commits.
    Eval(EvalArgs),
    /// Index a folder, then answer queries at a prompt.
    Shell(ShellArgs),
    /// Show, choose or convert the model that finds code by meaning.
    Model(ModelArgs),
}

/// How far to wait.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wait {
    /// Until words and quick meaning answer.
    Instant,
    /// Until every chunk is fully indexed.
    Full,
}

#[derive(clap::Args)]
pub(crate) struct IndexArgs {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// How far to wait.
    #[arg(long, value_enum, default_value = "instant")]
    pub(crate) wait: Wait,
    /// Read every file again, also those that look as they did when they were last read.
    #[arg(long)]
    pub(crate) check: bool,
    /// A model (GGUF) to use this time, instead of the chosen one.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct ShellArgs {
    /// The folder.
    pub(crate) folder: PathBuf,
    /// A model (GGUF) to use this time, instead of the chosen one.
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
    /// Use this model (GGUF) from the next start on.
    Use {
        /// The file.
        file: PathBuf,
    },
    /// Use the model that comes with Descry again.
    Reset,
    /// Turn a model's folder from Hugging Face into a GGUF file.
    ///
    /// Known are BERT and RoBERTa with their own tokenizers, nomic-embed-text v1 and v1.5,
    /// CodeRankEmbed, StarEncoder, CodeT5+ embedding, CodeSage, and embedding models made from Qwen2
    /// and Qwen3. llama.cpp's convert_hf_to_gguf.py converts many others.
    Convert(ConvertArgs),
}

#[derive(clap::Args)]
pub(crate) struct FolderArgs {
    /// The folder.
    pub(crate) folder: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct StatusArgs {
    /// List what is left out of every folder, and why.
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
    /// What to look for; `-` reads it from standard input. Filters: lang: path: repo: symbol: kind:
    /// where: (a `-` before one leaves out), "an exact phrase" and `/an expression/`. Words that look
    /// like options stand behind `--`.
    #[arg(required_unless_present_any = ["queries", "stdin"], num_args = 1..)]
    pub(crate) query: Vec<String>,
    /// Read the question from standard input: a stack trace, a piece of code.
    #[arg(long, conflicts_with_all = ["query", "queries"])]
    pub(crate) stdin: bool,
    /// Search this folder only; it may lie in an added one, or hold some.
    #[arg(long)]
    pub(crate) folder: Option<PathBuf>,
    /// A model (GGUF) to use this time, instead of the chosen one.
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// At most so many results: 10, or all with `--all`.
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    pub(crate) limit: Option<usize>,
    /// Print every match as grep does, not the best answers: the text to the letter, in the files as
    /// they are now. Filters stand behind it. The exit code is 0 if anything matches, 1 if nothing
    /// does, 2 for a failure.
    #[arg(long, conflicts_with_all = ["queries", "tiers"])]
    pub(crate) all: bool,
    /// All matches of a regular expression.
    #[arg(long, short = 'e')]
    pub(crate) regex: bool,
    /// All matches that are whole words.
    #[arg(long, short = 'w')]
    pub(crate) word: bool,
    /// All matches, whether case counts or not; smart: if a capital letter is asked for.
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(crate) case: Option<Case>,
    /// All matches in any case.
    #[arg(long, short = 'i', conflicts_with = "case")]
    pub(crate) ignore_case: bool,
    /// Of all matches, the names of their files.
    #[arg(long, short = 'l', conflicts_with_all = ["json", "count"])]
    pub(crate) files: bool,
    /// Of all matches, how many lines each file has.
    #[arg(long, short = 'c', conflicts_with = "json")]
    pub(crate) count: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// A file with one query a line; one JSON line is printed for each.
    #[arg(long, requires = "json", conflicts_with = "query")]
    pub(crate) queries: Option<PathBuf>,
    /// What takes part: any of words, instant, full, separated by commas.
    #[arg(long, default_value = "words,instant,full", value_parser = parse_tiers)]
    pub(crate) tiers: Tiers,
}

#[derive(clap::Args)]
pub(crate) struct EmbedArgs {
    /// The model; the chosen one if none is named.
    #[arg(long)]
    pub(crate) model: Option<PathBuf>,
    /// Keep only so many components of each vector, if the model allows it.
    #[arg(long, value_name = "N")]
    pub(crate) dim: Option<usize>,
    /// What the texts are: models may put a different prompt before each.
    #[arg(long = "as", value_enum, default_value = "document")]
    pub(crate) role: Role,
    /// Print JSON (the only form there is).
    #[arg(long, required = true)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct EvalArgs {
    /// The folder. It is copied, and neither it nor its index is touched.
    pub(crate) folder: PathBuf,
    /// A model to measure instead of the chosen one; may be given again, to compare.
    #[arg(long)]
    pub(crate) model: Vec<PathBuf>,
    /// At most so many questions of each kind.
    #[arg(long, default_value_t = 300)]
    pub(crate) questions: usize,
    /// Print JSON, one object a line for each model.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(clap::Args)]
pub(crate) struct ConvertArgs {
    /// The folder, as `hf download OWNER/NAME --local-dir FOLDER` makes it.
    pub(crate) folder: PathBuf,
    /// The file to write.
    #[arg(value_name = "OUT.gguf")]
    pub(crate) out: PathBuf,
    /// How weights are stored.
    #[arg(long = "type", value_enum, default_value = "f16")]
    pub(crate) weights: Weights,
    /// Replace the file if it is there already.
    #[arg(long)]
    pub(crate) force: bool,
}

/// Whether capital and small letters are the same.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    /// They are, unless a capital letter is asked for.
    Smart,
    /// They differ.
    Sensitive,
    /// They are.
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

/// How weights are stored.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Weights {
    /// 32 bits a weight, as exact as the original.
    F32,
    /// 16 bits a weight, hardly different.
    F16,
    /// 8.5 bits a weight, a quarter of the first.
    #[value(name = "q8_0")]
    Q8_0,
}

/// What a text is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// What a person searches for.
    Query,
    /// What is searched.
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
