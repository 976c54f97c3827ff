//! The ways to look: all lists fused, one of them alone, definitions, files, regular expressions.

mod files;
mod listing;
mod regex;

use std::collections::HashSet;

use descry_base::{ChunkId, RelPath, RootId};
use descry_grep::PatternError;
use descry_lexical::{Found, LexicalQuery, compose};

use crate::asked::Asked;
use crate::asked_name::{AskedName, asked_name};
use crate::candidate::Candidate;
use crate::exact::Exact;
use crate::filter::Filter;
use crate::held::{self, Held};
use crate::hits::hydrate;
use crate::kind::{QueryKind, kind_of, squash};
use crate::lists::{Lists, Meant, Scope, Side};
use crate::parse::FilterKind;
use crate::query::Working;
use crate::reference::{named, references};
use crate::signals::Attention;
use crate::sources::Sources;
use crate::{Answer, Mode, Notice, Parsed, Query, SearchError, Snapshot, Tiers, Weights};
use crate::{facets, parse, parse_exact, signals};

/// Searches with the shipped weights.
pub fn search(
    snapshot: &Snapshot,
    query: &Query,
    sources: &dyn Sources,
) -> Result<Answer, SearchError> {
    search_with(snapshot, query, sources, &Weights::default())
}

/// Searches with other weights: for measuring.
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
            ranked(&scope, &parsed, query, sources, weights)?
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

fn ranked(
    scope: &Scope<'_>,
    parsed: &Parsed,
    query: &Query,
    sources: &dyn Sources,
    weights: &Weights,
) -> Result<Answer, SearchError> {
    let text = effective_words(parsed);
    if text.trim().is_empty() {
        return Ok(listing::list(scope, query, sources));
    }
    let tiers = match query.mode {
        Mode::Meaning => Tiers { words: false, ..query.tiers },
        Mode::Words | Mode::Symbols => Tiers { words: true, instant: false, full: false },
        _ => query.tiers,
    };
    // The model works on the question while words are looked up.
    let vector = (tiers.instant || tiers.full).then(|| sources.vector(&text));
    let kind = match query.mode {
        Mode::Symbols => QueryKind::Symbol,
        _ => kind_of(&text),
    };
    let limit = weights.candidates.max(query.limit);
    let places = match tiers.words && query.mode != Mode::Symbols {
        true => named_places(scope, &text),
        false => Vec::new(),
    };
    // A line of a file is asked for, and no name.
    let has_line = places.iter().any(|place| place.named_line.is_some());
    let may_be_named = tiers.words && query.mode != Mode::Symbols && !has_line;
    let named = may_be_named.then(|| asked_file(scope, &text).or(asked_name(&text))).flatten();
    let exact = named.map(|it| Exact::look_up(it, scope, sources, limit)).transpose()?;
    let named = exact.as_ref().map(Exact::asked);
    // Where a definition is asked for, the words around the name say nothing else.
    let (text, kind) = match named {
        Some(named) if named.alone.is_none() => (named.name, QueryKind::Symbol),
        // `serde-json`, `--no-cache`
        Some(_) if kind == QueryKind::Natural => (text.as_str(), QueryKind::Symbol),
        _ => (text.as_str(), kind),
    };
    let words = lexical_query(text, parsed);
    let asked = Asked::by(text);
    // A filter may leave nothing but what the words did not ask for.
    let aside = if scope.filter.is_open() { weights.aside.max(query.limit) } else { limit };
    let sides = match query.mode {
        Mode::Meaning => vec![(Side::Both, limit)],
        // Folders and languages order only what is equally exact.
        _ if exact.is_some() => vec![(Side::Both, limit)],
        _ if weights.aside == 0 => vec![(Side::Both, limit)],
        _ => vec![(Side::Wanted(asked), limit), (Side::Others(asked), aside)],
    };
    let mut by_words = Vec::new();
    for &(side, limit) in &sides {
        let words_found = match tiers.words && query.mode != Mode::Symbols {
            true => scope.by_words(&words, limit, side)?,
            false => Found::default(),
        };
        let has_names = !matches!(kind, QueryKind::Natural | QueryKind::Code);
        let names = match tiers.words && has_names {
            true => scope.by_words(&names_only(&words), limit, side)?,
            false => Found::default(),
        };
        // Elsewhere names only bring candidates in; here they are all there is to rank by.
        by_words.push(match query.mode {
            Mode::Symbols => (names, Found::default()),
            _ => (words_found, names),
        });
    }
    let (vector, missing) = match vector.map(|wait| wait()) {
        Some(Ok(vector)) => (Some(vector), None),
        Some(Err(reason)) => (None, Some(reason)),
        None => (None, None),
    };
    let mut candidates = Vec::new();
    for ((side, limit), (by_words, names)) in sides.into_iter().zip(by_words) {
        let meaning = match &vector {
            Some(vector) => scope.by_meaning(vector, limit, tiers, side)?,
            None => Vec::new(),
        };
        let (words, meaning) = (&by_words, meaning.as_slice());
        let exact = exact.as_ref().map(|exact| &exact.found);
        let lists = Lists { words, meaning, names: &names, exact };
        candidates.extend(scope.fuse(&lists, kind, weights));
    }
    let has: HashSet<ChunkId> = candidates.iter().map(|candidate| candidate.id).collect();
    candidates.extend(places.into_iter().filter(|place| !has.contains(&place.id)));
    if let Some(exact) = &exact {
        exact.apply(scope, &mut candidates);
    }
    if query.mode != Mode::Meaning {
        let attention = query.working.as_ref().map(|working| attention(scope, working));
        signals::rank(&mut candidates, text, kind, asked, attention.as_ref(), weights);
    }
    let nowhere = exact.filter(|exact| !exact.is_anywhere(&candidates));
    let nowhere = nowhere.filter(|_| scope.filter.only.is_none());
    if scope.filter.only.is_some() || parsed.words.is_empty() {
        held::complete(scope, &mut candidates);
    }
    let mut answer = finish(scope, candidates, query.limit, &words, vector.as_deref(), sources);
    answer.notice = missing.map(|reason| Notice::WordsOnly { reason });
    if let Some(exact) = nowhere {
        let nearest = nearest(scope, &[exact.asked().name])?;
        let name = exact.asked().name.to_owned();
        answer.notice.get_or_insert(Notice::NoExactMatch { name, nearest });
    }
    Ok(answer)
}

