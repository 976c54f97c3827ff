//! Reads concurrently with the writer: texts for hits and for the embedding queue, and vectors.

use std::cell::RefCell;

use descry_base::{ChunkId, Digest, RootId, Skipped};
use rusqlite::{Connection, OptionalExtension};

use crate::roots::skipped;
use crate::sealed::Damaged;
use crate::text::{Block, Unpacker};
use crate::vectors::unseal_vector;
use crate::{CatalogError, Source};

/// A read-only connection. Each reading thread has its own.
pub struct CatalogReader {
    connection: Connection,
    source: Source,
    unpacker: RefCell<Unpacker>,
}

/// What the catalog has of a chunk's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredText {
    /// The text, and the digest of the embedded text.
    Sound(String, Digest),
    /// The chunk no longer exists.
    Gone,
    /// The text is not what was written: its file must be read again.
    Damaged,
}

impl CatalogReader {
    /// Opens another connection to a catalog that this process has opened. Fails with
    /// [`CatalogError::Replaced`] if another one has taken its place.
    pub fn open(source: &Source) -> Result<CatalogReader, CatalogError> {
        let failed = |cause| CatalogError::of(&source.path, cause);
        let connection = source.connect()?;
        connection.pragma_update(None, "query_only", true).map_err(failed)?;
        let unpacker = RefCell::new(Unpacker::new().map_err(|cause| source.out_of_memory(&cause))?);
        Ok(CatalogReader { connection, source: source.clone(), unpacker })
    }

    /// The text of each chunk, in the given order. Each block is read once.
    pub fn texts(&self, ids: &[ChunkId]) -> Result<Vec<StoredText>, CatalogError> {
        let mut block = Ok(None);
        let mut texts = vec![StoredText::Gone; ids.len()];
        let mut by_block: Vec<(&ChunkId, &mut StoredText)> = ids.iter().zip(&mut texts).collect();
        by_block.sort_unstable_by_key(|(id, _)| **id);
        for (id, text) in by_block {
            let known = matches!(&block, Ok(Some(block)) if Block::get(block, *id).is_some());
            if !known {
                block = self.block(*id)?;
            }
            *text = match &block {
                Err(_) => StoredText::Damaged,
                Ok(block) => match block.as_ref().and_then(|block| block.get(*id)) {
                    Some((text, digest)) => StoredText::Sound(text.to_owned(), digest),
                    None => StoredText::Gone,
                },
            };
        }
        Ok(texts)
    }

    /// The text of one chunk.
    pub fn text(&self, id: ChunkId) -> Result<StoredText, CatalogError> {
        Ok(self.texts(&[id])?.pop().unwrap_or(StoredText::Gone))
    }

    /// The dense vector of a text in this vector space, if it was ever computed.
    pub fn vector(&self, space: &str, digest: Digest) -> Result<Option<Vec<f32>>, CatalogError> {
        let sql = "SELECT vector FROM vectors WHERE digest = ?1 AND model =
             (SELECT id FROM models WHERE fingerprint = ?2)";
        let found = self.connection.prepare_cached(sql).and_then(|mut find| {
            find.query_row((digest.0, space), |row| row.get::<_, Vec<u8>>(0)).optional()
        });
        let found = found.map_err(|cause| CatalogError::of(&self.source.path, cause))?;
        Ok(found.and_then(|bytes| unseal_vector(&digest.0, &bytes).ok()))
    }

    /// The skipped paths of a folder, by path.
    pub fn skipped(&self, root: RootId) -> Result<Vec<Skipped>, CatalogError> {
        skipped(&self.connection, root).map_err(|cause| CatalogError::of(&self.source.path, cause))
    }

    /// The block that would contain the chunk.
    fn block(&self, id: ChunkId) -> Result<Result<Option<Block>, Damaged>, CatalogError> {
        let sql = "SELECT first, packed FROM texts WHERE first <= ? ORDER BY first DESC LIMIT 1";
        let block = self.connection.prepare_cached(sql).and_then(|mut find| {
            find.query_row([id.0], |row| {
                let first = ChunkId(row.get(0)?);
                let packed = row.get_ref(1)?.as_blob().map_err(|_| Damaged);
                Ok(packed.and_then(|packed| self.unpacker.borrow_mut().unpack(first, packed)))
            })
            .optional()
        });
        block.map(Option::transpose).map_err(|cause| CatalogError::of(&self.source.path, cause))
    }
}
