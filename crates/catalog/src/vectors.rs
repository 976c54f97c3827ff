//! Dense vectors, keyed by the digest of their text, so that a branch switch or a moved or copied
//! file never needs embedding again.

use std::collections::HashSet;
use std::path::Path;

use descry_base::{ChunkId, Digest};
use half::f16;
use rusqlite::{Connection, OptionalExtension, params};

use crate::sealed::{Damaged, seal_bytes, unseal_bytes};
use crate::{Catalog, CatalogError, text};

/// The catalog's number of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModelId(pub(crate) i64);

impl Catalog {
    /// The number of the model with this vector space, assigned on first use.
    pub fn model(&self, space: &str) -> Result<ModelId, CatalogError> {
        let find = || {
            let sql = "SELECT id FROM models WHERE fingerprint = ?";
            let known = self.connection.query_row(sql, [space], |row| row.get(0)).optional()?;
            // A known model is found on a full disk, too.
            known.map_or_else(
                || {
                    let sql = "INSERT INTO models(fingerprint) VALUES (?)";
                    self.connection
                        .execute(sql, [space])
                        .map(|_| self.connection.last_insert_rowid())
                },
                Ok,
            )
        };
        find().map(ModelId).map_err(|cause| self.error(cause))
    }

    /// Stores dense vectors, each of unit length, with 8 bits a value.
    pub fn put_vectors(
        &mut self,
        model: ModelId,
        vectors: &[(Digest, Vec<f32>)],
    ) -> Result<(), CatalogError> {
        let path = self.source.path.clone();
        let put = |connection: &mut rusqlite::Connection| {
            let transaction = connection.transaction()?;
            {
                let mut insert = transaction
                    .prepare_cached("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)")?;
                for (digest, vector) in vectors {
                    insert.execute(params![model.0, digest.0, seal_vector(&digest.0, vector)])?;
                }
            }
            transaction.commit()
        };
        put(&mut self.connection).map_err(|cause| CatalogError::of(&path, cause))
    }

    /// The dense vector of a text, if it was ever computed. A damaged one is as good as none.
    pub fn vector(&self, model: ModelId, digest: Digest) -> Result<Option<Vec<f32>>, CatalogError> {
        let find = |sql: &str| -> Result<Option<Vec<u8>>, _> {
            self.connection
                .prepare_cached(sql)?
                .query_row(params![model.0, digest.0], |row| row.get(0))
                .optional()
        };
        let sound = |bytes: &Vec<u8>| unseal_vector(&digest.0, bytes).ok();
        let own = find("SELECT vector FROM vectors WHERE model = ? AND digest = ?");
        let own = own.map_err(|cause| self.error(cause))?.and_then(|bytes| sound(&bytes));
        if own.is_some() || !self.borrows {
            return Ok(own);
        }
        let lent = find(
            "SELECT vector FROM lender.vectors WHERE digest = ?2 AND model =
             (SELECT id FROM lender.models WHERE fingerprint =
              (SELECT fingerprint FROM main.models WHERE id = ?1))",
        );
        // The other catalog may be damaged, and need not be there the next time.
        let Ok(Some(bytes)) = lent else { return Ok(None) };
        let Some(vector) = sound(&bytes) else { return Ok(None) };
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO main.vectors VALUES (?, ?, ?)")
            .and_then(|mut keep| keep.execute(params![model.0, digest.0, bytes]))
            .map_err(|cause| self.error(cause))?;
        Ok(Some(vector))
    }

    /// Makes the read-only catalog at `other` available for vectors that are missing here.
    pub fn borrow_vectors(&mut self, other: &Path) -> Result<(), CatalogError> {
        // SQLite would create a missing file.
        let Some(path) = other.to_str().filter(|_| other.is_file()) else { return Ok(()) };
        let attach = || {
            self.connection.execute("ATTACH DATABASE ? AS lender", [path])?;
            self.connection.prepare("SELECT 1 FROM lender.vectors, lender.models").map(|_| ())
        };
        attach().map_err(|cause| CatalogError::of(other, cause))?;
        self.borrows = true;
        Ok(())
    }

