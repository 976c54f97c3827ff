//! What a search gives: hits, why each is there, and counts to narrow down by.

use std::time::Duration;

use descry_base::{ChunkId, Generation, Language, RelPath, RootId, Span, SymbolKind};
use serde::{Deserialize, Serialize};

use crate::{Duplicate, FileRole, FilterToken};

/// The answer to a query.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many chunks were candidates; `hits` holds the best of them. By regular expression, how many
    /// lines match.
    pub total: usize,
    /// Counts over all candidates.
    pub facets: Facets,
    /// The filters found in the typed text.
    pub filters: Vec<FilterToken>,
    /// What the person should know of this answer.
    pub notice: Option<Notice>,
    /// Where nothing is found: words of the searched folders that are spelled like those asked for.
    pub nearest: Vec<String>,
    /// The commit that answered.
    pub generation: Generation,
    /// From the question to the answer.
    pub elapsed: Duration,
}

/// Something that the person should know of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "camelCase")]
pub enum Notice {
    /// There is no model: only words took part.
    WordsOnly {
        /// Why.
        reason: String,
    },
    /// The regular expression does not parse.
    BadRegex {
        /// What is wrong with it.
        reason: String,
    },
    /// A filter names nothing that exists; it was not applied.
    BadFilter {
        /// The filter's value.
        value: String,
    },
    /// The one name that was asked for stands nowhere; the hits are near by meaning or by its parts.
    NoExactMatch {
        /// The name.
        name: String,
        /// Names that are spelled alike.
        nearest: Vec<String>,
    },
    /// The search stopped at its time limit; there may be more.
    Partial,
}

/// A chunk that answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The chunk.
    pub chunk: ChunkId,
    /// The folder.
    pub root: RootId,
    /// Path inside the folder.
    pub path: RelPath,
    /// The file's language.
    pub language: Language,
    /// What the file is in its project.
    pub role: FileRole,
    /// Where in the file.
    pub span: Span,
    /// Symbol path, outermost first, joined by ` > `.
    pub symbol: String,
    /// What its main definition is.
    pub kind: Option<SymbolKind>,
    /// The lines to show.
    pub lines: Vec<Line>,
    /// Why it is here.
    pub why: Why,
    /// Other chunks that say the same, best first; they are no hits of their own.
    pub copies: Vec<Duplicate>,
    /// True if the file on disk is no longer the one that was indexed.
    pub stale: bool,
}

/// A line of a hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Counts from 0.
    pub number: u32,
    /// Without its line break.
    pub text: String,
    /// One of the lines that answer, not context.
    pub best: bool,
    /// Byte ranges of `text` that match words of the query.
    pub marks: Vec<(u32, u32)>,
}

/// Why a hit stands where it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// The score that it is ranked by.
    pub score: f32,
    /// Its rank by words, from 1.
    pub words: Option<u32>,
    /// Its rank by meaning, from 1.
    pub meaning: Option<u32>,
    /// Its cosine to the query.
    pub similarity: Option<f32>,
    /// True if `meaning` stands on a static vector.
    #[serde(rename = "instant")]
    pub from_static: bool,
    /// What raised or lowered it, strongest first.
    pub signals: Vec<Signal>,
    /// The words of the query that stand in it.
    pub matched: Vec<String>,
}

/// A ranking signal that applied to a hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Its name (`defines`, `path`, `tests`, …).
    pub name: String,
    /// What the hit's score was multiplied by.
    pub factor: f32,
}

/// Counts over the candidates, most first.
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
