//! How attention uses token positions.

/// How a model encodes the order of tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Positions {
    /// A learned vector for each position is added to the token vector.
    Learned,
    /// RoPE (Su et al. 2021) rotates queries and keys by their position, pairing the two halves of
    /// a head.
    Rope {
        /// The base in global layers.
        base: f32,
        /// The base in layers with a window.
        local: f32,
        /// The divisor of positions.
        factor: f32,
    },
    /// Scores decrease with the distance (ALiBi, Press et al. 2021), symmetrically.
    Alibi,
    /// Learned scores for distance buckets (T5, Raffel et al. 2020).
    Buckets {
        /// The number of buckets, half of them for each direction.
        count: usize,
    },
}

/// Sliding-window attention in some layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The greatest distance at which a token is visible.
    pub radius: usize,
    /// The layers with the window.
    pub local: Pattern,
}

/// The layers whose tokens see only their neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// All but one in every `count`.
    Every {
        /// How many layers have one global layer among them.
        count: usize,
        /// Whether the global layer is the first of them, or the last.
        first: bool,
    },
    /// Those that are true; none after the end of the list.
    Each(Vec<bool>),
}

impl Window {
    pub(crate) fn is_local(&self, layer: usize) -> bool {
        match &self.local {
            Pattern::Every { count, first } => layer % count != if *first { 0 } else { count - 1 },
            Pattern::Each(local) => local.get(layer).copied().unwrap_or(false),
        }
    }
}

/// The bias added to the score of a query for a key; depends only on the head and the distance from
/// key to query.
pub enum Distance {
    /// `-slope * |distance|`, with one slope per head.
    Slopes(Vec<f32>),
    /// Learned, `[buckets][heads]`.
    Buckets {
        /// The number of buckets, half of them for each direction.
        count: usize,
        /// The scores.
        values: Vec<f32>,
    },
    /// No bias.
    None,
}

impl Distance {
    /// The slopes of ALiBi: powers of 2^(-8/n); if the number of heads is not a power of two, the
    /// rest take every second power of its square root.
    pub fn alibi(heads: usize) -> Distance {
        const MAX_BIAS: f32 = 8.0;
        let whole = 1 << heads.ilog2();
        let slope = |head: usize| match head.checked_sub(whole) {
            None => (head + 1) as f32 * -MAX_BIAS / whole as f32,
            Some(rest) => (2 * rest + 1) as f32 * -MAX_BIAS / 2.0 / whole as f32,
        };
        Distance::Slopes((0..heads).map(|head| slope(head).exp2()).collect())
    }

    /// The bias of a head for a query `distance` tokens after the key.
    pub(crate) fn score(&self, head: usize, distance: isize) -> f32 {
        match self {
            Distance::None => 0.0,
            Distance::Slopes(slopes) => -slopes[head] * distance.unsigned_abs() as f32,
            Distance::Buckets { count, values } => {
                let heads = values.len() / count;
                values[bucket(distance, *count) * heads + head]
            }
        }
    }

    /// The number of heads with different biases.
    pub(crate) fn heads(&self) -> usize {
        match self {
            Distance::None => 1,
            Distance::Slopes(slopes) => slopes.len(),
            Distance::Buckets { count, values } => values.len() / count,
        }
    }
}

/// T5's bucket of a distance, bidirectional (`_relative_position_bucket` in transformers): half of
/// each side's buckets are exact, the others grow logarithmically up to a distance of 128.
fn bucket(distance: isize, count: usize) -> usize {
    const FARTHEST: f32 = 128.0;
    let side = count / 2;
    // T5 counts from the query to the key.
    let first = if distance < 0 { side } else { 0 };
    let (distance, exact) = (distance.unsigned_abs(), side / 2);
    if distance < exact {
        return first + distance;
    }
    let share = (distance as f32 / exact as f32).ln() / (FARTHEST / exact as f32).ln();
    first + (exact + (share * (side - exact) as f32) as usize).min(side - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_of_twelve_heads() {
        let Distance::Slopes(slopes) = Distance::alibi(12) else { panic!() };
        let expected = [1., 2., 3., 4., 5., 6., 7., 8., 0.5, 1.5, 2.5, 3.5];
        for (slope, power) in slopes.iter().zip(expected) {
            assert!((slope - f32::exp2(-power)).abs() < 1e-7, "{slope} 2^-{power}");
        }
    }

    #[test]
    fn buckets_are_those_of_t5() {
        // From transformers' T5Attention._relative_position_bucket, counting from the query to the
        // key.
        for (distance, expected) in [
            (0, 0),
            (1, 1),
            (7, 7),
            (8, 8),
            (11, 8),
            (12, 9),
            (16, 10),
            (64, 14),
            (127, 15),
            (1000, 15),
            (-1, 17),
            (-7, 23),
            (-8, 24),
            (-100, 31),
        ] {
            assert_eq!(bucket(distance, 32), expected, "{distance}");
        }
    }

    #[test]
    fn windows_leave_some_layers_out() {
        #[track_caller]
        fn check(local: Pattern, expected: [bool; 6]) {
            let window = Window { radius: 1, local };
            assert_eq!([0, 1, 2, 3, 4, 5].map(|layer| window.is_local(layer)), expected);
        }
        let every = |count, first| Pattern::Every { count, first };
        check(every(3, true), [false, true, true, false, true, true]);
        check(every(6, false), [true, true, true, true, true, false]);
        check(every(1, true), [false; 6]);
        check(Pattern::Each(vec![true, false]), [true, false, false, false, false, false]);
    }
}
