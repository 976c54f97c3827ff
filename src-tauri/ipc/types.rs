//! The types on the wire: plain, in camel case, without 64-bit numbers, which are sent as text.

use serde::{Deserialize, Serialize};
use specta::Type;

macro_rules! wire {
    ($($(#[$doc:meta])* $kind:ident $name:ident $body:tt)*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize, Type)]
        #[serde(rename_all = "camelCase")]
        pub(crate) $kind $name $body)*
    };
}

wire! {
    /// How to look.
    enum Mode { All, Meaning, Words, Symbols, Files, Matches, Regex }

    /// A question.
    struct SearchRequest {
        pub(crate) text: String,
        pub(crate) mode: Mode,
        pub(crate) roots: Vec<u32>,
        pub(crate) languages: Vec<String>,
        pub(crate) kinds: Vec<String>,
        pub(crate) roles: Vec<String>,
        pub(crate) limit: u32,
    }

    /// Its answer.
    struct SearchReply {
        /// Hits; of all matches, lines.
        pub(crate) total: u32,
        /// In how many files, where that is known.
        pub(crate) files: Option<u32>,
        #[specta(type = specta_typescript::Number)]
        pub(crate) elapsed_ms: f64,
        pub(crate) groups: Vec<FileGroup>,
        pub(crate) facets: Facets,
        pub(crate) notice: Option<Notice>,
        /// Where nothing is found: words that are spelled like those asked for.
        pub(crate) nearest: Vec<String>,
        pub(crate) tokens: Vec<QueryToken>,
    }

    /// What a filter is about.
    enum TokenKind { Lang, Path, Repo, Symbol, Kind, Where, Phrase, Regex }

    /// A filter in the typed text; places count UTF-16 units, as JavaScript does.
    struct QueryToken {
        pub(crate) start: u32,
        pub(crate) end: u32,
        pub(crate) kind: TokenKind,
        pub(crate) text: String,
        pub(crate) valid: bool,
    }

    /// The hits of one file.
    struct FileGroup {
        pub(crate) root: u32,
        pub(crate) root_name: String,
        pub(crate) path: String,
        pub(crate) language: String,
        pub(crate) hits: Vec<Hit>,
        pub(crate) more: u32,
    }

    /// A chunk that answers; lines count from 1, both ends inclusive.
    struct Hit {
        pub(crate) chunk: String,
        pub(crate) symbol: Vec<String>,
        pub(crate) kind: Option<String>,
        pub(crate) start_line: u32,
        pub(crate) end_line: u32,
        pub(crate) lines: Vec<Line>,
        pub(crate) why: Why,
        pub(crate) copies: Vec<Copy>,
        pub(crate) stale: bool,
    }

    /// A chunk that says the same as the hit: exactly, or nearly.
    struct Copy {
        pub(crate) root: u32,
        pub(crate) root_name: String,
        pub(crate) path: String,
        pub(crate) start_line: u32,
        pub(crate) end_line: u32,
        pub(crate) exact: bool,
    }

    /// A line of a hit; marks count UTF-16 units.
    struct Line {
        pub(crate) number: u32,
        pub(crate) text: String,
        pub(crate) best: bool,
        pub(crate) marks: Vec<(u32, u32)>,
    }

    /// Why a hit stands where it stands.
    struct Why {
        #[specta(type = specta_typescript::Number)]
        pub(crate) score: f64,
        pub(crate) words: Option<u32>,
        pub(crate) meaning: Option<u32>,
        pub(crate) instant: bool,
        pub(crate) signals: Vec<Signal>,
        pub(crate) matched: Vec<String>,
    }

    /// What moved a hit up or down.
    enum SignalKind {
        Defines, Path, Reference, Recent, Open, SameFile, Covers, Tests, Example, Benchmark, Vendored, Prose,
        Gathering, Declarations
    }

    /// A ranking signal that acted on a hit.
    struct Signal {
        pub(crate) kind: SignalKind,
        #[specta(type = specta_typescript::Number)]
        pub(crate) factor: f64,
    }

    /// Counts to narrow down by.
    struct Facets {
        pub(crate) folders: Vec<Facet>,
        pub(crate) languages: Vec<Facet>,
        pub(crate) kinds: Vec<Facet>,
        pub(crate) roles: Vec<Facet>,
    }

    /// A count.
    struct Facet {
        pub(crate) key: String,
        pub(crate) label: String,
        pub(crate) count: u32,
    }

    /// How far everything is.
    struct Status {
        pub(crate) folders: Vec<Folder>,
        pub(crate) model: Model,
        pub(crate) generation: String,
    }

    /// What is going on in a folder.
    enum FolderState { Scanning, Indexing, Ready, Missing, Failed }

    /// How changes are noticed.
    enum Watch { Off, Native, Polling }

    /// How far a folder is.
    struct Folder {
        pub(crate) id: u32,
        pub(crate) path: String,
        pub(crate) name: String,
        pub(crate) state: FolderState,
        pub(crate) message: Option<String>,
        pub(crate) paused: bool,
        pub(crate) files: u32,
        pub(crate) files_done: u32,
        pub(crate) chunks: u32,
        pub(crate) instant: u32,
        pub(crate) full: u32,
        pub(crate) skipped: u32,
        pub(crate) eta_seconds: Option<f64>,
        pub(crate) watch: Watch,
        pub(crate) watch_message: Option<String>,
        pub(crate) branch: Option<String>,
        pub(crate) commit: Option<String>,
    }

    /// Whether there is a model.
    enum ModelState { Loading, Ready, Failed }

    /// The model.
    struct Model {
        pub(crate) state: ModelState,
        pub(crate) name: Option<String>,
        pub(crate) device: Option<String>,
        pub(crate) message: Option<String>,
    }

    /// A file as it is now.
    struct FileText {
        pub(crate) text: String,
        pub(crate) language: String,
        pub(crate) encoding: String,
        pub(crate) changed_since_index: bool,
    }

    /// A file that was left out.
    struct SkippedFile {
        pub(crate) path: String,
        pub(crate) reason: SkipReason,
    }

    /// Which colours.
    enum Theme { System, Light, Dark }

    /// What a person can choose.
    struct Settings {
        pub(crate) theme: Theme,
        pub(crate) editor: String,
        pub(crate) editor_template: String,
    }

    /// An editor that files can be opened in.
    struct Editor {
        pub(crate) id: String,
        pub(crate) name: String,
        pub(crate) found: bool,
    }

    /// What questions are made of.
    enum QuestionKind { DocComments, Commits }

    /// A way to search that is measured.
    enum EvaluatedTier { Words, Instant, Full, All }

    /// How well one way to search answers, each figure from 0 to 1.
    struct TierScore {
        pub(crate) tier: EvaluatedTier,
        #[specta(type = specta_typescript::Number)]
        pub(crate) mrr: f64,
        #[specta(type = specta_typescript::Number)]
        pub(crate) ndcg: f64,
        #[specta(type = specta_typescript::Number)]
        pub(crate) first: f64,
    }

    /// A question whose answer was not found first.
    struct MissedQuestion {
        pub(crate) text: String,
        pub(crate) path: String,
        pub(crate) line: Option<u32>,
        pub(crate) rank: Option<u32>,
    }

    /// Questions of one kind, and how well they were answered.
    struct QuestionSet {
        pub(crate) kind: QuestionKind,
        pub(crate) questions: u32,
        pub(crate) note: Option<String>,
        pub(crate) scores: Vec<TierScore>,
        pub(crate) missed: Vec<MissedQuestion>,
    }

    /// How well each way to search finds things in a folder.
    struct Evaluation {
        pub(crate) root: u32,
        pub(crate) model: Option<String>,
        #[specta(type = specta_typescript::Number)]
        pub(crate) seconds: f64,
        pub(crate) sets: Vec<QuestionSet>,
    }

    /// What a measurement is doing.
    enum EvaluationPhase { Reading, Indexing, Embedding, Asking }

    /// What went wrong, as far as the window treats it differently.
    enum ErrorCode {
        NotFound, Unreadable, Nested, NotAFolder, Query, Editor, Model, Busy, Storage, Version, Cancelled, Internal
    }

    /// What went wrong, and a sentence that says what to do.
    struct IpcError {
        pub(crate) code: ErrorCode,
        pub(crate) message: String,
    }
}

/// The status changed.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct StatusChanged(pub(crate) Status);

/// How far a measurement is; a total of 0 is not known yet.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EvaluationProgress {
    pub(crate) root: u32,
    pub(crate) phase: EvaluationPhase,
    pub(crate) done: u32,
    pub(crate) total: u32,
}

