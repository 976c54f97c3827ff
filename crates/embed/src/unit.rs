//! Vectors of length one.

/// Scales a vector to unit length. A vector without a direction becomes the first axis, so that
/// every result has unit length.
pub fn normalise(vector: &mut [f32]) {
    let norm = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    if norm > f32::MIN_POSITIVE && norm.is_finite() {
        vector.iter_mut().for_each(|x| *x /= norm);
    } else {
        vector.fill(0.0);
        vector[0] = 1.0;
    }
}
