//! Nomic's BERT with RoPE (nomic-embed-text v1 and v1.5, CodeRankEmbed), as llama.cpp's
//! architecture `nomic-bert`.

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

/// Rejects settings that this architecture's graph does not support.
fn check(config: &Config) -> Result<()> {
    if config.get("moe_every_n_layers").is_some_and(|it| *it != json!(0)) {
        return Err(Cause::Architecture("\"NomicBertModel\" with experts".into()).at(&config.path));
    }
    config.expect("activation_function", &[json!("swiglu")])?;
    let no = ["causal", "qkv_proj_bias", "mlp_fc1_bias", "mlp_fc2_bias", "prenorm"];
    for key in no.into_iter().chain(["rotary_emb_interleaved", "parallel_block", "use_rms_norm"]) {
        config.expect(key, &[json!(false)])?;
    }
    config.expect("rotary_emb_fraction", &[json!(1.0), json!(1)])?;
    match config.get("rotary_emb_scale_base") {
        None => Ok(()),
        Some(value) => Err(config.bad("rotary_emb_scale_base", format!("is {value}, not null"))),
    }
}

pub(super) fn model(folder: &Folder, config: &Config, weights: &Tensors) -> Result<Model> {
    check(config)?;
    let positions = config.number(&["n_positions", "max_position_embeddings"])?;
    let sizes = Sizes {
        layers: config.number(&["n_layer", "num_hidden_layers"])?,
        // Longer contexts than in training need another RoPE scale, which the file does not
        // contain.
        context: positions.min(config.number_or(&["max_trained_positions"], 2048)?),
        dim: config.number(&["n_embd", "hidden_size"])?,
        inner: config.number(&["n_inner", "intermediate_size"])?,
        heads: config.number(&["n_head", "num_attention_heads"])?,
        vocabulary: config.number(&["vocab_size"])?,
    };
    let head = head_width(config, sizes.dim, sizes.heads)?;
    let stated = config.number_if_any(&["head_dim"])?;
    if let Some(other) = stated.filter(|&it| it != head) {
        return Err(config.bad("head_dim", format!("is {other}, but a head's share is {head}")));
    }
    let types = config.number_or(&["type_vocab_size"], 2)?;
    let tensors = tensors(weights, &sizes, types)?;

    let mut keys = Keys::new("nomic-bert");
    sizes.write(&mut keys);
    keys.float("rope.freq_base", config.float_or(&["rotary_emb_base", "rope_theta"], 1000.0)?);
    let epsilon = config.float_or(&["layer_norm_epsilon", "layer_norm_eps"], 1e-12)?;
    keys.float("attention.layer_norm_epsilon", epsilon);
    if stated.is_some() {
        keys.number("attention.key_length", head);
        keys.number("attention.value_length", head);
    }
    keys.not_causal();
    if let Some(pooling) = pooling::read(folder)? {
        keys.pooling(pooling);
    }
    let mut metadata = keys.metadata;
    let tokens = tokenizer::read(folder, config, sizes.vocabulary, Wrap::AsTokenizerSays)?;
    metadata.number("tokenizer.ggml.token_type_count", types);
    tokens.write(&mut metadata);
    Ok(Model { architecture: "nomic-bert", metadata, tensors })
}

fn tensors(weights: &Tensors, sizes: &Sizes, types: u32) -> Result<Vec<Planned>> {
    let mut plan = Plan::new(weights, |name| {
        let name = name.strip_prefix("bert.").unwrap_or(name);
        let needless = name.starts_with("pooler.")
            || name.starts_with("cls.")
            || name.ends_with(".rotary_emb.inv_freq");
        (!needless).then(|| name.to_owned())
    })?;
    let (dim, inner) = (sizes.dim as usize, sizes.inner as usize);
    let rows = [sizes.vocabulary as usize, dim];
    plan.take("embeddings.word_embeddings.weight", "token_embd.weight", &rows)?;
    let types = [types as usize, dim];
    plan.take("embeddings.token_type_embeddings.weight", "token_types.weight", &types)?;
    plan.norm("emb_ln", "token_embd_norm", dim)?;
    for n in 0..sizes.layers {
        let matrices = [
            ("attn.Wqkv", "attn_qkv", [3 * dim, dim]),
            ("attn.out_proj", "attn_output", [dim, dim]),
            ("mlp.fc11", "ffn_up", [inner, dim]),
            ("mlp.fc12", "ffn_gate", [inner, dim]),
            ("mlp.fc2", "ffn_down", [dim, inner]),
        ];
        for (from, to, shape) in matrices {
            let from = format!("encoder.layers.{n}.{from}.weight");
            plan.take(&from, &format!("blk.{n}.{to}.weight"), &shape)?;
        }
        for (from, to) in [("norm1", "attn_output_norm"), ("norm2", "layer_output_norm")] {
            plan.norm(&format!("encoder.layers.{n}.{from}"), &format!("blk.{n}.{to}"), dim)?;
        }
    }
    plan.finish()
}