    /// Gives the space of the log of changes back to the disk, unless somebody is reading.
    pub fn shrink_log(&self) -> Result<(), CatalogError> {
        self.connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(|cause| self.error(cause))
    }

    /// Deletes all vectors of texts that no longer exist.
    pub fn discard_unused_vectors(&self) -> Result<(), CatalogError> {
        delete_unused(&self.connection).map_err(|cause| self.error(cause))
    }

    /// Deletes vectors of texts that no longer exist, once they outnumber those in use; until then
    /// they are kept for a branch switch that restores their text.
    pub fn prune_vectors(&self) -> Result<(), CatalogError> {
        let count = |sql: &str| self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let prune = || {
            let vectors = count("SELECT count(*) FROM vectors")?;
            let chunks = count("SELECT coalesce(sum(count), 0) FROM chunks")?;
            if vectors > 2 * chunks + 10_000 {
                delete_unused(&self.connection)?;
            }
            Ok(())
        };
        prune().map_err(|cause| self.error(cause))
    }
}

/// Deletes the vectors of texts that no chunk has.
pub(crate) fn delete_unused(connection: &Connection) -> rusqlite::Result<()> {
    let mut used = HashSet::new();
    let mut blocks = connection.prepare_cached("SELECT first, packed FROM texts")?;
    let mut rows = blocks.query([])?;
    while let Some(row) = rows.next()? {
        let digests = text::digests(ChunkId(row.get(0)?), row.get_ref(1)?.as_blob()?);
        // A damaged block is read again from its file, and embedded again.
        used.extend(digests.unwrap_or_default().into_iter().map(short));
    }
    let mut unused = Vec::new();
    let mut vectors = connection.prepare_cached("SELECT model, digest FROM vectors")?;
    let mut rows = vectors.query([])?;
    while let Some(row) = rows.next()? {
        let (model, digest): (i64, [u8; 32]) = (row.get(0)?, row.get(1)?);
        if !used.contains(&short(Digest(digest))) {
            unused.push((model, digest));
        }
    }
    let mut delete =
        connection.prepare_cached("DELETE FROM vectors WHERE model = ? AND digest = ?")?;
    unused.into_iter().try_for_each(|key| delete.execute(key).map(drop))
}

/// The first bytes of a digest, which tell a million texts apart and take a quarter of the memory.
fn short(digest: Digest) -> u64 {
    digest.0.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// The number of values that share a scale.
const BLOCK: usize = 32;

/// Quantises a vector: per [`BLOCK`] a scale (f16), then the values divided by it, as bytes. This
/// is GGML's Q8_0 (`ggml/src/ggml-quants.c`), whose blocks keep a few large values from drowning
/// the others.
pub(crate) fn seal_vector(digest: &[u8; 32], vector: &[f32]) -> Vec<u8> {
    seal_bytes(digest, quantise(vector))
}

fn quantise(vector: &[f32]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(vector.len() + vector.len() / 16 + 8);
    for block in vector.chunks(BLOCK) {
        let largest = block.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let scale = f16::from_f32(largest / 127.0);
        let divisor = scale.to_f32();
        let code = |value: &f32| if divisor > 0.0 { (value / divisor).round() as i8 } else { 0 };
        bytes.extend(scale.to_le_bytes());
        bytes.extend(block.iter().map(|value| code(value).cast_unsigned()));
    }
    bytes
}

pub(crate) fn unseal_vector(digest: &[u8; 32], sealed: &[u8]) -> Result<Vec<f32>, Damaged> {
    read(unseal_bytes(digest, sealed)?)
}

/// The vector that the catalog returns for this one.
pub fn as_stored(vector: &[f32]) -> Vec<f32> {
    read(&quantise(vector)).unwrap_or_default()
}

fn read(bytes: &[u8]) -> Result<Vec<f32>, Damaged> {
    let mut vector = Vec::with_capacity(bytes.len());
    for block in bytes.chunks(2 + BLOCK) {
        let (scale, codes) = block.split_first_chunk().ok_or(Damaged)?;
        let scale = f16::from_le_bytes(*scale).to_f32();
        vector.extend(codes.iter().map(|code| f32::from(code.cast_signed()) * scale));
    }
    Ok(vector)
}