/// What a search for all matches has found so far; the number is its question's.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct MatchesFound {
    pub(crate) number: u32,
    pub(crate) reply: SearchReply,
}

/// Something searchable changed; the number of the commit.
#[derive(Clone, Debug, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct IndexChanged(pub(crate) String);

impl From<Mode> for descry_engine::Mode {
    fn from(mode: Mode) -> descry_engine::Mode {
        match mode {
            Mode::All => descry_engine::Mode::All,
            Mode::Meaning => descry_engine::Mode::Meaning,
            Mode::Words => descry_engine::Mode::Words,
            Mode::Symbols => descry_engine::Mode::Symbols,
            Mode::Files => descry_engine::Mode::Files,
            Mode::Matches | Mode::Regex => descry_engine::Mode::Regex,
        }
    }
}

macro_rules! told {
    ($($(#[$doc:meta])* enum $name:ident $body:tt)*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, Serialize, Deserialize, Type)]
        #[serde(tag = "code", rename_all = "camelCase", rename_all_fields = "camelCase")]
        pub(crate) enum $name $body)*
    };
}

told! {
    /// Something that the person should know of an answer: there is no meaning; the one name that is asked for
    /// is nowhere, and `nearest` are spelled alike; the search ended early; the owner of the index does not
    /// answer; some files could not be searched, the first of them named; the expression cannot be read; a
    /// filter's value is not known.
    enum Notice {
        WordsOnly { reason: String },
        NoExactMatch { name: String, nearest: Vec<String> },
        Partial,
        OwnerSilent,
        Unread { files: u32, path: String, reason: String },
        BadRegex { reason: String },
        BadFilter { value: String },
    }

    /// Why a file or folder was left out.
    enum SkipReason {
        Binary,
        TooLarge {
            #[specta(type = specta_typescript::Number)]
            size: f64,
            #[specta(type = specta_typescript::Number)]
            limit: f64,
        },
        Minified,
        Generated,
        Credentials,
        NotUtf8Path,
        Unreadable { message: String },
        Link,
        SymlinkLoop,
        BuildOutput,
        OwnData,
        IgnoredFromAbove { pattern: String, file: String },
        Unstable,
        NotAFile,
        Failed { message: String },
    }
}
