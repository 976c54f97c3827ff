//! What a search needs from its caller.

use descry_base::ChunkId;
use descry_embed::StaticEmbedder;

/// Provides texts and vectors. Several threads may call it simultaneously.
pub trait Sources: Sync {
    /// The text of each chunk, in the given order; `None` for a chunk that is gone.
    fn texts(&self, ids: &[ChunkId]) -> Vec<Option<String>>;

    /// Starts embedding the query; the returned function waits for the vector. An error states the
    /// reason for users.
    fn vector(&self, text: &str) -> Box<dyn FnOnce() -> Result<Vec<f32>, String> + '_>;

    /// The static model, for the meaning of single lines.
    fn static_model(&self) -> Option<&dyn StaticEmbedder>;
}
