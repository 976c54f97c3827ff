//! CodeSage v1 and v2: GPT-2 blocks with bidirectional attention. llama.cpp has no name for them,
//! so the architecture is called `codesage`, and its tensors are named like those of `gpt2`.

use serde_json::json;

use super::{Keys, Sizes};
use crate::Model;
use crate::config::Config;
use crate::error::Result;
use crate::folder::Folder;
use crate::plan::{Plan, Planned, head_width};
use crate::pooling::{self, Pooling};
use crate::tokenizer::{self, Wrap};
use crate::weights::Tensors;

pub(super) fn model(folder: &Folder, config: &Config, weights: &Tensors) -> Result<Model> {
    config.expect("position_embedding_type", &[json!("absolute")])?;
    let act = ["gelu_new", "gelu", "gelu_pytorch_tanh"];
    config.expect("activation_function", &act.map(|it| json!(it)))?;
    let dim = config.number(&["hidden_size", "n_embd"])?;
    let inner = config.number_if_any(&["intermediate_size", "n_inner"])?;
    let sizes = Sizes {
        layers: config.number(&["num_hidden_layers", "n_layer"])?,
        context: config.number(&["max_position_embeddings", "n_positions"])?,
        dim,
        inner: inner.unwrap_or(dim.saturating_mul(4)),
        heads: config.number(&["num_attention_heads", "n_head"])?,
        vocabulary: config.number(&["vocab_size"])?,
    };
    head_width(config, sizes.dim, sizes.heads)?;
    let tensors = tensors(weights, &sizes)?;

    let mut keys = Keys::new("codesage");
    sizes.write(&mut keys);
    let epsilon = config.float_or(&["layer_norm_epsilon", "layer_norm_eps"], 1e-5)?;
    keys.float("attention.layer_norm_epsilon", epsilon);
    keys.not_causal();
    keys.pooling(pooling::read(folder)?.unwrap_or(Pooling::Mean));
    let act = config.text("activation_function").unwrap_or(act[0]);
    keys.metadata.text(keys.key("hidden_act"), act);
    let mut metadata = keys.metadata;
    tokenizer::read(folder, config, sizes.vocabulary, Wrap::Ended)?.write(&mut metadata);
    Ok(Model { architecture: "codesage", metadata, tensors })
}

fn tensors(weights: &Tensors, sizes: &Sizes) -> Result<Vec<Planned>> {
    let mut plan = Plan::new(weights, |name| {
        let prefixes = ["transformer.", "model."];
        let name = prefixes.iter().find_map(|it| name.strip_prefix(it)).unwrap_or(name);
        // Masks saved by old checkpoints, and heads.
        let needless = name.ends_with(".attn.bias")
            || name.ends_with(".attn.masked_bias")
            || name.starts_with("lm_head.");
        (!needless).then(|| name.to_owned())
    })?;
    let (dim, inner) = (sizes.dim as usize, sizes.inner as usize);
    plan.take("wte.weight", "token_embd.weight", &[sizes.vocabulary as usize, dim])?;
    plan.take("wpe.weight", "position_embd.weight", &[sizes.context as usize, dim])?;
    for n in 0..sizes.layers {
        let from = |part: &str| format!("h.{n}.{part}");
        let to = |part: &str| format!("blk.{n}.{part}");
        plan.norm(&from("ln_1"), &to("attn_norm"), dim)?;
        plan.norm(&from("ln_2"), &to("ffn_norm"), dim)?;
        let matrices = [
            ("attn.c_attn", "attn_qkv", [3 * dim, dim]),
            ("attn.c_proj", "attn_output", [dim, dim]),
            ("mlp.c_fc", "ffn_up", [inner, dim]),
            ("mlp.c_proj", "ffn_down", [dim, inner]),
        ];
        for (part, name, shape) in matrices {
            // GPT-2's Conv1D has a row for each input; a linear layer has a row for each output.
            let (weight, bias) = (format!("{part}.weight"), format!("{part}.bias"));
            plan.take_transposed(&from(&weight), &format!("{}.weight", to(name)), shape)?;
            plan.take(&from(&bias), &format!("{}.bias", to(name)), &shape[..1])?;
        }
    }
    plan.norm("ln_f", "output_norm", dim)?;
    plan.finish()
}
