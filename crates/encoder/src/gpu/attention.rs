//! Attention and its position biases.

use candle_core::{Device, Result, Tensor};

use super::Gpu;
use crate::config::{Config, Distance, Positions};
use crate::weights::{Layer, Weights};

/// The bias of masked tokens.
const UNSEEN: f32 = -1e30;

/// The most scores, over all texts and heads, held on the device together: 256 MB. Those of one
/// long text could otherwise fill it.
const SCORES: usize = 1 << 26;

/// The data that all layers of one batch share; for global and for local layers.
pub(super) struct Places {
    kinds: [Kind; 2],
}

struct Kind {
    /// The bias of scores: `[batch, 1 or heads, tokens, tokens]`.
    bias: Option<Tensor>,
    /// Cosines and sines of positions, each `[tokens, half a head]`.
    rope: Option<(Tensor, Tensor)>,
}

impl Places {
    pub(super) fn new(
        weights: &Weights<Gpu>,
        lengths: &[usize],
        longest: usize,
        device: &Device,
    ) -> Result<Places> {
        let config = &weights.config;
        let radius = config.window.as_ref().map(|window| window.radius);
        let (base, local, factor) = match config.positions {
            Positions::Rope { base, local, factor } => (base, local, factor),
            _ => (0.0, 0.0, 1.0),
        };
        let kind = |radius: Option<usize>, base: f32| {
            let bias = bias(config, &weights.distance, radius, lengths, longest, device)?;
            let rope = (base > 0.0).then(|| {
                rope(f64::from(base), f64::from(factor), config.head_dim, longest, device)
            });
            Ok::<_, candle_core::Error>(Kind { bias, rope: rope.transpose()? })
        };
        Ok(Places { kinds: [kind(None, base)?, kind(radius, local)?] })
    }

    fn of(&self, config: &Config, layer: usize) -> &Kind {
        &self.kinds[usize::from(config.is_local(layer))]
    }
}

fn bias(
    config: &Config,
    distance: &Distance,
    radius: Option<usize>,
    lengths: &[usize],
    longest: usize,
    device: &Device,
) -> Result<Option<Tensor>> {
    let padded = lengths.iter().any(|&len| len != longest);
    let plain = matches!(distance, Distance::None) && !config.causal && radius.is_none();
    if plain && !padded {
        return Ok(None);
    }
    let heads = distance.heads();
    let by_distance = (0..heads).flat_map(|head| {
        (0..longest).flat_map(move |query| {
            (0..longest).map(move |key| {
                let it = query as isize - key as isize;
                let far = radius.is_some_and(|radius| it.unsigned_abs() > radius);
                match far || config.causal && it < 0 {
                    true => UNSEEN,
                    false => distance.score(head, it),
                }
            })
        })
    });
    let by_distance = Tensor::from_iter(by_distance, device)?;
    let by_distance = by_distance.reshape((1, heads, longest, longest))?;
    let padding = lengths
        .iter()
        .flat_map(|&len| (0..longest).map(move |key| if key < len { 0.0 } else { UNSEEN }));
    let padding = Tensor::from_iter(padding, device)?.reshape((lengths.len(), 1, 1, longest))?;
    by_distance.broadcast_add(&padding).map(Some)
}

fn rope(
    base: f64,
    factor: f64,
    head_dim: usize,
    tokens: usize,
    device: &Device,
) -> Result<(Tensor, Tensor)> {
    let half = head_dim / 2;
    let angles = (0..tokens).flat_map(|token| {
        (0..half).map(move |n| token as f64 / factor * base.powf(-2.0 * n as f64 / head_dim as f64))
    });
    let (sines, cosines): (Vec<f32>, Vec<f32>) =
        angles.map(|angle| (angle.sin() as f32, angle.cos() as f32)).unzip();
    let shape = (tokens, half);
    Ok((Tensor::from_vec(cosines, shape, device)?, Tensor::from_vec(sines, shape, device)?))
}

