//! All lists fused and ranked, or one of them alone.

use std::collections::HashSet;

use descry_base::{ChunkId, RelPath, RootId};

use super::places::{asked_file, named_places};
use super::retrieval::Retrieval;
use super::{effective_words, finish, lexical_query, listing, nearest};
use crate::asked::Asked;
use crate::asked_name::asked_name;
use crate::candidate::Candidate;
use crate::exact::Exact;
use crate::held;
use crate::kind::{QueryKind, kind_of};
use crate::query::Working;
use crate::scope::{Scope, Side};
use crate::signals::{self, Attention};
use crate::sources::Sources;
use crate::{Answer, Mode, Notice, Parsed, Query, SearchError, Tiers, Weights};

/// The factor by which lists that were too short are deepened.
const DEEPER: usize = 4;

pub(super) fn search(
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
    let tiers = tiers_of(query);
    // The model embeds the query while the lexical lookup runs.
    let vector = (tiers.static_vectors || tiers.dense_vectors).then(|| sources.vector(&text));
    let kind = match query.mode {
        Mode::Symbols => QueryKind::Symbol,
        _ => kind_of(&text),
    };
    let places = match tiers.lexical && query.mode != Mode::Symbols {
        true => named_places(scope, &text),
        false => Vec::new(),
    };
    // The query names a line of a file, so it is not a name.
    let has_line = places.iter().any(|place| place.named_line.is_some());
    let may_be_named = tiers.lexical && query.mode != Mode::Symbols && !has_line;
    let asked_for = may_be_named.then(|| asked_file(scope, &text).or(asked_name(&text))).flatten();
    let most = weights.candidates.max(query.limit);
    let exact = asked_for.map(|it| Exact::look_up(it, scope, sources, most)).transpose()?;
    // In a query for a definition, the words around the name carry no further meaning.
    let (text, kind) = match exact.as_ref().map(Exact::asked) {
        Some(named) if named.alone.is_none() => (named.name, QueryKind::Symbol),
        // For example `serde-json`, `--no-cache`.
        Some(_) if kind == QueryKind::Natural => (text.as_str(), QueryKind::Symbol),
        _ => (text.as_str(), kind),
    };
    let words = lexical_query(text, parsed);
    let asked = Asked::by(text);
    let exact_found = exact.as_ref().map(|exact| &exact.found);
    let retrieval =
        Retrieval { scope, mode: query.mode, tiers, words: &words, exact: exact_found, kind };
    let sides = sides_of(scope, query, asked, exact.is_some(), weights);
    let by_words = retrieval.by_words(&sides)?;
    let (vector, missing) = match vector.map(|wait| wait()) {
        Some(Ok(vector)) => (Some(vector), None),
        Some(Err(reason)) => (None, Some(reason)),
        None => (None, None),
    };
    let vector = vector.as_deref();
    let mut candidates = retrieval.fuse(&sides, by_words, vector, weights)?;
    candidates.extend(missing_from(&candidates, places));
    if let Some(exact) = &exact {
        exact.apply(scope, &mut candidates);
    }
    let attention = query.working.as_ref().map(|working| attention(scope, working));
    let rank = |candidates: &mut Vec<Candidate>| {
        if query.mode != Mode::Meaning {
            signals::rank(candidates, text, kind, asked, attention.as_ref(), weights);
        }
    };
    rank(&mut candidates);
    // Further hits go below these, so that the first ones do not depend on the limit (up to the
    // candidates of a list).
    let mut depth = weights.candidates;
    while candidates.len() < query.limit && exact.is_none() {
        depth *= DEEPER;
        let sides: Vec<_> = sides.iter().map(|(side, _)| (*side, depth)).collect();
        let by_words = retrieval.by_words(&sides)?;
        let mut further = retrieval.fuse(&sides, by_words, vector, weights)?;
        rank(&mut further);
        let further = missing_from(&candidates, further);
        if further.is_empty() {
            break;
        }
        candidates.extend(further);
    }
    let nowhere = exact.filter(|exact| !exact.is_anywhere(&candidates));
    let nowhere = nowhere.filter(|_| scope.filter.only.is_none());
    if scope.filter.only.is_some() || parsed.words.is_empty() {
        held::complete(scope, &mut candidates);
    }
    let mut answer = finish(scope, candidates, query.limit, &words, vector, sources);
    answer.notice = missing.map(|reason| Notice::WordsOnly { reason });
    if let Some(exact) = nowhere {
        let nearest = nearest(scope, &[exact.asked().name])?;
        let name = exact.asked().name.to_owned();
        answer.notice.get_or_insert(Notice::NoExactMatch { name, nearest });
    }
    Ok(answer)
}

/// The tiers that the mode admits of those asked for.
fn tiers_of(query: &Query) -> Tiers {
    match query.mode {
        Mode::Meaning => Tiers { lexical: false, ..query.tiers },
        Mode::Words | Mode::Symbols => {
            Tiers { lexical: true, static_vectors: false, dense_vectors: false }
        }
        Mode::All | Mode::Files | Mode::Regex => query.tiers,
    }
}

/// The sides to look up, each with its limit.
fn sides_of(
    scope: &Scope<'_>,
    query: &Query,
    asked: Asked,
    is_name: bool,
    weights: &Weights,
) -> Vec<(Side, usize)> {
    // For a name, roles order only chunks of equal exactness.
    if query.mode == Mode::Meaning || is_name || weights.aside == 0 {
        return vec![(Side::Both, weights.candidates.max(query.limit))];
    }
    // A filter may leave only roles that the words did not ask for.
    let aside = if scope.filter.is_open() { weights.aside } else { weights.candidates };
    vec![(Side::Wanted(asked), weights.candidates), (Side::Others(asked), aside)]
}

/// The members of `more` that are not yet candidates.
fn missing_from(candidates: &[Candidate], more: Vec<Candidate>) -> Vec<Candidate> {
    let known: HashSet<ChunkId> = candidates.iter().map(|candidate| candidate.id).collect();
    more.into_iter().filter(|it| !known.contains(&it.id)).collect()
}

/// Resolves the open files to [`Candidate::file_key`]s.
fn attention(scope: &Scope<'_>, working: &Working) -> Attention {
    let key = |(root, path): &(RootId, RelPath)| {
        let index = scope.shards.iter().position(|shard| shard.root == *root)?;
        Some((index, scope.shards[index].table.file(path)?.id))
    };
    Attention { now_ns: working.now_ns, open: working.open.iter().filter_map(key).collect() }
}
