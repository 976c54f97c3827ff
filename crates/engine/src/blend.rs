//! The vector that the index keeps of a chunk with a dense vector: that vector plus a share of the static one.
//!
//! The two err differently, so together they find more; and while a folder is being embedded, chunks
//! that have both and chunks that have only a static vector compare better. On 22 repositories NDCG@10 rose
//! from 0.898 to 0.901, and with half the files embedded from 0.888 to 0.895.

/// The share of the static vector. From 0.3 to 1 the figures hardly differ; the least share keeps
/// dense vectors closest to what the model gave.
const STATIC_SHARE: f32 = 0.3;

/// Both vectors `[dim]` have length one; the result need not.
pub(crate) fn blend(mut dense: Vec<f32>, static_vector: Option<&[f32]>) -> Vec<f32> {
    for (value, share) in dense.iter_mut().zip(static_vector.unwrap_or_default()) {
        *value += STATIC_SHARE * share;
    }
    dense
}