/// Attention over `x` `[batch, tokens, dim]`, before the output projection.
pub(super) fn attend(
    config: &Config,
    layer: &Layer<Gpu>,
    n: usize,
    x: &Tensor,
    places: &Places,
) -> Result<Tensor> {
    let Config { heads, kv_heads, head_dim, attention_scale, .. } = *config;
    let (batch, tokens, _) = x.dims3()?;
    let Kind { bias, rope } = places.of(config, n);
    let split = |x: Tensor, heads: usize| {
        x.reshape((batch, tokens, heads, head_dim))?.transpose(1, 2)?.contiguous()
    };
    let prepared = |product: &super::Linear, norm: Option<&super::Norm>, heads: usize| {
        let mut x = product.apply(x)?;
        let mut per_head = None;
        if let Some(norm) = norm {
            match norm.scale.dim(0)? == head_dim && heads > 1 {
                true => per_head = Some(norm),
                false => x = norm.apply(&x)?,
            }
        }
        let mut x = split(x, heads)?;
        if let Some(norm) = per_head {
            x = norm.apply(&x)?;
        }
        match rope {
            Some((cosines, sines)) => candle_nn::rotary_emb::rope(&x, cosines, sines),
            None => Ok(x),
        }
    };
    let query = prepared(&layer.query, layer.query_norm.as_ref(), heads)?;
    let query = (query * f64::from(attention_scale))?;
    let key = prepared(&layer.key, layer.key_norm.as_ref(), kv_heads)?;
    let value = split(layer.value.apply(x)?, kv_heads)?;
    let (key, value) = (shared(key, heads)?, shared(value, heads)?);
    let rows = rows_at_once(batch * heads, tokens);
    let mixed = mix(&query, &key, &value, bias.as_ref(), rows)?;
    mixed.transpose(1, 2)?.reshape((batch, tokens, heads * head_dim))
}

/// Mixes the values of all tokens by each token's scores, some rows of scores at a time; all shapes
/// are `[batch, heads, tokens, head_dim]`.
fn mix(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    bias: Option<&Tensor>,
    rows: usize,
) -> Result<Tensor> {
    let tokens = query.dim(2)?;
    let key = key.transpose(2, 3)?.contiguous()?;
    let of_rows = |first: usize| {
        let rows = rows.min(tokens - first);
        let mut scores = query.narrow(2, first, rows)?.contiguous()?.matmul(&key)?;
        if let Some(bias) = bias {
            scores = scores.broadcast_add(&bias.narrow(2, first, rows)?)?;
        }
        candle_nn::ops::softmax_last_dim(&scores)?.matmul(value)
    };
    let mixed = (0..tokens).step_by(rows).map(of_rows).collect::<Result<Vec<_>>>()?;
    Tensor::cat(&mixed, 2)
}

/// The number of tokens whose scores with all others are computed together.
fn rows_at_once(heads: usize, tokens: usize) -> usize {
    (SCORES / (heads * tokens)).clamp(1, tokens)
}

/// Repeats each key or value head for all its query heads.
fn shared(x: Tensor, heads: usize) -> Result<Tensor> {
    let (batch, kv_heads, tokens, head_dim) = x.dims4()?;
    if kv_heads == heads {
        return Ok(x);
    }
    x.unsqueeze(2)?
        .expand((batch, kv_heads, heads / kv_heads, tokens, head_dim))?
        .reshape((batch, heads, tokens, head_dim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_long_texts_take_no_more_room_than_is_meant_for_them() {
        assert_eq!(rows_at_once(12, 512), 512);
        assert_eq!(rows_at_once(28, 8192), 292);
        assert_eq!(rows_at_once(1 << 20, 8192), 1);
    }

    #[test]
    fn a_few_rows_at_a_time_mix_as_all_at_once() {
        let random = |shape| Tensor::randn(0f32, 1.0, shape, &Device::Cpu).unwrap();
        let [query, key, value] = [(); 3].map(|()| random((2, 4, 10, 8)));
        let bias = random((2, 1, 10, 10));
        for bias in [None, Some(&bias)] {
            let mixed = |rows| {
                let mixed = mix(&query, &key, &value, bias, rows).unwrap();
                mixed.flatten_all().unwrap().to_vec1::<f32>().unwrap()
            };
            let whole = mixed(10);
            for rows in [1, 3, 5, 9] {
                for (some, all) in mixed(rows).into_iter().zip(&whole) {
                    assert!((some - all).abs() < 1e-5, "{rows} rows: {some}, not {all}");
                }
            }
        }
    }
}
