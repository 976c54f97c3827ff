//! How attention uses token positions.

use candle_core::quantized::gguf_file::Value;
use descry_encoder::{Pattern, Positions, Window};

use super::Architecture;
use crate::error::Cause;
use crate::gguf::Gguf;

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
