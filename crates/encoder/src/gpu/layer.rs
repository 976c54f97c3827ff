//! One encoder layer.

use candle_core::{D, Result, Tensor};

use super::attention::{self, Places};
use super::{Gpu, Linear};
use crate::config::{Activation, Config, NormPlacement};
use crate::weights::{FeedForward, Layer};

/// Takes `x` `[batch, tokens, dim]` through a layer.
pub(super) fn forward(
    config: &Config,
    layer: &Layer<Gpu>,
    n: usize,
    x: &Tensor,
    places: &Places,
) -> Result<Tensor> {
    let normed = normed(layer.before_attention.as_ref(), x)?;
    let attended = attention::attend(config, layer, n, &normed, places)?;
    let attended = layer.output.apply(&attended)?;
    let mut sum = add(config.norm_placement, layer.after_attention.as_ref(), x, attended)?;
    if let Some(again) = &layer.again {
        sum = again.apply(&(sum + x)?)?;
    }
    let normed = self::normed(layer.before_ffn.as_ref(), &sum)?;
    let ffn = feed_forward(config, &layer.feed_forward, &normed)?;
    add(config.norm_placement, layer.after_ffn.as_ref(), &sum, ffn)
}

fn normed(norm: Option<&super::Norm>, x: &Tensor) -> Result<Tensor> {
    norm.map_or_else(|| Ok(x.clone()), |norm| norm.apply(x))
}

/// x + y, with a norm of the sum, of y, or of neither.
fn add(
    norm_placement: NormPlacement,
    norm: Option<&super::Norm>,
    x: &Tensor,
    y: Tensor,
) -> Result<Tensor> {
    match norm_placement {
        NormPlacement::Pre => x + y,
        NormPlacement::Post => normed(norm, &(x + y)?),
        NormPlacement::Around => x + normed(norm, &y)?,
    }
}

fn feed_forward(config: &Config, ffn: &FeedForward<Gpu>, x: &Tensor) -> Result<Tensor> {
    match ffn {
        FeedForward::Dense { activation, gate: None, up, down } => {
            down.apply(&activate(*activation, &up.apply(x)?)?)
        }
        FeedForward::Dense { activation, gate: Some(gate), up, down } => {
            down.apply(&(activate(*activation, &gate.apply(x)?)? * up.apply(x)?)?)
        }
        FeedForward::Experts { activation, router, up, down } => {
            let used = config.experts.map_or(0, |experts| experts.used);
            experts(x, router, *activation, up, down, used)
        }
    }
}

/// Runs every token through every expert, with weight 0 for those not chosen: on a GPU this is
/// cheaper than sorting tokens.
fn experts(
    x: &Tensor,
    router: &Linear,
    activation: Activation,
    up: &[Linear],
    down: &[Linear],
    used: usize,
) -> Result<Tensor> {
    let weights = candle_nn::ops::softmax_last_dim(&router.apply(x)?.contiguous()?)?;
    let (descending, _) = weights.sort_last_dim(false)?;
    let least = descending.narrow(D::Minus1, used - 1, 1)?;
    let chosen = weights.broadcast_ge(&least)?.to_dtype(weights.dtype())?;
    let weights = (weights * chosen)?;
    let mut sum = x.zeros_like()?;
    for (expert, (up, down)) in up.iter().zip(down).enumerate() {
        let out = down.apply(&activate(activation, &up.apply(x)?)?)?;
        sum = (sum + out.broadcast_mul(&weights.narrow(D::Minus1, expert, 1)?)?)?;
    }
    Ok(sum)
}

fn activate(activation: Activation, x: &Tensor) -> Result<Tensor> {
    match activation {
        Activation::None => Ok(x.clone()),
        Activation::Gelu => x.gelu_erf(),
        Activation::GeluTanh => x.gelu(),
        Activation::Silu => x.silu(),
        Activation::Relu => x.relu(),
    }
}
