//! From ranked candidates to hits: their texts, their best lines, their reasons.

use std::cell::RefCell;
use std::collections::HashMap;

use descry_base::ChunkId;
use descry_lexical::{LexicalQuery, TermKind, matched_terms};

use crate::answer::{Hit, Why};
use crate::candidate::Candidate;
use crate::lines::best_lines;
use crate::lists::Scope;
use crate::sources::Sources;

/// Only so many hits have their lines weighed by meaning: a line costs some ten microseconds, and the
/// rest are below what is looked at first.
const WEIGHED: usize = 5;

/// How much a line's likeness to the question counts against a shared word.
const MEANING_OF_LINE: f32 = 0.8;

/// Makes hits of the best candidates. A chunk whose text is gone meanwhile is left out.
pub(crate) fn hydrate(
    scope: &Scope<'_>,
    candidates: Vec<Candidate>,
    query: &LexicalQuery,
    vector: Option<&[f32]>,
    sources: &dyn Sources,
) -> Vec<Hit> {
    let ids: Vec<ChunkId> = candidates.iter().map(|candidate| candidate.id).collect();
    let texts = sources.texts(&ids);
    let seen: RefCell<HashMap<String, f32>> = RefCell::default();
    let draft = sources.draft();
    let meaning = |line: &str| -> f32 {
        let (Some(vector), Some(draft)) = (vector, draft) else { return 0.0 };
        *seen.borrow_mut().entry(line.to_owned()).or_insert_with(|| {
            let cosine: f32 = draft.embed(line).iter().zip(vector).map(|(a, b)| a * b).sum();
            cosine.max(0.0) * MEANING_OF_LINE
        })
    };
    let hit = |(index, (candidate, text)): (usize, (Candidate, Option<String>))| {
        let text = text?;
        let root = scope.shards.get(candidate.shard)?.root;
        let chunk = candidate.chunk()?.clone();
        let matches = matched_terms(query, &text);
        let marks: Vec<_> = matches.iter().map(|m| (m.bytes.clone(), m.term)).collect();
        // Reading every line of a hundred hits by meaning would cost more than the search.
        let weigh = index < WEIGHED && vector.is_some() && draft.is_some();
        let lines =
            best_lines(&text, chunk.span.first_line, &marks, weigh.then_some(&meaning as _));
        Some(Hit {
            chunk: candidate.id,
            root,
            path: candidate.file.path.clone(),
            language: candidate.file.language,
            place: candidate.file.place,
            span: chunk.span,
            symbol: chunk.symbol.into(),
            kind: chunk.kind,
            lines,
            why: why(&candidate, query, &matches),
            stale: false,
        })
    };
    candidates.into_iter().zip(texts).enumerate().filter_map(hit).collect()
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
        draft: candidate.draft,
        signals,
        matched,
    }
}