/// The question as a name, if it has blanks and is all the same a file's.
fn asked_file<'t>(scope: &Scope<'_>, text: &'t str) -> Option<AskedName<'t>> {
    /// No system has longer paths that people type.
    const LONGEST: usize = 255;
    let name = text.trim();
    let asked = AskedName { name, alone: Some(name) };
    let may_be = name.len() <= LONGEST && name.contains(char::is_whitespace);
    (may_be && scope.files().any(|file| asked.is_path_folded(file.path.as_str()))).then_some(asked)
}

/// The chunks that the question names by their files and lines, whatever the lists say.
fn named_places(scope: &Scope<'_>, text: &str) -> Vec<Candidate> {
    /// A name that so many files have tells nothing.
    const MOST: usize = 100;
    let references = references(text);
    if references.is_empty() {
        return Vec::new();
    }
    let mut places: Vec<Candidate> = Vec::new();
    for named in scope.shards.iter().flat_map(|shard| named(&references, &shard.table)).take(MOST) {
        let Some(id) = named.chunk().filter(|_| scope.filter.admits_file(&named.file)) else {
            continue;
        };
        if places.iter().any(|place| place.id == id) {
            continue;
        }
        let place = scope.candidate(id, 0.0);
        places.extend(place.map(|place| Candidate { named_line: named.line, ..place }));
    }
    places
}

/// The open files as candidates name them.
fn attention(scope: &Scope<'_>, working: &Working) -> Attention {
    let key = |(root, path): &(RootId, RelPath)| {
        let index = scope.shards.iter().position(|shard| shard.root == *root)?;
        Some((index, scope.shards[index].table.file(path)?.id))
    };
    Attention { now_ns: working.now_ns, open: working.open.iter().filter_map(key).collect() }
}

/// Names and words of the searched folders that are spelled like these.
fn nearest(scope: &Scope<'_>, words: &[&str]) -> Result<Vec<String>, SearchError> {
    const WORDS: usize = 3;
    const EACH: usize = 3;
    let snapshots: Vec<_> = scope.shards.iter().map(|shard| &shard.lexical).collect();
    let mut found = Vec::new();
    for word in words.iter().take(WORDS) {
        found.extend(descry_lexical::nearest(&snapshots, &squash(word), EACH)?);
    }
    // The index has them without case and underscores.
    let files = || scope.shards.iter().flat_map(|shard| shard.table.files());
    let names = || files().flat_map(|file| &file.chunks).flat_map(|chunk| &chunk.defines);
    let as_written = |word: String| match names().find(|it| squash(&it.name) == word) {
        Some(defined) => defined.name.clone(),
        None => word,
    };
    Ok(found.into_iter().map(as_written).collect())
}

/// Chunks whose vectors are nearest to this chunk's; `None` if it is gone or has none.
pub fn similar(
    snapshot: &Snapshot,
    chunk: ChunkId,
    limit: usize,
    sources: &dyn Sources,
) -> Result<Option<Answer>, SearchError> {
    let vector = snapshot.shards.iter().find_map(|shard| shard.vectors.as_ref()?.vector(chunk));
    vector.map(|vector| nearest_to(snapshot, &vector, Some(chunk), limit, sources)).transpose()
}

/// Chunks whose vectors are nearest to this one, save the chunk that it is of.
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
    let mut meaning = scope.by_meaning(vector, limit + 1, Tiers::default(), Side::Both)?;
    meaning.retain(|meant: &Meant| Some(meant.id) != of);
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

/// What is asked in words, accents and letters in one. A `symbol:` filter alone asks for the symbol's
/// name.
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

/// The same words, looked up in symbols alone.
fn names_only(query: &LexicalQuery) -> LexicalQuery {
    let mut names = query.clone();
    names.weights.body = 0.0;
    names.weights.doc = 0.0;
    names.weights.path = 0.0;
    names
}
