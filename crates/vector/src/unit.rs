//! Unit vectors in their two stored forms: halves for scoring, bytes for graph search.

use numkong::{Dot, cast, f16};

/// The halves of `vector` normalized to length one, `[dim]`; the error states what it has instead
/// of a direction.
pub(crate) fn halves(vector: &[f32], dim: usize) -> Result<Vec<f16>, String> {
    if vector.len() != dim {
        return Err(format!("{} dimensions, not {dim}", vector.len()));
    }
    // In f64, so that no finite f32 overflows or vanishes when squared.
    let length = vector.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    if !length.is_finite() || length == 0.0 {
        return Err("no direction".to_owned());
    }
    let unit: Vec<f32> = vector.iter().map(|x| (f64::from(*x) / length) as f32).collect();
    let mut halves = vec![f16::ZERO; dim];
    cast(&unit, &mut halves);
    Ok(halves)
}

/// The cosine of two unit vectors of the same length.
pub(crate) fn cosine(a: &[f16], b: &[f16]) -> f32 {
    f16::dot(a, b).unwrap_or(0.0)
}

/// `[dim]` halves as floats.
pub(crate) fn floats(halves: &[f16]) -> Vec<f32> {
    let mut floats = vec![0.0; halves.len()];
    cast(halves, &mut floats);
    floats
}

/// `[dim]` halves as bytes, scaled so that the largest component is 127: this uses the full range,
/// and the cosine is invariant to scale.
pub(crate) fn bytes(halves: &[f16]) -> Vec<i8> {
    let floats = floats(halves);
    let largest = floats.iter().fold(0.0_f32, |max, x| max.max(x.abs()));
    let stretch = if largest > 0.0 { 127.0 / largest } else { 0.0 };
    floats.iter().map(|x| (x * stretch).round() as i8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_length_in_both_forms() {
        let halves = halves(&[3.0, 0.0, -4.0], 3).unwrap();
        assert_eq!(floats(&halves).map_rounded(), [600, 0, -800]);
        assert_eq!(bytes(&halves), [95, 0, -127]);
        assert!((cosine(&halves, &halves) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn no_direction() {
        #[track_caller]
        fn check(vector: &[f32], expected: &str) {
            assert_eq!(halves(vector, 2).unwrap_err(), expected, "{vector:?}");
        }
        check(&[0.0, 0.0], "no direction");
        check(&[f32::NAN, 1.0], "no direction");
        check(&[f32::INFINITY, 1.0], "no direction");
        check(&[1.0], "1 dimensions, not 2");
        assert!(halves(&[f32::MAX, f32::MAX], 2).is_ok());
        assert!(halves(&[f32::MIN_POSITIVE, 0.0], 2).is_ok());
    }

    trait Rounded {
        fn map_rounded(&self) -> Vec<i32>;
    }

    impl Rounded for Vec<f32> {
        fn map_rounded(&self) -> Vec<i32> {
            self.iter().map(|x| (x * 1000.0).round() as i32).collect()
        }
    }
}
