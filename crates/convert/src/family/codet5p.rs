//! The embedding encoder of CodeT5+. llama.cpp's `t5encoder` has neither its projection nor its
//! tokenizer; the projection is written as `dense_2`, EmbeddingGemma's name, with a bias.

use serde_json::json;

use super::Keys;
use crate::Model;
use crate::config::Config;
use crate::error::Result;
use crate::folder::Folder;
use crate::plan::{Plan, Planned};
use crate::pooling::Pooling;
use crate::tokenizer::{self, Wrap};
use crate::weights::Tensors;

struct Sizes {
    layers: usize,
    dim: usize,
    inner: usize,
    heads: usize,
    head: usize,
    buckets: usize,
    output: usize,
    vocabulary: usize,
}

pub(super) fn model(folder: &Folder, config: &Config, weights: &Tensors) -> Result<Model> {
    config.expect("feed_forward_proj", &[json!("relu")])?;
    config.expect("relative_attention_max_distance", &[json!(128)])?;
    let number = |key| config.number(&[key]);
    let (layers, dim, inner) = (number("num_layers")?, number("d_model")?, number("d_ff")?);
    let (heads, head) = (number("num_heads")?, number("d_kv")?);
    let vocabulary = number("vocab_size")?;
    let output = config.number_or(&["embed_dim"], 256)?;
    let buckets = config.number_or(&["relative_attention_num_buckets"], 32)?;
    let sizes = Sizes {
        layers: layers as usize,
        dim: dim as usize,
        inner: inner as usize,
        heads: heads as usize,
        head: head as usize,
        buckets: buckets as usize,
        output: output as usize,
        vocabulary: vocabulary as usize,
    };
    let tensors = tensors(weights, &sizes)?;

    let epsilon = config.float_or(&["layer_norm_epsilon"], 1e-6)?;
    let mut keys = Keys::new("t5encoder");
    keys.number("context_length", config.number_or(&["n_positions"], 512)?);
    keys.number("embedding_length", dim);
    keys.number("feed_forward_length", inner);
    keys.number("block_count", layers);
    keys.number("attention.head_count", heads);
    keys.number("attention.key_length", head);
    keys.number("attention.value_length", head);
    keys.number("attention.relative_buckets_count", buckets);
    keys.float("attention.layer_norm_rms_epsilon", epsilon);
    keys.not_causal();
    keys.number("dense_2_feat_in", dim);
    keys.number("dense_2_feat_out", output);
    // The model's own code projects the vector of the first token.
    keys.pooling(Pooling::First);
    let mut metadata = keys.metadata;
    let wrap = Wrap::Between { first: "<s>", last: "</s>" };
    tokenizer::read(folder, config, vocabulary, wrap)?.write(&mut metadata);
    Ok(Model { architecture: "t5encoder", metadata, tensors })
}

fn tensors(weights: &Tensors, sizes: &Sizes) -> Result<Vec<Planned>> {
    let (shared, copy) = ("shared.weight", "encoder.embed_tokens.weight");
    // The token table has two names; either or both may exist.
    let both = weights.get(shared).is_some();
    let mut plan = Plan::new(weights, |name| match name {
        _ if name == copy => (!both).then(|| shared.to_owned()),
        _ => Some(name.to_owned()),
    })?;
    let &Sizes { dim, inner, heads, head, .. } = sizes;
    plan.take(shared, "token_embd.weight", &[sizes.vocabulary, dim])?;
    for n in 0..sizes.layers {
        let attention = |part: &str| format!("encoder.block.{n}.layer.0.{part}.weight");
        let forward = |part: &str| format!("encoder.block.{n}.layer.1.{part}.weight");
        let to = |part: &str| format!("enc.blk.{n}.{part}.weight");
        plan.take(&attention("layer_norm"), &to("attn_norm"), &[dim])?;
        for part in ["q", "k", "v"] {
            let from = attention(&format!("SelfAttention.{part}"));
            plan.take(&from, &to(&format!("attn_{part}")), &[heads * head, dim])?;
        }
        plan.take(&attention("SelfAttention.o"), &to("attn_o"), &[dim, heads * head])?;
        if n == 0 {
            // All layers share the bias of the first.
            let from = attention("SelfAttention.relative_attention_bias");
            plan.take(&from, &to("attn_rel_b"), &[sizes.buckets, heads])?;
        }
        plan.take(&forward("layer_norm"), &to("ffn_norm"), &[dim])?;
        plan.take(&forward("DenseReluDense.wi"), &to("ffn_up"), &[inner, dim])?;
        plan.take(&forward("DenseReluDense.wo"), &to("ffn_down"), &[dim, inner])?;
    }
    plan.take("encoder.final_layer_norm.weight", "enc.output_norm.weight", &[dim])?;
    plan.linear("proj", "dense_2", [sizes.output, dim])?;
    plan.finish()
}
