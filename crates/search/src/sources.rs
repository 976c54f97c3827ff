//! What a search asks of others.

use descry_base::ChunkId;
use descry_embed::StaticEmbedder;

/// Texts and vectors, from wherever they come. Several threads may ask at once.
pub trait Sources: Sync {
    /// The text of each chunk, in the order asked; `None` for one that is gone.
    fn texts(&self, ids: &[ChunkId]) -> Vec<Option<String>>;

    /// Begins to turn the question into a vector; what is returned waits for it. An error says, for
    /// people, why there is none.
    fn vector(&self, text: &str) -> Box<dyn FnOnce() -> Result<Vec<f32>, String> + '_>;

    /// The static model, for the meaning of single lines.
    fn static_model(&self) -> Option<&dyn StaticEmbedder>;
}
