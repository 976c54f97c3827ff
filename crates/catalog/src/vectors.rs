//! Dense vectors, keyed by the digest of their text, so that a branch switch or a moved or copied
//! file never needs embedding again.

use std::path::Path;

use descry_base::Digest;
use half::f16;
use half::slice::HalfFloatSliceExt;
use rusqlite::{OptionalExtension, params};

use crate::{Catalog, CatalogError};

/// The catalog's number of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModelId(pub(crate) i64);

impl Catalog {
    /// The number of the model with this vector space, assigned on first use.
    pub fn model(&self, space: &str) -> Result<ModelId, CatalogError> {
        let find = || {
            self.connection
                .execute("INSERT OR IGNORE INTO models(fingerprint) VALUES (?)", [space])?;
            self.connection.query_row(
                "SELECT id FROM models WHERE fingerprint = ?",
                [space],
                |row| row.get(0),
            )
        };
        find().map(ModelId).map_err(|cause| self.error(cause))
    }

    /// Stores dense vectors, each of unit length, as f16.
    pub fn put_vectors(
        &mut self,
        model: ModelId,
        vectors: &[(Digest, Vec<f32>)],
    ) -> Result<(), CatalogError> {
        let path = self.path.clone();
        let put = |connection: &mut rusqlite::Connection| {
            let transaction = connection.transaction()?;
            {
                let mut insert = transaction
                    .prepare_cached("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)")?;
                for (digest, vector) in vectors {
                    insert.execute(params![model.0, digest.0, write(vector)])?;
                }
            }
            transaction.commit()
        };
        put(&mut self.connection).map_err(|cause| CatalogError::of(&path, cause))
    }

    /// The dense vector of a text, if it was ever computed.
    pub fn vector(&self, model: ModelId, digest: Digest) -> Result<Option<Vec<f32>>, CatalogError> {
        let find = |sql: &str| -> Result<Option<Vec<u8>>, _> {
            self.connection
                .prepare_cached(sql)?
                .query_row(params![model.0, digest.0], |row| row.get(0))
                .optional()
        };
        let mut found = find("SELECT vector FROM vectors WHERE model = ? AND digest = ?");
        if self.borrows && matches!(found, Ok(None)) {
            found = find(
                "SELECT vector FROM lender.vectors WHERE digest = ?2 AND model =
                 (SELECT id FROM lender.models WHERE fingerprint =
                  (SELECT fingerprint FROM main.models WHERE id = ?1))",
            );
        }
        found.map(|bytes| bytes.map(|bytes| read(&bytes))).map_err(|cause| self.error(cause))
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

    /// Deletes vectors of texts that no longer exist, once they outnumber those in use; until then
    /// they are kept for a branch switch that restores their text.
    pub fn prune_vectors(&self) -> Result<(), CatalogError> {
        let count = |table: &str| {
            let sql = format!("SELECT count(*) FROM {table}");
            self.connection.query_row(&sql, [], |row| row.get::<_, i64>(0))
        };
        let prune = || {
            if count("vectors")? > 2 * count("chunks")? + 10_000 {
                self.connection.execute(
                    "DELETE FROM vectors WHERE digest NOT IN (SELECT digest FROM chunks)",
                    [],
                )?;
            }
            Ok(())
        };
        prune().map_err(|cause| self.error(cause))
    }
}

fn write(vector: &[f32]) -> Vec<u8> {
    let mut halves = vec![f16::ZERO; vector.len()];
    halves.convert_from_f32_slice(vector);
    halves.iter().flat_map(|half| half.to_le_bytes()).collect()
}

fn read(bytes: &[u8]) -> Vec<f32> {
    let (pairs, _) = bytes.as_chunks();
    pairs.iter().map(|pair| f16::from_le_bytes(*pair).to_f32()).collect()
}
