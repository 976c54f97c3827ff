//! Small models with random weights.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::quantized::gguf_file::{self, Value};
use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};

/// The keys and tensors of a future file.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) keys: BTreeMap<String, Value>,
    pub(crate) tensors: BTreeMap<String, Tensor>,
    pub(crate) types: BTreeMap<String, GgmlDType>,
}

pub(crate) const DIM: usize = 64;
pub(crate) const HEADS: usize = 4;
pub(crate) const INNER: usize = 96;
pub(crate) const LAYERS: usize = 3;
pub(crate) const CONTEXT: usize = 160;
/// [PAD] [UNK] [CLS] [SEP], letters that begin a word, letters inside a word.
pub(crate) const VOCABULARY: usize = 4 + 26 + 26;

impl Parts {
    pub(crate) fn write(&self, path: &Path) {
        let tensors: Vec<(&String, QTensor)> = self
            .tensors
            .iter()
            .map(|(name, tensor)| {
                let kind = self.types.get(name).copied().unwrap_or(GgmlDType::F32);
                (name, QTensor::quantize(tensor, kind).unwrap())
            })
            .collect();
        let tensors: Vec<(&str, &QTensor)> =
            tensors.iter().map(|(name, tensor)| (name.as_str(), tensor)).collect();
        let keys: Vec<(&str, &Value)> =
            self.keys.iter().map(|(key, value)| (key.as_str(), value)).collect();
        gguf_file::write(&mut std::fs::File::create(path).unwrap(), &keys, &tensors).unwrap();
    }

    pub(crate) fn key(&mut self, key: &str, value: Value) {
        self.keys.insert(key.into(), value);
    }

    fn random(&mut self, name: String, shape: &[usize], mean: f32, spread: f32) {
        let tensor = Tensor::randn(mean, spread, shape, &Device::Cpu).unwrap();
        self.tensors.insert(name, tensor);
    }
}

fn tokenizer() -> Parts {
    let mut parts =
        Parts { keys: BTreeMap::new(), tensors: BTreeMap::new(), types: BTreeMap::new() };
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(str::to_owned);
    let first = ('a'..='z').map(|letter| format!("\u{2581}{letter}"));
    let tokens = special.into_iter().chain(first).chain(('a'..='z').map(String::from));
    parts.key("tokenizer.ggml.model", Value::String("bert".into()));
    parts.key("tokenizer.ggml.tokens", Value::Array(tokens.map(Value::String).collect()));
    let kinds = (0..VOCABULARY).map(|id| Value::I32(if id < 4 { 3 } else { 1 }));
    parts.key("tokenizer.ggml.token_type", Value::Array(kinds.collect()));
    for (name, id) in [("unknown", 1), ("bos", 2), ("seperator", 3)] {
        parts.key(&format!("tokenizer.ggml.{name}_token_id"), Value::U32(id));
    }
    parts
}

/// A BERT of the usual small size.
pub(crate) fn bert() -> Parts {
    bert_of(DIM, INNER)
}

/// A BERT of another width.
pub(crate) fn bert_of(dim: usize, inner: usize) -> Parts {
    let mut parts = tokenizer();
    parts.key("general.architecture", Value::String("bert".into()));
    for (key, value) in [
        ("block_count", LAYERS),
        ("context_length", CONTEXT),
        ("embedding_length", dim),
        ("feed_forward_length", inner),
        ("attention.head_count", HEADS),
        ("pooling_type", 1),
    ] {
        parts.key(&format!("bert.{key}"), Value::U32(value as u32));
    }
    parts.key("bert.attention.layer_norm_epsilon", Value::F32(1e-12));
    parts.random("token_embd.weight".into(), &[VOCABULARY, dim], 0.0, 1.0);
    parts.random("position_embd.weight".into(), &[CONTEXT, dim], 0.0, 0.5);
    parts.random("token_types.weight".into(), &[2, dim], 0.0, 0.5);
    let norm = |parts: &mut Parts, name: String| {
        parts.random(format!("{name}.weight"), &[dim], 1.0, 0.2);
        parts.random(format!("{name}.bias"), &[dim], 0.0, 0.2);
    };
    norm(&mut parts, "token_embd_norm".into());
    for n in 0..LAYERS {
        for (name, rows, columns) in [
            ("attn_q", dim, dim),
            ("attn_k", dim, dim),
            ("attn_v", dim, dim),
            ("attn_output", dim, dim),
            ("ffn_up", inner, dim),
            ("ffn_down", dim, inner),
        ] {
            // Keeps products about as large as their operands, as in trained models.
            let spread = 1.0 / (columns as f32).sqrt();
            parts.random(format!("blk.{n}.{name}.weight"), &[rows, columns], 0.0, spread);
            parts.random(format!("blk.{n}.{name}.bias"), &[rows], 0.0, 0.2);
        }
        norm(&mut parts, format!("blk.{n}.attn_output_norm"));
        norm(&mut parts, format!("blk.{n}.layer_output_norm"));
    }
    parts
}

/// A static model with a table of width 32.
pub(crate) fn fixed() -> Parts {
    let mut parts = tokenizer();
    parts.key("general.architecture", Value::String("descry-static".into()));
    parts.key("descry-static.embedding_length", Value::U32(DIM as u32));
    parts.key("descry-static.table_length", Value::U32(32));
    parts.key("descry-static.teacher", Value::String("tiny".into()));
    parts.key("descry-static.teacher_sha256", Value::String("AB12".into()));
    parts.random("token_embd.weight".into(), &[VOCABULARY, 32], 0.0, 1.0);
    parts.random("token_weight".into(), &[VOCABULARY], 1.0, 0.1);
    parts.random("map.weight".into(), &[DIM, 32], 0.0, 0.3);
    parts.random("map.bias".into(), &[DIM], 0.0, 0.1);
    parts.types.insert("token_embd.weight".into(), GgmlDType::Q8_0);
    parts.types.insert("map.weight".into(), GgmlDType::F16);
    parts
}
