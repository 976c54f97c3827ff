//! Exactness: for a query that is one name, chunks that contain the name come first.
//!
//! [`Exactness`] is compared before any score, so no weight, folder, language or similarity can
//! break these invariants:
//!
//! 1. The line that a query names is first, then the file of that name.
//! 2. Then come definitions of the name, then chunks with the name as written, then with another
//!    case or other underscores, then with a part of it, then the rest.
//! 3. Every chunk that contains the name is a candidate, however many higher-scoring chunks lack
//!    it.
//!
//! Scores order chunks of equal exactness. A quoted text is a filter: a chunk without it is not a
//! hit.

use std::collections::{HashMap, HashSet};

use descry_base::{ChunkId, SymbolKind};
use descry_lexical::{Found, LexicalQuery, compose};

use crate::SearchError;
use crate::asked_name::AskedName;
use crate::candidate::Candidate;
use crate::kind::squash;
use crate::scope::{Scope, Side};
use crate::signals::{name_of, split_name};
use crate::sources::Sources;

/// The maximum number of chunks whose text is searched for the name.
const EXAMINED: usize = 10_000;

/// The number of texts read at a time.
const STEP: usize = 256;

/// Shorter names occur within too many longer ones.
const SHORTEST_WITHIN: usize = 3;

/// How exactly a chunk answers a query that is one name; greater is more exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Exactness {
    /// Contains nothing of the name.
    #[default]
    Absent,
    /// Contains a part of the name.
    Part,
    /// Contains the name within a longer one, or its file has the name.
    Within,
    /// Contains the name in another case or with other underscores.
    Folded,
    /// Defines the name in another case.
    FoldedDefinition,
    /// The first chunk of the file with that name in another case.
    FoldedFileName,
    /// Contains the name as written.
    Written,
    /// Defines the name.
    Definition,
    /// The first chunk of the file with that name.
    FileName,
    /// Contains the line that the query names.
    NamedLine,
}

/// A query that is one name, and the chunks that contain it.
pub(crate) struct Exact<'a> {
    asked: AskedName<'a>,
    /// The chunks that contain it, best first by BM25F of the name alone.
    pub(crate) found: Found,
    /// The exactness of each, from its text alone.
    had: HashMap<ChunkId, Exactness>,
}

impl<'a> Exact<'a> {
    /// Looks the name up in the texts until `most` chunks contain it as written or none are left.
    pub(crate) fn look_up(
        asked: AskedName<'a>,
        scope: &Scope<'_>,
        sources: &dyn Sources,
        most: usize,
    ) -> Result<Exact<'a>, SearchError> {
        // In some languages `empty?` and `save!` are names; in others the mark is punctuation.
        if let Some(typed) = asked.alone.filter(|it| *it != asked.name && it.ends_with(['?', '!']))
        {
            let typed = AskedName { name: typed, alone: asked.alone };
            let exact = Exact::of_name(typed, scope, sources, most)?;
            if exact.had.values().any(|had| *had == Exactness::Written) {
                return Ok(exact);
            }
        }
        Exact::of_name(asked, scope, sources, most)
    }

    fn of_name(
        asked: AskedName<'a>,
        scope: &Scope<'_>,
        sources: &dyn Sources,
        most: usize,
    ) -> Result<Exact<'a>, SearchError> {
        let mut exact = Exact { asked, found: Found::default(), had: HashMap::new() };
        let examined = |words: &LexicalQuery| -> Result<Found, SearchError> {
            let found = scope.by_words(words, &[(Side::Both, EXAMINED)])?;
            Ok(found.into_iter().next().unwrap_or_default())
        };
        let as_typed = whole(asked.name);
        let single = as_typed.phrases.is_empty();
        exact.read(examined(&as_typed)?, sources, most);
        if exact.found.hits.len() < most && single && asked.name.len() >= SHORTEST_WITHIN {
            let within = scope.words_with(asked.name)?;
            exact.read(examined(&within)?, sources, most);
        }
        if let Some(apart) = apart(asked.name).filter(|_| exact.found.hits.len() < most) {
            exact.read(examined(&whole(&apart))?, sources, most);
        }
        Ok(exact)
    }

    /// Takes the chunks of `found` whose texts contain the name, up to `most` of each exactness.
    fn read(&mut self, found: Found, sources: &dyn Sources, most: usize) {
        let mut counts: HashMap<Exactness, usize> = HashMap::new();
        let folded = squash(self.asked.name);
        for step in found.hits.chunks(STEP) {
            if counts.get(&Exactness::Written).is_some_and(|count| *count >= most) {
                break;
            }
            let ids: Vec<ChunkId> = step.iter().map(|hit| hit.id).collect();
            for (hit, text) in step.iter().zip(sources.texts(&ids)) {
                let Some(text) = text.filter(|_| !self.had.contains_key(&hit.id)) else { continue };
                let text = compose(&text);
                let exactness = match () {
                    () if has_word(&text, self.asked.name) => Exactness::Written,
                    () => match folded_in(&text, self.asked.name, &folded) {
                        Some(exactness) => exactness,
                        None => continue,
                    },
                };
                let count = counts.entry(exactness).or_default();
                *count += 1;
                if *count <= most {
                    self.had.insert(hit.id, exactness);
                    self.found.hits.push(*hit);
                }
            }
        }
    }

    /// The name that was looked up.
    pub(crate) fn asked(&self) -> AskedName<'a> {
        self.asked
    }

    /// Sets the exactness of every candidate and adds the files with that name.
    pub(crate) fn apply(&self, scope: &Scope<'_>, candidates: &mut Vec<Candidate>) {
        let has: HashSet<ChunkId> = candidates.iter().map(|candidate| candidate.id).collect();
        candidates.extend(self.files(scope).into_iter().filter(|file| !has.contains(&file.id)));
        for candidate in candidates {
            candidate.exactness = self.of(candidate);
        }
    }

    /// True if any candidate contains the name, even within a longer one.
    pub(crate) fn is_anywhere(&self, candidates: &[Candidate]) -> bool {
        candidates.iter().any(|candidate| candidate.exactness >= Exactness::Within)
    }

    /// The candidates for files with that name.
    fn files(&self, scope: &Scope<'_>) -> Vec<Candidate> {
        let named = scope.files_named(self.asked).into_iter();
        let candidates = named.filter_map(|file| scope.candidate(file.first, 0.0));
        candidates.filter(|it| scope.filter.admits(scope.shards[it.shard], it.id)).collect()
    }

    /// The exactness of a candidate.
    fn of(&self, candidate: &Candidate) -> Exactness {
        let path = &candidate.file.path;
        let is_first = candidate.id == candidate.file.first;
        if is_first && self.asked.is_path(path.as_str()) {
            return Exactness::FileName;
        }
        let of_text = self.of_text(candidate);
        let is_folded = is_first && self.asked.is_path_folded(path.as_str());
        if is_folded { of_text.max(Exactness::FoldedFileName) } else { of_text }
    }

    /// The exactness of a candidate by its content.
    fn of_text(&self, candidate: &Candidate) -> Exactness {
        let path = &candidate.file.path;
        let had = self.had.get(&candidate.id).copied().unwrap_or_default();
        match self.definition(candidate) {
            Some(true) => Exactness::Definition,
            // `router` ranks `class Router` first if that chunk also contains `router`.
            Some(false) if had == Exactness::Written && self.is_lower() => Exactness::Definition,
            Some(false) => Exactness::FoldedDefinition.max(had),
            None if had > Exactness::Absent => had,
            None if squash(name_of(path)) == squash(self.asked.name) => Exactness::Within,
            None if candidate.terms != 0 => Exactness::Part,
            None => Exactness::Absent,
        }
    }

    /// A lower-case query may mean any case.
    fn is_lower(&self) -> bool {
        !self.asked.name.contains(char::is_uppercase)
    }

    /// `Some(true)` if the chunk defines the name as written, `Some(false)` if in another spelling.
    fn definition(&self, candidate: &Candidate) -> Option<bool> {
        let chunk = candidate.chunk()?;
        let (owner, bare) = self.asked.parts();
        let of_owner = owner.is_none_or(|owner| squash(&chunk.symbol).contains(&squash(owner)));
        let folded = squash(bare);
        (chunk.defines.iter())
            // Headings, keys and re-exports only mention the name.
            .filter(|it| !matches!(it.kind, SymbolKind::Section | SymbolKind::Reexport))
            .filter(|it| squash(plain(&it.name)) == folded)
            .map(|it| compose(plain(&it.name)) == plain(bare) && of_owner)
            .max()
    }
}

