//! How attention uses token positions.

use candle_core::quantized::gguf_file::Value;

use super::Architecture;
use crate::error::Cause;
use crate::gguf::Gguf;

/// How a model encodes the order of tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Positions {
    /// A learned vector for each position is added to the token vector.
    Learned,
    /// RoPE (Su et al. 2021) rotates queries and keys by their position, pairing the two halves of
    /// a head. `local` is the base in layers with a window.
    Rope {
        base: f32,
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
pub(crate) struct Window {
    /// The greatest distance at which a token is visible.
    pub(crate) radius: usize,
    local: Pattern,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    /// One layer in every `count` is global: the first of them, or the last.
    Every {
        count: usize,
        first: bool,
    },
    Each(Vec<bool>),
}

impl Window {
    pub(super) fn is_local(&self, layer: usize) -> bool {
        match &self.local {
            Pattern::Every { count, first } => layer % count != if *first { 0 } else { count - 1 },
            Pattern::Each(local) => local.get(layer).copied().unwrap_or(false),
        }
    }
}

/// The bias added to the score of a query for a key; depends only on the head and the distance from
/// key to query.
pub(crate) enum Distance {
    /// `-slope * |distance|`, with one slope per head.
    Slopes(Vec<f32>),
    /// Learned, `[buckets][heads]`.
    Buckets { count: usize, values: Vec<f32> },
    /// No bias.
    None,
}

impl Distance {
    /// The slopes of ALiBi: powers of 2^(-8/n); if the number of heads is not a power of two, the
    /// rest take every second power of its square root.
    pub(crate) fn alibi(heads: usize) -> Distance {
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

/// The numbers of query heads and key-value heads, and the width of a head.
pub(super) fn heads(
    gguf: &Gguf,
    key: &impl Fn(&str) -> String,
    dim: usize,
) -> Result<(usize, usize, usize), Cause> {
    let name = key("attention.head_count");
    let heads = gguf.positive(&name)?;
    let optional = |name: &str, default| match gguf.get(&key(name)) {
        Some(_) => gguf.positive(&key(name)),
        None => Ok(default),
    };
    let kv_heads = optional("attention.head_count_kv", heads)?;
    let head_dim = optional("attention.key_length", dim / heads)?;
    let value_dim = optional("attention.value_length", head_dim)?;
    let fits = head_dim > 0 && head_dim.is_multiple_of(8) && heads.is_multiple_of(kv_heads);
    let implied = gguf.get(&key("attention.key_length")).is_none();
    if !fits || value_dim != head_dim || implied && !dim.is_multiple_of(heads) || heads > 1 << 12 {
        let reason = format!("is {heads}, which does not fit a width of {dim}");
        return Err(gguf.bad(&name, reason));
    }
    heads.checked_mul(head_dim).filter(|width| *width <= 1 << 20).ok_or_else(|| {
        gguf.bad(&key("attention.key_length"), format!("is {head_dim}, for {heads} heads"))
    })?;
    Ok((heads, kv_heads, head_dim))
}

pub(super) fn positions(
    gguf: &Gguf,
    key: &impl Fn(&str) -> String,
    architecture: Architecture,
    head_dim: usize,
) -> Result<Positions, Cause> {
    match architecture {
        Architecture::Bert | Architecture::CodeSage => Ok(Positions::Learned),
        Architecture::JinaBertV2 => Ok(Positions::Alibi),
        Architecture::T5Encoder => {
            let key = key("attention.relative_buckets_count");
            match gguf.positive(&key)? {
                count if count.is_multiple_of(4) && count <= 1024 => {
                    Ok(Positions::Buckets { count })
                }
                count => Err(gguf.bad(&key, format!("is {count}, which is not supported"))),
            }
        }
        _ => turned(gguf, key, head_dim),
    }
}

fn turned(gguf: &Gguf, key: &impl Fn(&str) -> String, head_dim: usize) -> Result<Positions, Cause> {
    let positive = |name: &str, default: f32| match gguf.get(&key(name)) {
        None => Ok(default),
        Some(_) => match gguf.float(&key(name))? {
            value if value > 0.0 => Ok(value),
            value => Err(gguf.bad(&key(name), format!("is {value}"))),
        },
    };
    let turned = key("rope.dimension_count");
    if gguf.get(&turned).is_some() && gguf.number(&turned)? != head_dim {
        return Err(gguf.bad(&turned, format!("is not {head_dim}, the width of a head")));
    }
    let scaling = key("rope.scaling.type");
    let factor = match gguf.get(&scaling).map(|_| gguf.text(&scaling)).transpose()? {
        None | Some("none") => 1.0,
        Some("linear") => positive("rope.scaling.factor", 1.0)?,
        Some(other) => {
            return Err(gguf.bad(&scaling, format!("is {other:?}, which is not supported")));
        }
    };
    // The RoPE authors' base, which llama.cpp also uses if the key is missing.
    let base = positive("rope.freq_base", 10_000.0)?;
    Ok(Positions::Rope { base, local: positive("rope.freq_base_swa", 10_000.0)?, factor })
}

pub(super) fn window(
    gguf: &Gguf,
    key: &impl Fn(&str) -> String,
    architecture: Architecture,
) -> Result<Option<Window>, Cause> {
    // One layer in every `count` is global unless the file specifies otherwise (llama.cpp's
    // defaults).
    let (count, first) = match architecture {
        Architecture::ModernBert => (3, true),
        Architecture::GemmaEmbedding => (6, false),
        _ => return Ok(None),
    };
    let size = key("attention.sliding_window");
    if gguf.get(&size).is_none() {
        return Ok(None);
    }
    // The window is the total a token sees, half of it on each side.
    let radius = gguf.positive(&size)? / 2;
    let pattern = key("attention.sliding_window_pattern");
    let local = match gguf.get(&pattern) {
        None => Pattern::Every { count, first },
        Some(Value::Array(values)) => {
            let each = values.iter().map(|value| match value {
                Value::Bool(local) => Ok(*local),
                _ => Err(gguf.bad(&pattern, "is neither a number nor a list of truth values")),
            });
            Pattern::Each(each.collect::<Result<_, _>>()?)
        }
        Some(_) => Pattern::Every { count: gguf.positive(&pattern)?, first },
    };
    Ok(Some(Window { radius, local }))
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
