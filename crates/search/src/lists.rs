//! The ranked lists that a search fuses: by words, by meaning, by the names that chunks define.

use std::collections::HashMap;
use std::sync::Arc;

use descry_base::ChunkId;
use descry_lexical::{Found, LexicalQuery, LexicalSnapshot, Take};
use descry_vector::Tier;

use crate::asked::Asked;
use crate::candidate::Candidate;
use crate::filter::Filter;
use crate::fuse::{Ranked, fuse};
use crate::kind::QueryKind;
use crate::table::FileEntry;
use crate::{FileRole, Query, SearchError, Shard, Snapshot, Tiers, Weights};

/// Static vectors have cosines to queries that are this much lower than those of dense vectors.
/// While 10 to 90 % of the chunks are embedded, NDCG@10 on 22 repositories drops by up to 0.006
/// without this correction, and by 0.0035 with it.
const STATIC_LACK: f32 = 0.05;

/// The maximum number of words looked up that contain a name.
const LONGER_WORDS: usize = 64;

/// The shards that a search covers, with the filter that applies.
pub(crate) struct Scope<'a> {
    pub(crate) shards: Vec<&'a Arc<Shard>>,
    pub(crate) filter: &'a Filter,
}

/// Selects files whose role the query asks for, or the others. Each side has its own lists, so that
/// a large manual or test suite cannot crowd out code.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    Wanted(Asked),
    Others(Asked),
    Both,
}

impl Side {
    fn has(self, role: FileRole) -> bool {
        match self {
            Side::Wanted(asked) => asked.wants(role),
            Side::Others(asked) => !asked.wants(role),
            Side::Both => true,
        }
    }
}

/// The lists that one search fuses.
pub(crate) struct Lists<'a> {
    pub(crate) words: &'a Found,
    pub(crate) meaning: &'a [Meant],
    pub(crate) names: &'a Found,
    /// The chunks that contain the queried name.
    pub(crate) exact: Option<&'a Found>,
}

/// A chunk found by meaning.
#[derive(Clone, Copy)]
pub(crate) struct Meant {
    pub(crate) id: ChunkId,
    pub(crate) similarity: f32,
    pub(crate) from_static: bool,
}

impl<'a> Scope<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, query: &Query, filter: &'a Filter) -> Scope<'a> {
        let shards = snapshot.shards.iter().filter(|shard| filter.admits_shard(shard, query));
        Scope { shards: shards.collect(), filter }
    }

    /// The admitted files with text, by shard and path.
    pub(crate) fn files(&self) -> impl Iterator<Item = &'a FileEntry> + '_ {
        let files = self.shards.iter().flat_map(|shard| shard.table.files());
        files.map(AsRef::as_ref).filter(|file| {
            // A file that is being rechunked may have no chunks yet.
            !file.chunks.is_empty() && self.filter.admits_file(file)
        })
    }

    fn admits(&self, shard: &Shard, id: ChunkId, side: Side) -> bool {
        shard.table.role_of(id).is_some_and(|role| side.has(role))
            && (self.filter.is_open() || self.filter.admits(shard, id))
    }

    /// By words; for each side, best first.
    pub(crate) fn by_words(
        &self,
        query: &LexicalQuery,
        sides: &[(Side, usize)],
    ) -> Result<Vec<Found>, SearchError> {
        let snapshots: Vec<&LexicalSnapshot> = self.shards.iter().map(|s| &s.lexical).collect();
        let keeps = sides.iter().map(|&(side, _)| {
            move |id| self.shards.iter().any(|shard| self.admits(shard, id, side))
        });
        let keeps: Vec<_> = keeps.collect();
        let lists = sides.iter().zip(&keeps).map(|((_, limit), keep)| Take { limit: *limit, keep });
        Ok(descry_lexical::search(&snapshots, query, &lists.collect::<Vec<_>>())?)
    }

    /// A query for all indexed words that contain `part`.
    pub(crate) fn words_with(&self, part: &str) -> Result<LexicalQuery, SearchError> {
        let snapshots: Vec<&LexicalSnapshot> = self.shards.iter().map(|s| &s.lexical).collect();
        let key: String = descry_lexical::tokenize(part).map(|token| token.text).take(1).collect();
        let words = match key.is_empty() {
            true => Vec::new(),
            false => descry_lexical::containing(&snapshots, &key, LONGER_WORDS)?,
        };
        Ok(LexicalQuery::from_tokens(words))
    }

    /// By meaning, best first.
    pub(crate) fn by_meaning(
        &self,
        vector: &[f32],
        limit: usize,
        tiers: Tiers,
        side: Side,
    ) -> Result<Vec<Meant>, SearchError> {
        let mut found = Vec::new();
        for shard in &self.shards {
            let Some(vectors) = &shard.vectors else { continue };
            let keep = |id: ChunkId| self.admits(shard, id, side);
            found.extend(vectors.search(vector, limit, &keep)?.into_iter().map(|scored| {
                let from_static = scored.tier == Tier::Static;
                let similarity = scored.score + if from_static { STATIC_LACK } else { 0.0 };
                Meant { id: scored.id, similarity, from_static }
            }));
        }
        found.retain(
            |meant| if meant.from_static { tiers.static_vectors } else { tiers.dense_vectors },
        );
        found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.id.cmp(&b.id)));
        found.truncate(limit);
        Ok(found)
    }

    /// The candidate for a live chunk.
    pub(crate) fn candidate(&self, id: ChunkId, score: f32) -> Option<Candidate> {
        let find = |(index, shard): (usize, &&Arc<Shard>)| {
            Some((index, Arc::clone(shard.table.file_of(id)?)))
        };
        let (shard, file) = self.shards.iter().enumerate().find_map(find)?;
        Some(Candidate::new(shard, id, file, score))
    }

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
fn lead(meaning: &[Meant]) -> f32 {
    let tenth = meaning.get(9).or(meaning.last());
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
/// `tell` is the weight of each term.
fn cover(candidates: &mut [Candidate], tell: &[f32]) {
    let mut files: HashMap<_, u64> = HashMap::new();
    for candidate in candidates.iter() {
        *files.entry(candidate.file_key()).or_default() |= candidate.terms;
    }
    let all: f32 = tell.iter().sum();
    for candidate in candidates.iter_mut().filter(|_| all > 0.0) {
        let terms = files[&candidate.file_key()];
        let has = |bit: &usize| terms >> bit & 1 == 1;
        candidate.covered = (0..tell.len()).filter(has).map(|bit| tell[bit]).sum::<f32>() / all;
    }
}
