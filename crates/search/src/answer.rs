//! The answer to a query: hits, the reasons for each, and counts for narrowing down.

use std::time::Duration;

use descry_base::{ChunkId, Generation, Language, RelPath, RootId, Span, SymbolKind};
use serde::{Deserialize, Serialize};

use crate::{Duplicate, FileRole, FilterToken, SignalKind};

/// The answer to a query.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Best first.
    pub hits: Vec<Hit>,
    /// The number of candidate chunks, of which `hits` holds the best. In regex mode, the number of
    /// matching lines.
    pub total: usize,
    /// Counts over all candidates.
    pub facets: Facets,
    /// The filters found in the typed text.
    pub filters: Vec<FilterToken>,
    /// A notice for the user about this answer.
    pub notice: Option<Notice>,
    /// If nothing is found: words in the searched folders that are spelled like those in the query.
    pub nearest: Vec<String>,
    /// The generation that answered.
    pub generation: Generation,
    /// The time from the query to the answer.
    pub elapsed: Duration,
}

/// Something the user should know about an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "camelCase")]
pub enum Notice {
    /// There is no model; only words took part.
    WordsOnly {
        /// The reason.
        reason: String,
    },
    /// The regular expression does not parse.
    BadRegex {
        /// The parse error.
        reason: String,
    },
    /// A filter names nothing that exists and was not applied.
    BadFilter {
        /// The filter's value.
        value: String,
    },
    /// The queried name does not occur; the hits are close by meaning or match parts of the name.
    NoExactMatch {
        /// The name.
        name: String,
        /// Names with a similar spelling.
        nearest: Vec<String>,
    },
    /// The search stopped at its time limit; there may be more hits.
    Partial,
    /// The process that follows the files does not answer; these are the hits of what it stored.
    OwnerSilent,
}

/// A chunk in an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The chunk.
    pub chunk: ChunkId,
    /// The folder.
    pub root: RootId,
    /// The path inside the folder.
    pub path: RelPath,
    /// The file's language.
    pub language: Language,
    /// The file's role in its project.
    pub role: FileRole,
    /// The location in the file.
    pub span: Span,
    /// The symbol path, outermost first, joined by ` > `.
    pub symbol: String,
    /// The kind of its main definition.
    pub kind: Option<SymbolKind>,
    /// The lines to show.
    pub lines: Vec<Line>,
    /// The reasons for its rank.
    pub why: Why,
    /// Exact and near copies, best first; they are not separate hits.
    pub copies: Vec<Duplicate>,
    /// True if the file on disk differs from the indexed one.
    pub stale: bool,
}

/// A line of a hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The line number, from 0.
    pub number: u32,
    /// The text without its line break.
    pub text: String,
    /// True for a line that answers, false for context.
    pub best: bool,
    /// Byte ranges of `text` that match words of the query.
    pub marks: Vec<(u32, u32)>,
}

/// Why a hit has its rank.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// The score that determines its rank.
    pub score: f32,
    /// Its rank by words, from 1.
    pub words: Option<u32>,
    /// Its rank by meaning, from 1.
    pub meaning: Option<u32>,
    /// Its cosine to the query.
    pub similarity: Option<f32>,
    /// True if `meaning` comes from a static vector.
    #[serde(rename = "instant")]
    pub from_static: bool,
    /// The signals that raised or lowered it, strongest first.
    pub signals: Vec<Signal>,
    /// The query words that occur in it.
    pub matched: Vec<String>,
}

/// A ranking signal that applied to a hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The kind of signal.
    #[serde(rename = "name")]
    pub kind: SignalKind,
    /// The factor by which it multiplied the hit's score.
    pub factor: f32,
}

/// Counts over the candidates, highest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facets {
    /// By folder.
    pub roots: Vec<(RootId, usize)>,
    /// By language.
    pub languages: Vec<(Language, usize)>,
    /// By kind of definition.
    pub kinds: Vec<(SymbolKind, usize)>,
    /// By role.
    pub roles: Vec<(FileRole, usize)>,
}