/// A name without the marks that let a keyword be a name: `r#match`, `@class`, `` `when` ``.
fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name).trim_start_matches('@').trim_matches('`')
}

/// `userDataId` as written in stylesheets and Lisps: `user-data-id`.
fn apart(name: &str) -> Option<String> {
    let words: Vec<String> = split_name(name).collect();
    (words.len() > 1 && !name.contains('-')).then(|| words.join("-"))
}

/// A query for exactly the name's words; several must be adjacent.
fn whole(name: &str) -> LexicalQuery {
    let words = descry_lexical::tokenize(name).filter(|token| !token.is_part);
    let tokens: Vec<String> = words.map(|token| token.text).collect();
    match tokens.len() {
        0 | 1 => LexicalQuery::from_tokens(tokens),
        _ => LexicalQuery::from_tokens(tokens).with_phrase(name),
    }
}

/// The exactness of a name that `text` contains only in another spelling or within a longer name.
fn folded_in(text: &str, name: &str, folded: &str) -> Option<Exactness> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    // Also `user-data-id`.
    let joined = text.split(|c: char| !(c.is_alphanumeric() || "_-".contains(c)));
    let joined = joined.filter(|word| word.contains('-'));
    let within = words.chain(joined).filter(|word| word.len() >= folded.len()).map(squash);
    let best = within.filter(|word| word.contains(folded)).map(|word| match word == folded {
        true => Exactness::Folded,
        false => Exactness::Within,
    });
    best.max()
        .or_else(|| text.to_lowercase().contains(&name.to_lowercase()).then_some(Exactness::Within))
}

/// True if `text` contains `name` with no letter, digit or `_` directly attached.
fn has_word(text: &str, name: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || c == '_';
    let open = |edge: Option<char>, beside: Option<char>| {
        !(edge.is_some_and(in_name) && beside.is_some_and(in_name))
    };
    text.match_indices(name).any(|(start, found)| {
        open(name.chars().next(), text[..start].chars().next_back())
            && open(name.chars().next_back(), text[start + found.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_where_its_letters_end() {
        #[track_caller]
        fn check(text: &str, name: &str, expected: bool) {
            assert_eq!(has_word(text, name), expected, "{name} in {text}");
        }
        check("let total = 1;", "total", true);
        check("let subtotal = total_of(x);", "total", false);
        check("subtotal total", "total", true);
        check("a.total()", "a.total", true);
        check("$scope.x", "$scope", true);
        check("größe", "größ", false);
        check("Total", "total", false);
        check("-> x", "->", true);
    }
}
