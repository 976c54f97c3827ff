//! Compares our encoder with candle-transformers' BERT on the same weights.

use std::collections::HashMap;

use candle_core::quantized::gguf_file::Value;
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use candle_transformers::models::bert::{BertModel, Config};
use descry_embed::Input;
use descry_embed_gguf::{LoadOptions, load};

use crate::tiny::{DIM, HEADS, INNER, LAYERS, Parts, VOCABULARY, bert};

/// The same weights under Hugging Face's names.
fn oracle(parts: &Parts) -> BertModel {
    let config = serde_json::json!({
        "vocab_size": VOCABULARY, "hidden_size": DIM, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "intermediate_size": INNER, "hidden_act": "gelu",
        "hidden_dropout_prob": 0.0, "max_position_embeddings": crate::tiny::CONTEXT,
        "type_vocab_size": 2, "initializer_range": 0.02, "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
    });
    let config: Config = serde_json::from_value(config).unwrap();
    let tensors: HashMap<String, Tensor> = parts
        .tensors
        .iter()
        .map(|(name, tensor)| {
            let name = name
                .replace("blk.", "encoder.layer.")
                .replace("attn_output_norm", "attention.output.LayerNorm")
                .replace("layer_output_norm", "output.LayerNorm")
                .replace("attn_output", "attention.output.dense")
                .replace("attn_q", "attention.self.query")
                .replace("attn_k", "attention.self.key")
                .replace("attn_v", "attention.self.value")
                .replace("ffn_up", "intermediate.dense")
                .replace("ffn_down", "output.dense")
                .replace("token_embd_norm", "embeddings.LayerNorm")
                .replace("token_embd", "embeddings.word_embeddings")
                .replace("position_embd", "embeddings.position_embeddings")
                .replace("token_types", "embeddings.token_type_embeddings");
            (name, tensor.clone())
        })
        .collect();
    let weights = VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu);
    BertModel::load(weights, &config).unwrap()
}

/// Lengths around every boundary of a vector and of a panel, and more than fits.
fn texts() -> Vec<String> {
    [0, 1, 2, 5, 6, 7, 13, 14, 15, 30, 45, 46, 47, 48, 62, 95, 130, 158, 300]
        .iter()
        .map(|&len| (0..len).map(|n| char::from(b'a' + (n * 7 % 26) as u8)).collect())
        .collect()
}

/// Loads `parts` and compares every text, alone and in a batch, with the oracle's hidden states
/// pooled by `pool`.
fn check(parts: &Parts, oracle: &BertModel, threads: usize, pool: impl Fn(&Tensor) -> Tensor) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    parts.write(&path);
    let options = LoadOptions { threads: threads.try_into().ok(), ..LoadOptions::default() };
    let mut model = load(&path, &options).unwrap();
    assert_eq!(model.info().name, "tiny");
    let texts = texts();
    let inputs: Vec<Input<'_>> = texts.iter().map(|text| Input::Document(text)).collect();
    let batch = model.embed(&inputs).unwrap();
    for (&input, in_batch) in inputs.iter().zip(&batch) {
        let ids = model.tokens(input).unwrap();
        let ids = Tensor::new(&ids[..], &Device::Cpu).unwrap().unsqueeze(0).unwrap();
        let hidden = oracle.forward(&ids, &ids.zeros_like().unwrap(), None).unwrap();
        let pooled: Vec<f32> = pool(&hidden.squeeze(0).unwrap()).to_vec1().unwrap();
        let norm = pooled.iter().map(|x| x * x).sum::<f32>().sqrt();
        let alone = model.embed(&[input]).unwrap().remove(0);
        for ((ours, batched), oracle) in alone.iter().zip(in_batch).zip(pooled) {
            assert!((ours - oracle / norm).abs() < 2e-6, "{ours} {} {input:?}", oracle / norm);
            assert!((ours - batched).abs() < 2e-6, "{ours} {batched} {input:?}");
        }
    }
}

#[test]
fn the_encoder_agrees_with_candle_transformers() {
    let parts = bert();
    let oracle = oracle(&parts);
    let mean = |hidden: &Tensor| hidden.mean(0).unwrap();
    for threads in [1, 2, 5] {
        check(&parts, &oracle, threads, mean);
    }

    let mut first = parts.clone();
    first.key("bert.pooling_type", Value::U32(2));
    check(&first, &oracle, 2, |hidden| hidden.get(0).unwrap());

    let mut fused = parts.clone();
    for n in 0..LAYERS {
        for kind in ["weight", "bias"] {
            let parts = ["q", "k", "v"]
                .map(|part| fused.tensors.remove(&format!("blk.{n}.attn_{part}.{kind}")).unwrap());
            let qkv = Tensor::cat(&parts, 0).unwrap();
            fused.tensors.insert(format!("blk.{n}.attn_qkv.{kind}"), qkv);
        }
    }
    check(&fused, &oracle, 2, mean);
}
