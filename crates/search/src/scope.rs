//! What a search covers: shards, a filter and sides; and the lookups in their indexes.

use std::sync::Arc;

use descry_base::ChunkId;
use descry_lexical::{Found, LexicalQuery, LexicalSnapshot, Take};
use descry_vector::Tier;

use crate::asked::Asked;
use crate::asked_name::AskedName;
use crate::candidate::Candidate;
use crate::filter::Filter;
use crate::table::FileEntry;
use crate::{FileRole, Query, SearchError, Shard, Snapshot, Tiers};

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

/// A chunk found by meaning.
#[derive(Clone, Copy)]
pub(crate) struct MeaningHit {
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

    /// The admitted files with text whose path ends in this name, in any case.
    pub(crate) fn files_named(&self, asked: AskedName<'_>) -> Vec<&'a FileEntry> {
        let mut found: Vec<&FileEntry> = Vec::new();
        for shard in &self.shards {
            let files = asked.file_names().flat_map(|name| shard.table.files_named(name));
            let files = files.map(AsRef::as_ref).filter(|file: &&FileEntry| {
                !file.chunks.is_empty()
                    && asked.is_path_folded(file.path.as_str())
                    && self.filter.admits_file(file)
            });
            let start = found.len();
            found.extend(files);
            found[start..].sort_by_key(|file| &file.path);
        }
        found.dedup_by_key(|file| file.first);
        found
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

    /// By meaning; for each side, best first.
    pub(crate) fn by_meaning(
        &self,
        vector: &[f32],
        tiers: Tiers,
        sides: &[(Side, usize)],
    ) -> Result<Vec<Vec<MeaningHit>>, SearchError> {
        let mut found: Vec<Vec<MeaningHit>> = sides.iter().map(|_| Vec::new()).collect();
        for shard in &self.shards {
            let Some(vectors) = &shard.vectors else { continue };
            let keeps = sides.iter().map(|&(side, _)| move |id| self.admits(shard, id, side));
            let keeps: Vec<_> = keeps.collect();
            let lists = sides.iter().zip(&keeps);
            let lists = lists.map(|((_, limit), keep)| descry_vector::Take { limit: *limit, keep });
            let nearest = vectors.search_lists(vector, &lists.collect::<Vec<_>>())?;
            for (found, nearest) in found.iter_mut().zip(nearest) {
                found.extend(nearest.into_iter().map(|scored| {
                    let from_static = scored.tier == Tier::Static;
                    let similarity = scored.score + if from_static { STATIC_LACK } else { 0.0 };
                    MeaningHit { id: scored.id, similarity, from_static }
                }));
            }
        }
        for (found, (_, limit)) in found.iter_mut().zip(sides) {
            found.retain(|meant| {
                if meant.from_static { tiers.static_vectors } else { tiers.dense_vectors }
            });
            found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.id.cmp(&b.id)));
            found.truncate(*limit);
        }
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
}
