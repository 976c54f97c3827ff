//! BERT and RoBERTa, as llama.cpp's architecture `bert`.

use serde_json::json;

use super::{Keys, Sizes};
use crate::Model;
use crate::config::Config;
use crate::error::Result;
use crate::folder::Folder;
use crate::plan::{Plan, head_width};
use crate::pooling::{self, Pooling};
use crate::tokenizer::{self, Wrap};
use crate::weights::Tensors;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    PreTraining,
    Roberta,
}

pub(super) fn model(
    folder: &Folder,
    config: &Config,
    weights: &Tensors,
    kind: Kind,
) -> Result<Model> {
    // The exact GELU and its tanh approximation differ by less than any quantisation.
    config.expect("hidden_act", &[json!("gelu"), json!("gelu_new"), json!("gelu_pytorch_tanh")])?;
    config.expect("position_embedding_type", &[json!("absolute")])?;
    let positions = config.number(&["max_position_embeddings"])?;
    // RoBERTa gives the first token the position after the padding's id.
    let unused = match kind {
        Kind::Roberta => config.id("pad_token_id")?.unwrap_or(1).saturating_add(1),
        _ => 0,
    };
    let Some(context) = positions.checked_sub(unused).filter(|&it| it > 0) else {
        let reason = format!("is {positions}, and the first {unused} are not used");
        return Err(config.bad("max_position_embeddings", reason));
    };
    let sizes = Sizes {
        layers: config.number(&["num_hidden_layers"])?,
        context,
        dim: config.number(&["hidden_size"])?,
        inner: config.number(&["intermediate_size"])?,
        heads: config.number(&["num_attention_heads"])?,
        vocabulary: config.number(&["vocab_size"])?,
    };
    head_width(config, sizes.dim, sizes.heads)?;
    let types = config.number_or(&["type_vocab_size"], 2)?;
    let tensors = tensors(weights, &sizes, unused, types)?;

    let mut keys = Keys::new("bert");
    sizes.write(&mut keys);
    keys.float("attention.layer_norm_epsilon", config.float_or(&["layer_norm_eps"], 1e-12)?);
    keys.not_causal();
    let pooling = pooling::read(folder)?;
    // StarEncoder was trained on masked tokens and names no pooling (its authors' program takes the
    // last token); for such a model the mean is the safe choice.
    let default = (kind == Kind::PreTraining).then_some(Pooling::Mean);
    if let Some(pooling) = pooling.or(default) {
        keys.pooling(pooling);
    }
    let mut metadata = keys.metadata;
    let wrap = match kind {
        Kind::Plain | Kind::Roberta => Wrap::AsTokenizerSays,
        Kind::PreTraining => Wrap::LikeStarEncoder,
    };
    let tokens = tokenizer::read(folder, config, sizes.vocabulary, wrap)?;
    metadata.number("tokenizer.ggml.token_type_count", types);
    tokens.write(&mut metadata);
    Ok(Model { architecture: "bert", metadata, tensors })
}

fn tensors(
    weights: &Tensors,
    sizes: &Sizes,
    unused: u32,
    types: u32,
) -> Result<Vec<crate::plan::Planned>> {
    let mut plan = Plan::new(weights, known)?;
    let (dim, inner) = (sizes.dim as usize, sizes.inner as usize);
    let rows = sizes.vocabulary as usize;
    plan.take("embeddings.word_embeddings.weight", "token_embd.weight", &[rows, dim])?;
    let (positions, context) = ("embeddings.position_embeddings.weight", sizes.context as usize);
    plan.take_below(positions, "position_embd.weight", unused as usize, context, dim)?;
    let types = [types as usize, dim];
    plan.take("embeddings.token_type_embeddings.weight", "token_types.weight", &types)?;
    plan.norm("embeddings.LayerNorm", "token_embd_norm", dim)?;
    for n in 0..sizes.layers {
        let from = |part: &str| format!("encoder.layer.{n}.{part}");
        let to = |part: &str| format!("blk.{n}.{part}");
        for (part, name) in [("query", "attn_q"), ("key", "attn_k"), ("value", "attn_v")] {
            plan.linear(&from(&format!("attention.self.{part}")), &to(name), [dim, dim])?;
        }
        plan.linear(&from("attention.output.dense"), &to("attn_output"), [dim, dim])?;
        plan.norm(&from("attention.output.LayerNorm"), &to("attn_output_norm"), dim)?;
        plan.linear(&from("intermediate.dense"), &to("ffn_up"), [inner, dim])?;
        plan.linear(&from("output.dense"), &to("ffn_down"), [dim, inner])?;
        plan.norm(&from("output.LayerNorm"), &to("layer_output_norm"), dim)?;
    }
    plan.finish()
}

/// The name without the prefix of a model with a head, and with the current names of a norm's
/// parts.
fn known(name: &str) -> Option<String> {
    let name = name.strip_prefix("bert.").or_else(|| name.strip_prefix("roberta.")).unwrap_or(name);
    let buffers = ["embeddings.position_ids", "embeddings.token_type_ids"];
    // Heads for masked tokens and next-sentence prediction.
    let heads = ["pooler.", "cls.predictions.", "cls.seq_relationship.", "lm_head."];
    if buffers.contains(&name) || heads.iter().any(|it| name.starts_with(it)) {
        return None;
    }
    let name = name.strip_suffix(".gamma").map(|it| format!("{it}.weight")).unwrap_or(name.into());
    Some(name.strip_suffix(".beta").map(|it| format!("{it}.bias")).unwrap_or(name))
}
