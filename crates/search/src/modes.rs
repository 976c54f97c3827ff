//! The search modes: all lists fused, one of them alone, definitions, files, regular expressions.

mod files;
mod listing;
mod places;
mod ranked;
mod regex;
mod retrieval;

use descry_base::ChunkId;
use descry_grep::PatternError;
use descry_lexical::{Found, LexicalQuery, compose};

use crate::candidate::Candidate;
use crate::filter::Filter;
use crate::held::Held;
use crate::hits::hydrate;
use crate::kind::{QueryKind, squash};
use crate::lists::Lists;
use crate::parse::FilterKind;
use crate::scope::{MeaningHit, Scope, Side};
use crate::sources::Sources;
use crate::{
    Answer, Mode, Notice, Parsed, Query, SearchError, Snapshot, Tiers, Weights, facets, parse,
    parse_exact,
};

/// Searches with the shipped weights.
pub fn search(
    snapshot: &Snapshot,
    query: &Query,
    sources: &dyn Sources,
) -> Result<Answer, SearchError> {
    search_with(snapshot, query, sources, &Weights::default())
}

/// Searches with other weights, for measurements.
pub fn search_with(
    snapshot: &Snapshot,
    query: &Query,
    sources: &dyn Sources,
    weights: &Weights,
) -> Result<Answer, SearchError> {
    let parsed = match query.mode {
        Mode::Regex => parse_exact(&query.text, true),
        _ => parse(&query.text),
    };
    let mut filter = Filter::new(query, &parsed);
    let held = Held::of(&parsed).filter(|_| query.mode != Mode::Files);
    let only = held.as_ref().map(|it| it.chunks(&Scope::new(snapshot, query, &filter), sources));
    filter.only = only;
    let scope = Scope::new(snapshot, query, &filter);
    let mut answer = match query.mode {
        _ if is_empty(query, &parsed, &filter) => Answer::default(),
        Mode::Files => files::search(&scope, &parsed, query, sources),
        Mode::Regex => regex::search(&scope, &parsed, query, sources),
        Mode::All | Mode::Meaning | Mode::Words | Mode::Symbols => {
            ranked::search(&scope, &parsed, query, sources, weights)?
        }
    };
    if let Some(held) = &held {
        held.mark(&mut answer.hits);
    }
    answer.generation = snapshot.generation;
    if answer.hits.is_empty() {
        let text = effective_words(&parsed);
        let words = LexicalQuery::from_text(&text).words;
        answer.nearest = nearest(&scope, &words.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    if answer.notice.is_none() {
        let bad = parsed.filters.iter().find(|filter| !filter.valid && !filter.value.is_empty());
        answer.notice = bad.map(|filter| match filter.pattern() {
            Some(Err(PatternError::Invalid { reason })) => Notice::BadRegex { reason },
            _ => Notice::BadFilter { value: filter.value.clone() },
        });
    }
    answer.filters = parsed.filters;
    Ok(answer)
}

/// Names and words in the searched shards that are spelled like these.
fn nearest(scope: &Scope<'_>, words: &[&str]) -> Result<Vec<String>, SearchError> {
    const WORDS: usize = 3;
    const EACH: usize = 3;
    let snapshots: Vec<_> = scope.shards.iter().map(|shard| &shard.lexical).collect();
    let mut found = Vec::new();
    for word in words.iter().take(WORDS) {
        found.extend(descry_lexical::nearest(&snapshots, &squash(word), EACH)?);
    }
    found.into_iter().map(|word| as_written(scope, word)).collect()
}

/// A word of the index, which has neither case nor underscores, as a definition writes it.
fn as_written(scope: &Scope<'_>, word: String) -> Result<String, SearchError> {
    const CHUNKS: usize = 8;
    let query = names_only(&LexicalQuery::from_tokens(vec![word.clone()]));
    let found = scope.by_words(&query, &[(Side::Both, CHUNKS)])?;
    let chunks = found.iter().flat_map(|found| &found.hits);
    let names = chunks.filter_map(|hit| scope.candidate(hit.id, 0.0)).flat_map(|candidate| {
        let defines = candidate.chunk().map(|chunk| chunk.defines.clone());
        defines.into_iter().flatten()
    });
    let mut names = names.filter(|defined| squash(&defined.name) == word);
    Ok(names.next().map_or(word.clone(), |defined| defined.name))
}

/// The chunks whose vectors are nearest to this chunk's; `None` if it is gone or has no vector.
pub fn similar(
    snapshot: &Snapshot,
    chunk: ChunkId,
    limit: usize,
    sources: &dyn Sources,
) -> Result<Option<Answer>, SearchError> {
    let vector = snapshot.shards.iter().find_map(|shard| shard.vectors.as_ref()?.vector(chunk));
    vector.map(|vector| nearest_to(snapshot, &vector, Some(chunk), limit, sources)).transpose()
}

/// The chunks whose vectors are nearest to this one, except the chunk that it belongs to.
pub fn nearest_to(
    snapshot: &Snapshot,
    vector: &[f32],
    of: Option<ChunkId>,
    limit: usize,
    sources: &dyn Sources,
) -> Result<Answer, SearchError> {
    let query = Query::new("", limit);
    let filter = Filter::new(&query, &Parsed::default());
    let scope = Scope::new(snapshot, &query, &filter);
    let meaning = scope.by_meaning(vector, Tiers::default(), &[(Side::Both, limit + 1)])?;
    let mut meaning: Vec<MeaningHit> = meaning.into_iter().flatten().collect();
    meaning.retain(|meant| Some(meant.id) != of);
    let weights = Weights::default();
    let none = Found::default();
    let lists = Lists { words: &none, meaning: &meaning, names: &none, exact: None };
    let candidates = scope.fuse(&lists, QueryKind::Natural, &weights);
    let words = LexicalQuery::default();
    let mut answer = finish(&scope, candidates, limit, &words, Some(vector), sources);
    answer.generation = snapshot.generation;
    Ok(answer)
}

fn finish(
    scope: &Scope<'_>,
    candidates: Vec<Candidate>,
    limit: usize,
    words: &LexicalQuery,
    vector: Option<&[f32]>,
    sources: &dyn Sources,
) -> Answer {
    let total = candidates.len();
    let facets = facets::count(&candidates, &scope.shards);
    let hits = hydrate(scope, candidates, limit, words, vector, sources);
    Answer { hits, total, facets, ..Answer::default() }
}

/// True if neither words nor filters ask for anything.
fn is_empty(query: &Query, parsed: &Parsed, filter: &Filter) -> bool {
    let asks = match query.mode {
        Mode::Regex => false,
        _ => parsed.filters.iter().any(|it| it.valid) || !filter.is_open(),
    };
    parsed.words.trim().is_empty() && !asks
}

/// The query words with accents composed. A `symbol:` filter alone searches for its value.
fn effective_words(parsed: &Parsed) -> String {
    let words = match parsed.words.is_empty() {
        true => parsed.values(FilterKind::Symbol, false).collect::<Vec<_>>().join(" "),
        false => parsed.words.clone(),
    };
    compose(&words).into_owned()
}

fn lexical_query(text: &str, parsed: &Parsed) -> LexicalQuery {
    let query = LexicalQuery::from_text(text);
    parsed.values(FilterKind::Phrase, false).fold(query, LexicalQuery::with_phrase)
}

/// The same words, matched in symbols only.
fn names_only(query: &LexicalQuery) -> LexicalQuery {
    let mut names = query.clone();
    names.weights.body = 0.0;
    names.weights.doc = 0.0;
    names.weights.path = 0.0;
    names
}
