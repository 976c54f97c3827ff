//! Blends a chunk's dense vector with a share of its static one. The index stores the result.
//!
//! The two err differently, so together they find more. While a folder is being embedded, chunks
//! that have both also compare better with chunks that have only a static vector. On 22
//! repositories NDCG@10 rose from 0.898 to 0.901, and with half the files embedded from 0.888 to
//! 0.895.

/// The share of the static vector. From 0.3 to 1 the figures hardly differ; the smallest share
/// keeps dense vectors closest to the model's output.
const STATIC_SHARE: f32 = 0.3;

/// Both vectors `[dim]` have length one; the result need not.
pub(crate) fn blend(mut dense: Vec<f32>, static_vector: Option<&[f32]>) -> Vec<f32> {
    for (value, share) in dense.iter_mut().zip(static_vector.unwrap_or_default()) {
        *value += STATIC_SHARE * share;
    }
    dense
}
