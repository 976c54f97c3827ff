//! A question: what was typed, how to look, and where.

use descry_base::{Language, RelPath, RootId, SymbolKind};
use serde::{Deserialize, Serialize};

use crate::FileRole;

/// How to look.
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

/// Which lists take part in [`Mode::All`]. People call these tiers words, instant and full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tiers {
    /// BM25.
    pub lexical: bool,
    /// Vectors by the static model.
    pub static_vectors: bool,
    /// Vectors by the model.
    pub dense_vectors: bool,
}

impl Default for Tiers {
    fn default() -> Tiers {
        Tiers { lexical: true, static_vectors: true, dense_vectors: true }
    }
}

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// What was typed, filters included.
    pub text: String,
    /// How to look.
    pub mode: Mode,
    /// Which lists take part.
    pub tiers: Tiers,
    /// Only these folders; empty means all.
    pub roots: Vec<RootId>,
    /// Only files in this part of each folder; the empty path means all of it.
    pub within: RelPath,
    /// Only these languages; empty means all.
    pub languages: Vec<Language>,
    /// Only these kinds of definition; empty means all.
    pub kinds: Vec<SymbolKind>,
    /// Only these places; empty means all.
    pub roles: Vec<FileRole>,
    /// What the person works on; who does not tell gets the same answer at any time.
    pub working: Option<Working>,
    /// At most so many hits.
    pub limit: usize,
}

/// What a person works on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Working {
    /// The time, in nanoseconds since 1970: files that changed lately gain a little.
    pub now_ns: i64,
    /// Files that are open: they gain a little.
    pub open: Vec<(RootId, RelPath)>,
}

impl Query {
    /// A question over everything.
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
