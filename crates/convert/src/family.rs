//! The kind of model in a folder.

mod bert;
mod codesage;
mod codet5p;
mod nomic;
mod qwen;

use serde_json::Value;

use crate::Model;
use crate::config::Config;
use crate::error::{Cause, Result};
use crate::folder::Folder;
use crate::gguf::Metadata;
use crate::pooling::Pooling;
use crate::weights::Tensors;

#[derive(Clone, Copy)]
pub(crate) enum Family {
    Bert,
    /// BERT with a training head and, in StarEncoder, a byte-level tokenizer.
    BertForPreTraining,
    /// BERT whose positions start after the padding's id.
    Roberta,
    NomicBert,
    CodeT5p,
    CodeSage,
    Qwen2,
    Qwen3,
}

/// The family, by the class from which the weights were saved.
pub(crate) fn recognise(config: &Config) -> Result<Family> {
    let class = match config.get("architectures") {
        Some(Value::Array(classes)) => classes.first().and_then(Value::as_str),
        _ => None,
    };
    let model_type = config.text("model_type").unwrap_or_default();
    let family = match (class.unwrap_or_default(), model_type) {
        ("BertModel" | "BertForMaskedLM", _) => Family::Bert,
        ("BertForPreTraining", _) => Family::BertForPreTraining,
        ("RobertaModel" | "RobertaForMaskedLM" | "XLMRobertaModel", _) => Family::Roberta,
        ("NomicBertModel", _) => Family::NomicBert,
        ("Qwen2Model" | "Qwen2ForCausalLM", _) => Family::Qwen2,
        ("Qwen3Model" | "Qwen3ForCausalLM", _) => Family::Qwen3,
        (_, "codet5p_embedding") => Family::CodeT5p,
        // Case and ending vary between CodeSage's repositories.
        (class, kind) if class.starts_with("CodeSage") || kind.eq_ignore_ascii_case("codesage") => {
            Family::CodeSage
        }
        ("", "") => return Err(Cause::MissingKey("architectures".into()).at(&config.path)),
        ("", kind) => return Err(Cause::Architecture(format!("{kind:?}")).at(&config.path)),
        (class, _) => return Err(Cause::Architecture(format!("{class:?}")).at(&config.path)),
    };
    if config.get("quantization_config").is_some() {
        return Err(config.bad("quantization_config", "is set; name the original, unquantised"));
    }
    Ok(family)
}

impl Family {
    /// Checks everything except the weights' values.
    pub(crate) fn model(
        self,
        folder: &Folder,
        config: &Config,
        weights: &Tensors,
    ) -> Result<Model> {
        match self {
            Family::Bert => bert::model(folder, config, weights, bert::Kind::Plain),
            Family::BertForPreTraining => {
                bert::model(folder, config, weights, bert::Kind::PreTraining)
            }
            Family::Roberta => bert::model(folder, config, weights, bert::Kind::Roberta),
            Family::NomicBert => nomic::model(folder, config, weights),
            Family::CodeT5p => codet5p::model(folder, config, weights),
            Family::CodeSage => codesage::model(folder, config, weights),
            Family::Qwen2 => qwen::model(folder, config, weights, qwen::Kind::Qwen2),
            Family::Qwen3 => qwen::model(folder, config, weights, qwen::Kind::Qwen3),
        }
    }
}

/// The `ARCHITECTURE.*` keys.
struct Keys {
    architecture: &'static str,
    metadata: Metadata,
}

impl Keys {
    fn new(architecture: &'static str) -> Keys {
        Keys { architecture, metadata: Metadata::default() }
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.architecture)
    }

    fn number(&mut self, key: &str, value: u32) {
        self.metadata.number(self.key(key), value);
    }

    fn float(&mut self, key: &str, value: f32) {
        self.metadata.float(self.key(key), value);
    }

    fn pooling(&mut self, pooling: Pooling) {
        self.number("pooling_type", pooling as u32);
    }

    /// Every token sees every other.
    fn not_causal(&mut self) {
        self.metadata.flag(self.key("attention.causal"), false);
    }
}

/// The sizes in nearly every configuration.
struct Sizes {
    layers: u32,
    context: u32,
    dim: u32,
    inner: u32,
    heads: u32,
    vocabulary: u32,
}

impl Sizes {
    fn write(&self, keys: &mut Keys) {
        keys.number("block_count", self.layers);
        keys.number("context_length", self.context);
        keys.number("embedding_length", self.dim);
        keys.number("feed_forward_length", self.inner);
        keys.number("attention.head_count", self.heads);
    }
}
