//! Checks that a model distinguishes texts: without its weights, all texts would have the same
//! vector.

use crate::error::Cause;

/// Texts of different words and lengths.
pub(crate) const TEXTS: [&str; 3] =
    ["open", "the sum of two numbers", "def retry(request, times): wait, then send it again"];

/// The cosine above which two vectors count as equal. Crowded vectors of real models stay below
/// 0.999.
const SAME: f32 = 0.999_99;

/// Rejects the unit vectors of [`TEXTS`] if two are equal or one is not finite.
pub(crate) fn check(vectors: &[Vec<f32>]) -> Result<(), Cause> {
    let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    for (at, a) in vectors.iter().enumerate() {
        // `all(<)` rather than `any(>=)`, as NaN fails both comparisons.
        if !vectors[at + 1..].iter().all(|b| cosine(a, b) < SAME) || !cosine(a, a).is_finite() {
            return Err(Cause::Damaged("it gives different texts the same vector".to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn vectors_that_differ_pass() {
        #[track_caller]
        fn check(vectors: [[f32; 2]; 3], passes: bool) {
            assert_eq!(super::check(&vectors.map(Vec::from)).is_ok(), passes, "{vectors:?}");
        }
        check([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]], true);
        check([[1.0, 0.0], [0.6, 0.8], [1.0, 0.0]], false);
        check([[1.0, 0.0], [0.6, 0.8], [0.6, 0.8]], false);
        check([[1.0, 0.0], [0.6, 0.8], [f32::NAN, 0.0]], false);
        check([[f32::NAN, 0.0], [0.6, 0.8], [0.0, 1.0]], false);
    }
}
