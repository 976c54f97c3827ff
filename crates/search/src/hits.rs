//! Turns ranked candidates into hits with texts, best lines and reasons.

use std::cell::RefCell;
use std::collections::HashMap;

use descry_base::ChunkId;
use descry_lexical::{LexicalQuery, TermKind, matched_terms};

use crate::answer::{Hit, Why};
use crate::candidate::Candidate;
use crate::duplicates::{Duplicate, Print};
use crate::lines::best_lines;
use crate::scope::Scope;
use crate::sources::Sources;

/// Only this many hits have their lines scored by meaning: a line costs about ten microseconds, and
/// users look at the first hits first.
const WEIGHED: usize = 5;

/// The weight of a line's similarity to the query against a shared word.
const MEANING_OF_LINE: f32 = 0.8;

/// The minimum number of candidates searched for copies, so that even a single hit lists its
/// copies.
const COMPARED: usize = 20;

/// The maximum number of copies that a hit lists.
const COPIES: usize = 50;

/// Makes hits of the best candidates, at most `limit`. A chunk with the same text as a better one
/// is listed as its copy; a chunk whose text is gone by now is left out.
pub(crate) fn hydrate(
    scope: &Scope<'_>,
    candidates: Vec<Candidate>,
    limit: usize,
    query: &LexicalQuery,
    vector: Option<&[f32]>,
    sources: &dyn Sources,
) -> Vec<Hit> {
    let mut kept: Vec<Kept> = Vec::new();
    let mut candidates = candidates.into_iter();
    let compared = limit.max(COMPARED);
    while kept.len() < compared {
        let next: Vec<Candidate> = candidates.by_ref().take(compared - kept.len()).collect();
        if next.is_empty() {
            break;
        }
        let ids: Vec<ChunkId> = next.iter().map(|candidate| candidate.id).collect();
        for (candidate, text) in next.into_iter().zip(sources.texts(&ids)) {
            if let Some(text) = text {
                keep(scope, &mut kept, candidate, text);
            }
        }
    }
    kept.truncate(limit);
    let seen: RefCell<HashMap<String, f32>> = RefCell::default();
    let static_model = sources.static_model();
    let meaning = |line: &str| -> f32 {
        let (Some(vector), Some(static_model)) = (vector, static_model) else { return 0.0 };
        *seen.borrow_mut().entry(line.to_owned()).or_insert_with(|| {
            let cosine: f32 =
                static_model.embed_code(line).iter().zip(vector).map(|(a, b)| a * b).sum();
            cosine.max(0.0) * MEANING_OF_LINE
        })
    };
    let hit = |(index, kept): (usize, Kept)| {
        let Kept { candidate, text, copies, .. } = kept;
        let root = scope.shards.get(candidate.shard)?.root;
        let chunk = candidate.chunk()?.clone();
        let matches = matched_terms(query, &text);
        let marks: Vec<_> = matches.iter().map(|m| (m.bytes.clone(), m.term)).collect();
        // Scoring every line of a hundred hits by meaning would cost more than the search.
        let weigh = index < WEIGHED && vector.is_some() && static_model.is_some();
        let meaning = weigh.then_some(&meaning as _);
        let first = chunk.span.first_line;
        let lines = best_lines(&text, first, &marks, meaning, candidate.named_line);
        Some(Hit {
            chunk: candidate.id,
            root,
            path: candidate.file.path.clone(),
            language: candidate.file.language,
            role: candidate.file.role,
            span: chunk.span,
            symbol: chunk.symbol.into(),
            kind: chunk.kind,
            lines,
            why: why(&candidate, query, &matches),
            copies,
            stale: false,
        })
    };
    kept.into_iter().enumerate().filter_map(hit).collect()
}

/// A candidate that becomes a hit.
struct Kept {
    candidate: Candidate,
    text: String,
    print: Option<Print>,
    copies: Vec<Duplicate>,
}

/// Adds a candidate, or lists it as a copy of the hit with the same text.
fn keep(scope: &Scope<'_>, kept: &mut Vec<Kept>, candidate: Candidate, text: String) {
    let print = Print::of(&text);
    let same = |other: &Kept| print.as_ref()?.same(other.print.as_ref()?);
    let twin = kept.iter().enumerate().find_map(|(index, other)| Some((index, same(other)?)));
    let mut new = Kept { candidate, text, print, copies: Vec::new() };
    let Some((index, exact)) = twin else {
        kept.push(new);
        return;
    };
    if exact && goes_first(&new.candidate, &kept[index].candidate) {
        std::mem::swap(&mut new, &mut kept[index]);
        kept[index].copies = std::mem::take(&mut new.copies);
    }
    let (candidate, Kept { candidate: shown, copies, .. }) = (new.candidate, &mut kept[index]);
    let place = || Some((scope.shards.get(candidate.shard)?.root, candidate.chunk()?.span));
    if let Some((root, span)) = place().filter(|_| copies.len() < COPIES) {
        let path = candidate.file.path.clone();
        // The pieces of one long line share a location.
        let line = |it: &Candidate| Some((it.file_key(), it.chunk()?.span.first_line));
        let is_listed = |it: &Duplicate| {
            (it.root, &it.path, it.span.first_line) == (root, &path, span.first_line)
        };
        if line(shown) == line(&candidate) || copies.iter().any(is_listed) {
            return;
        }
        copies.push(Duplicate { chunk: candidate.id, root, path, span, exact });
    }
}

/// The relative difference below which scores count as equal: chunks with the same text have
/// consecutive ranks, in reading order.
const EQUAL: f32 = 0.1;

/// True if the new one of two identical texts is the one to show: where no signal separates them,
/// by shard, then by file role with source first, then by the shorter path.
fn goes_first(new: &Candidate, held: &Candidate) -> bool {
    let place = |it: &Candidate| (it.shard, it.file.role, it.file.path.as_str().len());
    let key = |it: &Candidate| (place(it), it.file.path.clone(), it.id);
    new.exactness == held.exactness
        && held.score - new.score <= EQUAL * held.score.abs()
        && key(new) < key(held)
}

fn why(candidate: &Candidate, query: &LexicalQuery, matches: &[descry_lexical::WordMatch]) -> Why {
    let mut matched: Vec<String> = Vec::new();
    for found in matches {
        let Some(term) = query.terms.get(found.term) else { continue };
        let word = match term.kind {
            TermKind::Whole => query.words.get(term.word).unwrap_or(&term.token),
            TermKind::Part | TermKind::Compound => &term.token,
        };
        if !matched.contains(word) {
            matched.push(word.clone());
        }
    }
    let mut signals = candidate.signals.clone();
    let strength = |factor: f32| factor.max(f32::MIN_POSITIVE).ln().abs();
    signals.sort_by(|a, b| strength(b.factor).total_cmp(&strength(a.factor)));
    Why {
        score: candidate.score,
        words: candidate.words.map(|rank| rank + 1),
        meaning: candidate.meaning.map(|rank| rank + 1),
        similarity: candidate.similarity,
        from_static: candidate.from_static,
        signals,
        matched,
    }
}
