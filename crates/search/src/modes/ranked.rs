//! All lists fused and ranked, or one of them alone.

use std::collections::HashSet;

use descry_base::{ChunkId, RelPath, RootId};
use descry_lexical::{Found, LexicalQuery};

use super::{effective_words, finish, lexical_query, listing, names_only, nearest};
use crate::asked::Asked;
use crate::asked_name::{AskedName, asked_name};
use crate::candidate::Candidate;
use crate::exact::Exact;
use crate::held;
use crate::kind::{QueryKind, kind_of};
use crate::lists::{Lists, Scope, Side};
use crate::query::Working;
use crate::reference::{named, references};
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
    let tiers = match query.mode {
        Mode::Meaning => Tiers { lexical: false, ..query.tiers },
        Mode::Words | Mode::Symbols => {
            Tiers { lexical: true, static_vectors: false, dense_vectors: false }
        }
        _ => query.tiers,
    };
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
    // A filter may leave only roles that the words did not ask for.
    let aside = if scope.filter.is_open() { weights.aside } else { weights.candidates };
    let sides = match query.mode {
        Mode::Meaning => vec![(Side::Both, most)],
        // For a name, roles order only chunks of equal exactness.
        _ if exact.is_some() => vec![(Side::Both, most)],
        _ if weights.aside == 0 => vec![(Side::Both, most)],
        _ => vec![(Side::Wanted(asked), weights.candidates), (Side::Others(asked), aside)],
    };
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

/// The parameters of the list lookups.
struct Retrieval<'a> {
    scope: &'a Scope<'a>,
    mode: Mode,
    tiers: Tiers,
    words: &'a LexicalQuery,
    exact: Option<&'a Found>,
    kind: QueryKind,
}

impl Retrieval<'_> {
    /// For each side, the chunks with the words, and those with the words in their names, up to the
    /// side's limit.
    fn by_words(&self, sides: &[(Side, usize)]) -> Result<Vec<(Found, Found)>, SearchError> {
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
    fn fuse(
        &self,
        sides: &[(Side, usize)],
        by_words: Vec<(Found, Found)>,
        vector: Option<&[f32]>,
        weights: &Weights,
    ) -> Result<Vec<Candidate>, SearchError> {
        let mut candidates = Vec::new();
        for (&(side, limit), (words, names)) in sides.iter().zip(&by_words) {
            let meaning = match vector {
                Some(vector) => self.scope.by_meaning(vector, limit, self.tiers, side)?,
                None => Vec::new(),
            };
            let lists = Lists { words, meaning: &meaning, names, exact: self.exact };
            candidates.extend(self.scope.fuse(&lists, self.kind, weights));
        }
        Ok(candidates)
    }
}

/// The members of `more` that are not yet candidates.
fn missing_from(candidates: &[Candidate], more: Vec<Candidate>) -> Vec<Candidate> {
    let known: HashSet<ChunkId> = candidates.iter().map(|candidate| candidate.id).collect();
    more.into_iter().filter(|it| !known.contains(&it.id)).collect()
}

/// The query as a name, if it contains blanks but is a file name.
fn asked_file<'t>(scope: &Scope<'_>, text: &'t str) -> Option<AskedName<'t>> {
    /// The longest path tried; nobody types longer ones.
    const LONGEST: usize = 255;
    let name = text.trim();
    let asked = AskedName { name, alone: Some(name) };
    let may_be = name.len() <= LONGEST && name.contains(char::is_whitespace);
    (may_be && scope.files().any(|file| asked.is_path_folded(file.path.as_str()))).then_some(asked)
}

/// The chunks that the query names by file and line, whether or not a list finds them.
fn named_places(scope: &Scope<'_>, text: &str) -> Vec<Candidate> {
    /// A name shared by this many files identifies none of them.
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

/// Resolves the open files to [`Candidate::file_key`]s.
fn attention(scope: &Scope<'_>, working: &Working) -> Attention {
    let key = |(root, path): &(RootId, RelPath)| {
        let index = scope.shards.iter().position(|shard| shard.root == *root)?;
        Some((index, scope.shards[index].table.file(path)?.id))
    };
    Attention { now_ns: working.now_ns, open: working.open.iter().filter_map(key).collect() }
}
