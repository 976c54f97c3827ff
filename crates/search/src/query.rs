//! A query: the typed text, the search mode and the scope.

use descry_base::{Language, RelPath, RootId, SymbolKind};
use serde::{Deserialize, Serialize};

use crate::FileRole;

/// The search mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// By words and by meaning, fused and ranked.
    #[default]
    All,
    /// By meaning alone.
    Meaning,
    /// By words alone.
    Words,
    /// Definitions by name.
    Symbols,
    /// Files by path.
    Files,
    /// By regular expression.
    Regex,
}

/// The tiers that take part in [`Mode::All`]. Users read them as words, quick meaning and full
/// meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tiers {
    /// Words, ranked by BM25F.
    pub lexical: bool,
    /// Static vectors.
    pub static_vectors: bool,
    /// Dense vectors.
    pub dense_vectors: bool,
}

impl Default for Tiers {
    fn default() -> Tiers {
        Tiers { lexical: true, static_vectors: true, dense_vectors: true }
    }
}

/// A query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// The typed text, filters included.
    pub text: String,
    /// The search mode.
    pub mode: Mode,
    /// The tiers that take part.
    pub tiers: Tiers,
    /// Only these folders; empty means all.
    pub roots: Vec<RootId>,
    /// Only files below this path of each folder; the empty path means the whole folder.
    pub within: RelPath,
    /// Only these languages; empty means all.
    pub languages: Vec<Language>,
    /// Only these kinds of definition; empty means all.
    pub kinds: Vec<SymbolKind>,
    /// Only these file roles; empty means all.
    pub roles: Vec<FileRole>,
    /// What the user is working on; without it, the answer does not depend on the time.
    pub working: Option<Working>,
    /// The maximum number of hits.
    pub limit: usize,
}

/// What the user is working on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Working {
    /// The current time in nanoseconds since 1970; recently changed files gain a little.
    pub now_ns: i64,
    /// The open files; they gain a little.
    pub open: Vec<(RootId, RelPath)>,
}

impl Query {
    /// A query over everything.
    pub fn new(text: impl Into<String>, limit: usize) -> Query {
        Query {
            text: text.into(),
            mode: Mode::All,
            tiers: Tiers::default(),
            roots: Vec::new(),
            within: RelPath::default(),
            languages: Vec::new(),
            kinds: Vec::new(),
            roles: Vec::new(),
            working: None,
            limit,
        }
    }
}
