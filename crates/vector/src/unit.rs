//! Unit vectors in their stored forms: bytes for scoring, bits for the graph's paths.

use numkong::Dot;
use usearch::b1x8;

/// Vectors of at least this length are compared by their bits in the graph; shorter ones have too
/// few of them and are compared by their bytes.
const BITS_FROM: usize = 256;

/// The largest component of every stored vector.
const LARGEST: f32 = 127.0;

/// Borrowed bytes of a vector, `[dim]`, and what scales them to length one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Unit<'a> {
    pub(crate) codes: &'a [i8],
    pub(crate) scale: f32,
}

impl Unit<'_> {
    /// The vector as floats, `[dim]`, of length one.
    pub(crate) fn floats(self) -> Vec<f32> {
        self.codes.iter().map(|code| f32::from(*code) * self.scale).collect()
    }

    /// What the graph compares.
    pub(crate) fn key(self) -> Key {
        match self.codes.len() {
            BITS_FROM.. => Key::Bits(bits(self.codes.iter().map(|code| *code > 0))),
            _ => Key::Bytes(self.codes.to_vec()),
        }
    }
}

/// What the graph compares.
pub(crate) enum Key {
    /// One bit a component: whether it is positive. Hamming distance.
    Bits(Vec<b1x8>),
    /// Cosine.
    Bytes(Vec<i8>),
}

/// True if a graph over vectors of this length compares bits.
pub(crate) fn compares_bits(dim: usize) -> bool {
    dim >= BITS_FROM
}

fn bits(positive: impl Iterator<Item = bool>) -> Vec<b1x8> {
    let mut bits = Vec::new();
    for (at, positive) in positive.enumerate() {
        if at % 8 == 0 {
            bits.push(b1x8(0));
        }
        if let Some(last) = bits.last_mut() {
            last.0 |= u8::from(positive) << (at % 8);
        }
    }
    bits
}

/// The stored form of `vector`, `[dim]`, which need not have length one; the error states what it
/// has instead of a direction.
pub(crate) fn codes(vector: &[f32], dim: usize) -> Result<(Vec<i8>, f32), String> {
    let step = step(vector, dim)?;
    let codes: Vec<i8> = vector.iter().map(|x| (f64::from(*x) / step).round() as i8).collect();
    Ok((codes.clone(), scale(&codes)))
}

/// What scales bytes to length one.
fn scale(codes: &[i8]) -> f32 {
    let squares: f64 = codes.iter().map(|code| f64::from(*code).powi(2)).sum();
    (1.0 / squares.sqrt()) as f32
}

/// The size of one step of the bytes.
fn step(vector: &[f32], dim: usize) -> Result<f64, String> {
    if vector.len() != dim {
        return Err(format!("{} dimensions, not {dim}", vector.len()));
    }
    let largest = vector.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
    // `max` ignores what is not a number.
    let finite = vector.iter().all(|x| x.is_finite());
    if !finite || largest == 0.0 {
        return Err("no direction".to_owned());
    }
    Ok(f64::from(largest) / f64::from(LARGEST))
}

/// A vector to compare with stored ones. Its error is negligible: it has twice their bits.
pub(crate) struct Query {
    high: Vec<i8>,
    /// What `high` leaves, in steps that are this much smaller.
    low: Vec<i8>,
    scale: f32,
}

/// Steps of `low` in one of `high`.
const FINER: f32 = 254.0;

impl Query {
    pub(crate) fn new(vector: &[f32], dim: usize) -> Result<Query, String> {
        let step = step(vector, dim)?;
        let (mut high, mut low) = (Vec::with_capacity(dim), Vec::with_capacity(dim));
        for x in vector {
            let steps = f64::from(*x) / step;
            let rounded = steps.round();
            high.push(rounded as i8);
            low.push(((steps - rounded) * f64::from(FINER)).round() as i8);
        }
        let squares: f64 = vector.iter().map(|x| (f64::from(*x) / step).powi(2)).sum();
        Ok(Query { high, low, scale: (1.0 / squares.sqrt()) as f32 })
    }

    /// The cosine of the query and a stored vector.
    pub(crate) fn cosine(&self, stored: Unit<'_>) -> f32 {
        let dot = |part: &[i8]| i8::dot(part, stored.codes).unwrap_or(0) as f32;
        (dot(&self.high) + dot(&self.low) / FINER) * self.scale * stored.scale
    }

    /// What the graph compares.
    pub(crate) fn key(&self) -> Key {
        Unit { codes: &self.high, scale: self.scale }.key()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unit_length_and_cosine() {
        let (codes, scale) = codes(&[3.0, 0.0, -4.0], 3).unwrap();
        assert_eq!(codes, [95, 0, -127]);
        let stored = Unit { codes: &codes, scale };
        let length: f32 = stored.floats().iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 1e-6);
        let cosine = |query: [f32; 3]| Query::new(&query, 3).unwrap().cosine(stored);
        assert!((cosine([3.0, 0.0, -4.0]) - 1.0).abs() < 1e-4);
        assert!((cosine([1.0, 0.0, 0.0]) - 0.6).abs() < 5e-3);
        assert!((cosine([0.0, 1e-20, 0.0])).abs() < 1e-6);
    }

    #[test]
    fn a_query_has_more_precision_than_what_is_stored() {
        let vector: Vec<f32> = (0..384).map(|at| (at as f32 * 0.7).sin()).collect();
        let other: Vec<f32> = (0..384).map(|at| (at as f32 * 0.71).sin()).collect();
        let (codes, scale) = codes(&vector, 384).unwrap();
        let stored = Unit { codes: &codes, scale };
        let floats = stored.floats();
        let length = other.iter().map(|x| x * x).sum::<f32>().sqrt();
        let exact: f32 = floats.iter().zip(&other).map(|(a, b)| a * b / length).sum();
        let found = Query::new(&other, 384).unwrap().cosine(stored);
        assert!((exact - found).abs() < 2e-5, "{exact} {found}");
    }

    #[test]
    fn no_direction() {
        #[track_caller]
        fn check(vector: &[f32], expected: &str) {
            assert_eq!(codes(vector, 2).unwrap_err(), expected, "{vector:?}");
            assert!(Query::new(vector, 2).is_err(), "{vector:?}");
        }
        check(&[0.0, 0.0], "no direction");
        check(&[f32::NAN, 1.0], "no direction");
        check(&[f32::INFINITY, 1.0], "no direction");
        check(&[1.0], "1 dimensions, not 2");
        assert!(codes(&[f32::MAX, f32::MAX], 2).is_ok());
        assert!(codes(&[f32::MIN_POSITIVE, 0.0], 2).is_ok());
    }

    #[test]
    fn bits_are_signs() {
        let mut codes = vec![-1_i8; 256];
        (codes[0], codes[9]) = (5, 1);
        let Key::Bits(bits) = (Unit { codes: &codes, scale: 1.0 }).key() else { panic!() };
        assert_eq!(b1x8::to_u8s(&bits)[..3], [1, 2, 0]);
        assert_eq!(bits.len(), 32);
    }
}
