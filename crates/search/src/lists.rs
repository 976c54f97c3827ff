//! The ranked lists of one search, and their fusion into candidates.

use std::collections::HashMap;

use descry_base::ChunkId;
use descry_lexical::Found;

use crate::Weights;
use crate::candidate::Candidate;
use crate::fuse::{Ranked, fuse};
use crate::kind::QueryKind;
use crate::scope::{MeaningHit, Scope};

/// The lead of a list is measured over its hit of this rank, from 0.
const LEAD_OVER: usize = 9;

/// The lists that one search fuses.
pub(crate) struct Lists<'a> {
    pub(crate) words: &'a Found,
    pub(crate) meaning: &'a [MeaningHit],
    pub(crate) names: &'a Found,
    /// The chunks with the letters of the queried name.
    pub(crate) exact: Option<&'a Found>,
}

impl Scope<'_> {
    /// Fuses the lists and records each candidate's ranks.
    pub(crate) fn fuse(
        &self,
        lists: &Lists<'_>,
        kind: QueryKind,
        weights: &Weights,
    ) -> Vec<Candidate> {
        let Lists { words, meaning, names, exact } = lists;
        let share = match (words.hits.is_empty(), meaning.is_empty()) {
            (true, _) => 1.0,
            (_, true) => 0.0,
            _ => weights.meaning(kind, lead(meaning)),
        };
        let worded = ranked(words);
        let named = ranked(names);
        let exactly = exact.map(ranked).unwrap_or_default();
        // The exact name's list takes half the weight of words.
        let words_share = if exactly.is_empty() { 1.0 } else { 0.5 };
        let meant: Vec<(ChunkId, f32)> =
            meaning.iter().map(|meant| (meant.id, meant.similarity)).collect();
        let ranked_lists = [
            Ranked { items: &worded, weight: (1.0 - share) * words_share },
            Ranked { items: &exactly, weight: (1.0 - share) * (1.0 - words_share) },
            Ranked { items: &meant, weight: share },
            // Names only add candidates; the definition signal ranks them.
            Ranked { items: &named, weight: 0.0 },
        ];
        let by_words: HashMap<ChunkId, usize> =
            (words.hits.iter().map(|it| it.id)).zip(0..).collect();
        let by_meaning: HashMap<ChunkId, usize> = meaning.iter().map(|it| it.id).zip(0..).collect();
        let (spread_words, spread_meaning) = (spread(&worded), spread(&meant));
        let within = if meaning.is_empty() { 0.0 } else { weights.meaning_within };
        let candidate = |(id, score)| {
            let mut candidate = self.candidate(id, score)?;
            candidate.own = 0.0;
            if let Some(rank) = by_words.get(&id) {
                candidate.words = Some(*rank as u32);
                candidate.terms = words.hits[*rank].terms;
                candidate.own += (1.0 - within) * spread_words(words.hits[*rank].score);
            }
            if let Some(rank) = by_meaning.get(&id) {
                candidate.meaning = Some(*rank as u32);
                candidate.similarity = Some(meaning[*rank].similarity);
                candidate.from_static = meaning[*rank].from_static;
                candidate.own += within * spread_meaning(meaning[*rank].similarity);
            }
            Some(candidate)
        };
        let fused = fuse(&ranked_lists, weights.rrf_k, weights.magnitude);
        let mut candidates: Vec<Candidate> = fused.into_iter().filter_map(candidate).collect();
        cover(&mut candidates, &words.weights);
        candidates
    }
}

/// The lead in cosine of the first hit by meaning over the tenth.
fn lead(meaning: &[MeaningHit]) -> f32 {
    let tenth = meaning.get(LEAD_OVER).or(meaning.last());
    meaning.first().zip(tenth).map_or(0.0, |(first, tenth)| first.similarity - tenth.similarity)
}

/// Maps a list's scores onto 0 (its last) to 1 (its first).
fn spread(items: &[(ChunkId, f32)]) -> impl Fn(f32) -> f32 + use<> {
    let [most, least] = [items.first(), items.last()].map(|item| item.map_or(0.0, |item| item.1));
    move |score| if most > least { (score - least) / (most - least) } else { 1.0 }
}

fn ranked(found: &Found) -> Vec<(ChunkId, f32)> {
    found.hits.iter().map(|hit| (hit.id, hit.score)).collect()
}

/// Sets for each candidate the share of the query that all candidates of its file cover together;
/// `term_weights` has the weight of each term.
fn cover(candidates: &mut [Candidate], term_weights: &[f32]) {
    let mut files: HashMap<_, u64> = HashMap::new();
    for candidate in candidates.iter() {
        *files.entry(candidate.file_key()).or_default() |= candidate.terms;
    }
    let all: f32 = term_weights.iter().sum();
    for candidate in candidates.iter_mut().filter(|_| all > 0.0) {
        let terms = files[&candidate.file_key()];
        let has = |bit: &usize| terms >> bit & 1 == 1;
        candidate.covered =
            (0..term_weights.len()).filter(has).map(|bit| term_weights[bit]).sum::<f32>() / all;
    }
}
