//! What the index keeps of a chunk whose exact vector is known: that vector with a share of its draft.
//!
//! The two err differently, so together they find more; and while a folder is being embedded, chunks
//! that have both and chunks that have the draft alone compare better. On 22 repositories NDCG@10 rose
//! from 0.898 to 0.901, and with half the files embedded from 0.888 to 0.895.

/// The draft's share; from 0.3 to 1 the figures hardly differ, and less leaves exact vectors exacter.
const DRAFT_SHARE: f32 = 0.3;

/// `exact` and `draft` have length one; what is returned need not.
pub(crate) fn blend(mut exact: Vec<f32>, draft: Option<&[f32]>) -> Vec<f32> {
    for (value, draft) in exact.iter_mut().zip(draft.unwrap_or_default()) {
        *value += DRAFT_SHARE * draft;
    }
    exact
}
