//! Looking up the lists of a search, and fusing them.

use descry_lexical::{Found, LexicalQuery};

use super::names_only;
use crate::candidate::Candidate;
use crate::kind::QueryKind;
use crate::lists::Lists;
use crate::scope::{Scope, Side};
use crate::{Mode, SearchError, Tiers, Weights};

/// The parameters of the list lookups.
pub(super) struct Retrieval<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) mode: Mode,
    pub(super) tiers: Tiers,
    pub(super) words: &'a LexicalQuery,
    pub(super) exact: Option<&'a Found>,
    pub(super) kind: QueryKind,
}

impl Retrieval<'_> {
    /// For each side, the chunks with the words, and those with the words in their names, up to the
    /// side's limit.
    pub(super) fn by_words(
        &self,
        sides: &[(Side, usize)],
    ) -> Result<Vec<(Found, Found)>, SearchError> {
        let has_names = !matches!(self.kind, QueryKind::Natural | QueryKind::Code);
        let none = || sides.iter().map(|_| Found::default()).collect();
        let words = match self.tiers.lexical && self.mode != Mode::Symbols {
            true => self.scope.by_words(self.words, sides)?,
            false => none(),
        };
        let names: Vec<Found> = match self.tiers.lexical && has_names {
            true => self.scope.by_words(&names_only(self.words), sides)?,
            false => none(),
        };
        // Elsewhere names only add candidates; in this mode they are the ranking.
        let (words, names) =
            if self.mode == Mode::Symbols { (names, words) } else { (words, names) };
        Ok(words.into_iter().zip(names).collect())
    }

    /// Fuses each side's lists with the chunks near the query vector.
    pub(super) fn fuse(
        &self,
        sides: &[(Side, usize)],
        by_words: Vec<(Found, Found)>,
        vector: Option<&[f32]>,
        weights: &Weights,
    ) -> Result<Vec<Candidate>, SearchError> {
        let by_meaning = match vector {
            Some(vector) => self.scope.by_meaning(vector, self.tiers, sides)?,
            None => sides.iter().map(|_| Vec::new()).collect(),
        };
        let mut candidates = Vec::new();
        for ((words, names), meaning) in by_words.iter().zip(&by_meaning) {
            let lists = Lists { words, meaning, names, exact: self.exact };
            candidates.extend(self.scope.fuse(&lists, self.kind, weights));
        }
        Ok(candidates)
    }
}
