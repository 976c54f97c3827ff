//! Searches. None of them waits for the writer.

use std::path::Path;
use std::time::Instant;

use descry_base::ChunkId;
use descry_embed::EmbedError;
use descry_search::{Answer, FileEntry, Files, Notice, Query, Snapshot, Sources};
use descry_watch::FileStat;

use super::{Engine, digest_of};
use crate::EngineError;
use crate::blend::blend;
use crate::sources::EngineSources;

/// The bytes of a selection that count: no model reads more.
pub const SELECTION: usize = 8 << 10;

impl Engine {
    /// Searches the added folders without waiting for the writer.
    pub fn search(&self, query: &Query) -> Result<Answer, EngineError> {
        let begun = Instant::now();
        self.shared.check()?;
        let snapshot = self.shared.snapshot.load_full();
        let sources = EngineSources::new(&self.shared);
        let static_only = query.tiers.static_vectors && !query.tiers.dense_vectors;
        let mut answer = match static_only {
            true => descry_search::search(
                &self.static_view.view(&snapshot, &sources)?,
                query,
                &sources,
            )?,
            false => descry_search::search(&snapshot, query, &sources)?,
        };
        self.finish(&snapshot, &mut answer, begun);
        Ok(answer)
    }

    /// Finds chunks similar in meaning to this one.
    pub fn similar(&self, chunk: ChunkId, limit: usize) -> Result<Answer, EngineError> {
        let begun = Instant::now();
        self.shared.check()?;
        let snapshot = self.shared.snapshot.load_full();
        let sources = EngineSources::new(&self.shared);
        let mut answer = descry_search::similar(&snapshot, chunk, limit, &sources)?
            .ok_or(EngineError::NoSuchChunk)?;
        self.finish(&snapshot, &mut answer, begun);
        Ok(answer)
    }

    /// Finds chunks similar in meaning to this piece of code, of which the first [`SELECTION`]
    /// bytes count.
    pub fn similar_text(&self, text: &str, limit: usize) -> Result<Answer, EngineError> {
        let begun = Instant::now();
        self.shared.check()?;
        let snapshot = self.shared.snapshot.load_full();
        let sources = EngineSources::new(&self.shared);
        let text = text[..text.floor_char_boundary(SELECTION)].trim();
        if text.is_empty() {
            return Ok(Answer::default());
        }
        let failed = |error: EmbedError| EngineError::NoModel(error.to_string());
        let dense = self.shared.embed.documents(vec![text.to_owned()]).wait().map_err(failed)?;
        let dense = dense.into_iter().next().unwrap_or(Err(EmbedError::Stopped)).map_err(failed)?;
        // Blended as in the index.
        let static_vector =
            sources.static_model().map(|static_model| static_model.embed_code(text));
        let vector = blend(dense, static_vector.as_deref());
        let mut answer = descry_search::nearest_to(&snapshot, &vector, None, limit, &sources)?;
        self.finish(&snapshot, &mut answer, begun);
        Ok(answer)
    }

    /// The files in the scope of a query, as input for [`matches`](crate::matches()).
    pub fn files(&self, query: &Query) -> Files {
        descry_search::files(&self.shared.snapshot.load(), query)
    }

    /// Marks hits whose files have changed on disk, and moves hits with static vectors to the front
    /// of the backlog.
    fn finish(&self, snapshot: &Snapshot, answer: &mut Answer, begun: Instant) {
        for hit in &mut answer.hits {
            let Some(shard) = snapshot.shard(hit.root) else { continue };
            if let Some(file) = shard.table.file(&hit.path) {
                hit.stale = !is_as_indexed(&shard.path, file);
            }
            // Several lines of a notebook cell may share one line of the file.
            let last = hit.span.end_line.saturating_sub(1).max(hit.span.first_line);
            for line in &mut hit.lines {
                line.number = line.number.min(last);
            }
            if hit.why.from_static {
                self.shared.backlog.hurry(hit.root, [hit.chunk]);
            }
        }
        if self.is_read_only() {
            answer.notice.get_or_insert(Notice::OwnerSilent);
        }
        answer.elapsed = begun.elapsed();
    }
}

/// True if the file on disk still has its indexed content.
fn is_as_indexed(root: &Path, file: &FileEntry) -> bool {
    let stat = FileStat { path: file.path.clone(), stamp: file.stamp };
    let path = file.path.on_disk(root);
    let Ok(now) = std::fs::File::open(&path).and_then(|open| stat.now(&open)) else { return false };
    // Changes to permissions and names alter the stamp, too; then only the content decides.
    let same_content = || std::fs::read(&path).is_ok_and(|bytes| digest_of(&bytes) == file.digest);
    now == file.stamp || now.size == file.stamp.size && same_content()
}
