//! Embedding models based on Qwen2 and Qwen3, as llama.cpp's architectures of these names.

use serde_json::json;

use super::{Keys, Sizes};
use crate::Model;
use crate::config::Config;
use crate::error::{Cause, Result};
use crate::folder::Folder;
use crate::plan::{Plan, Planned, head_width};
use crate::pooling;
use crate::tokenizer::{self, Wrap};
use crate::weights::Tensors;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Qwen2,
    Qwen3,
}

pub(super) fn model(
    folder: &Folder,
    config: &Config,
    weights: &Tensors,
    kind: Kind,
) -> Result<Model> {
    config.expect("hidden_act", &[json!("silu")])?;
    config.expect("use_sliding_window", &[json!(false)])?;
    // Since transformers 5, this also contains the RoPE base.
    let rope = config.get("rope_parameters").or(config.get("rope_scaling"));
    let scaling = rope.and_then(|it| it.get("rope_type").or(it.get("type")));
    if let Some(scaling) = scaling.filter(|it| **it != json!("default")) {
        return Err(config.bad("rope_scaling", format!("is {scaling}, which is not supported")));
    }
    let base = rope.and_then(|it| it.get("rope_theta")).and_then(|it| it.as_f64());
    let base = match base {
        Some(base) if base.is_finite() && base > 0.0 => base as f32,
        _ => config.float_or(&["rope_theta"], 10000.0)?,
    };
    let sizes = Sizes {
        layers: config.number(&["num_hidden_layers"])?,
        context: config.number(&["max_position_embeddings"])?,
        dim: config.number(&["hidden_size"])?,
        inner: config.number(&["intermediate_size"])?,
        heads: config.number(&["num_attention_heads"])?,
        vocabulary: config.number(&["vocab_size"])?,
    };
    let of_keys = config.number_or(&["num_key_value_heads"], sizes.heads)?;
    let stated = config.number_if_any(&["head_dim"])?;
    let head = match stated {
        Some(width) => width,
        None => head_width(config, sizes.dim, sizes.heads)?,
    };
    let tensors = tensors(weights, &sizes, of_keys, head, kind)?;
    // Without pooling, this is a text generation model.
    let list = folder.file("modules.json");
    let pooling = pooling::read(folder)?.ok_or_else(|| Cause::Missing.at(&list))?;

    let architecture = match kind {
        Kind::Qwen2 => "qwen2",
        Kind::Qwen3 => "qwen3",
    };
    let mut keys = Keys::new(architecture);
    sizes.write(&mut keys);
    keys.number("attention.head_count_kv", of_keys);
    keys.float("rope.freq_base", base);
    keys.float("attention.layer_norm_rms_epsilon", config.float_or(&["rms_norm_eps"], 1e-6)?);
    if let Some(width) = stated {
        keys.number("attention.key_length", width);
        keys.number("attention.value_length", width);
    }
    keys.pooling(pooling);
    let mut metadata = keys.metadata;
    tokenizer::read(folder, config, sizes.vocabulary, Wrap::AsTokenizerSays)?.write(&mut metadata);
    Ok(Model { architecture, metadata, tensors })
}

fn tensors(
    weights: &Tensors,
    sizes: &Sizes,
    of_keys: u32,
    head: u32,
    kind: Kind,
) -> Result<Vec<Planned>> {
    let mut plan = Plan::new(weights, |name| {
        let name = name.strip_prefix("model.").unwrap_or(name);
        // The language model head is most of the difference in size, and no vector needs it.
        let needless = name.starts_with("lm_head.") || name.ends_with(".rotary_emb.inv_freq");
        (!needless).then(|| name.to_owned())
    })?;
    let (dim, inner, head) = (sizes.dim as usize, sizes.inner as usize, head as usize);
    let (query, key) = (sizes.heads as usize * head, of_keys as usize * head);
    let rows = sizes.vocabulary as usize;
    plan.take("embed_tokens.weight", "token_embd.weight", &[rows, dim])?;
    for n in 0..sizes.layers {
        let from = |part: &str| format!("layers.{n}.{part}.weight");
        let to = |part: &str| format!("blk.{n}.{part}.weight");
        plan.take(&from("input_layernorm"), &to("attn_norm"), &[dim])?;
        for (part, name, rows) in
            [("q_proj", "attn_q", query), ("k_proj", "attn_k", key), ("v_proj", "attn_v", key)]
        {
            plan.take(&from(&format!("self_attn.{part}")), &to(name), &[rows, dim])?;
            let bias = format!("layers.{n}.self_attn.{part}.bias");
            if kind == Kind::Qwen2 || plan.has(&bias) {
                plan.take(&bias, &format!("blk.{n}.{name}.bias"), &[rows])?;
            }
        }
        plan.take(&from("self_attn.o_proj"), &to("attn_output"), &[dim, query])?;
        if kind == Kind::Qwen3 {
            plan.take(&from("self_attn.q_norm"), &to("attn_q_norm"), &[head])?;
            plan.take(&from("self_attn.k_norm"), &to("attn_k_norm"), &[head])?;
        }
        plan.take(&from("post_attention_layernorm"), &to("ffn_norm"), &[dim])?;
        plan.take(&from("mlp.gate_proj"), &to("ffn_gate"), &[inner, dim])?;
        plan.take(&from("mlp.up_proj"), &to("ffn_up"), &[inner, dim])?;
        plan.take(&from("mlp.down_proj"), &to("ffn_down"), &[dim, inner])?;
    }
    plan.take("norm.weight", "output_norm.weight", &[dim])?;
    plan.finish()
}
