//! The configuration of an encoder, read from a file's keys: what architectures differ in becomes
//! data. `descry-encoder` does not know architectures by name.

mod attention;

use descry_encoder::{Activation, Config, Experts, NormKind, NormPlacement, Pooling};

use crate::error::Cause;
use crate::gguf::Gguf;

/// The supported architectures, as in `general.architecture`. All but `codesage`, which `descry
/// model convert` writes, are llama.cpp's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Architecture {
    Bert,
    NomicBert,
    NomicBertMoe,
    JinaBertV2,
    ModernBert,
    Qwen2,
    Qwen3,
    GemmaEmbedding,
    T5Encoder,
    CodeSage,
}

/// What a file says about its encoder.
#[derive(Clone, Debug)]
pub(crate) struct ModelConfig {
    pub(crate) architecture: Architecture,
    pub(crate) encoder: Config,
    /// The pooling that the file specifies, if any.
    pub(crate) pooling: Option<Pooling>,
}

impl Architecture {
    const ALL: [(&'static str, Architecture); 10] = [
        ("bert", Architecture::Bert),
        ("nomic-bert", Architecture::NomicBert),
        ("nomic-bert-moe", Architecture::NomicBertMoe),
        ("jina-bert-v2", Architecture::JinaBertV2),
        ("modern-bert", Architecture::ModernBert),
        ("qwen2", Architecture::Qwen2),
        ("qwen3", Architecture::Qwen3),
        ("gemma-embedding", Architecture::GemmaEmbedding),
        ("t5encoder", Architecture::T5Encoder),
        ("codesage", Architecture::CodeSage),
    ];

    fn of(gguf: &Gguf) -> Result<Architecture, Cause> {
        let found = gguf.text("general.architecture")?;
        let known = Architecture::ALL.iter().find(|(name, _)| *name == found);
        known.map(|(_, architecture)| *architecture).ok_or_else(|| Cause::Architecture {
            found: found.to_owned(),
            supported: Architecture::ALL.map(|(name, _)| name).join(", "),
        })
    }

    /// The name in `general.architecture`, which also prefixes the architecture's keys.
    pub(crate) fn name(self) -> &'static str {
        let known = Architecture::ALL.iter().find(|(_, architecture)| *architecture == self);
        known.map_or("", |(name, _)| name)
    }

    fn norm_placement(self) -> NormPlacement {
        match self {
            Architecture::Bert
            | Architecture::NomicBert
            | Architecture::NomicBertMoe
            | Architecture::JinaBertV2 => NormPlacement::Post,
            Architecture::GemmaEmbedding => NormPlacement::Around,
            _ => NormPlacement::Pre,
        }
    }

    fn norm(self) -> NormKind {
        match self {
            Architecture::Qwen2
            | Architecture::Qwen3
            | Architecture::GemmaEmbedding
            | Architecture::T5Encoder => NormKind::Rms,
            _ => NormKind::Layer,
        }
    }

    /// The architecture's activation, unless the file names another.
    fn activation(self) -> Activation {
        match self {
            Architecture::NomicBert | Architecture::Qwen2 | Architecture::Qwen3 => Activation::Silu,
            Architecture::GemmaEmbedding | Architecture::CodeSage => Activation::GeluTanh,
            // With a gate, T5 uses GELU: see `layers`.
            Architecture::T5Encoder => Activation::Relu,
            _ => Activation::Gelu,
        }
    }
}

impl ModelConfig {
    /// Reads the configuration from the keys and validates it.
    pub(crate) fn read(gguf: &Gguf) -> Result<ModelConfig, Cause> {
        let architecture = Architecture::of(gguf)?;
        let key = |name: &str| format!("{}.{name}", architecture.name());
        let dim = gguf.positive(&key("embedding_length"))?;
        let ffn = gguf.positive(&key("feed_forward_length"))?;
        let layers = gguf.positive(&key("block_count"))?;
        let context = gguf.positive(&key("context_length"))?;
        if context < 3 {
            return Err(gguf.bad(&key("context_length"), "leaves no room for text"));
        }
        let (heads, kv_heads, head_dim) = attention::heads(gguf, &key, dim)?;
        if !dim.is_multiple_of(8) || !ffn.is_multiple_of(8) {
            let reason = format!("is {dim}, with {ffn} within; only multiples of 8 are supported");
            return Err(gguf.bad(&key("embedding_length"), reason));
        }
        let norm = architecture.norm();
        let epsilon = gguf.float(&key(match norm {
            NormKind::Layer => "attention.layer_norm_epsilon",
            NormKind::Rms => "attention.layer_norm_rms_epsilon",
        }))?;
        let is = |one| architecture == one;
        let encoder = Config {
            dim,
            ffn,
            layers,
            heads,
            kv_heads,
            head_dim,
            context,
            norm,
            epsilon,
            norm_placement: architecture.norm_placement(),
            activation: activation(gguf, &key, architecture)?,
            embedding_scale: if is(Architecture::GemmaEmbedding) {
                (dim as f32).sqrt()
            } else {
                1.0
            },
            // T5 was trained without a scale (Raffel et al. 2020 fold it into the weights).
            attention_scale: match architecture {
                Architecture::T5Encoder => 1.0,
                _ => 1.0 / (head_dim as f32).sqrt(),
            },
            positions: attention::positions(gguf, &key, architecture, head_dim)?,
            // llama.cpp's converter omits `attention.causal` for some encoders that are not causal
            // (t5encoder, gemma-embedding), so the key is not read.
            causal: is(Architecture::Qwen2) || is(Architecture::Qwen3),
            window: attention::window(gguf, &key, architecture)?,
            experts: experts(gguf, &key, architecture)?,
        };
        let pooling = pooling(gguf, &key("pooling_type"))?;
        Ok(ModelConfig { architecture, encoder, pooling })
    }
}

fn activation(
    gguf: &Gguf,
    key: &impl Fn(&str) -> String,
    architecture: Architecture,
) -> Result<Activation, Cause> {
    let key = [key("hidden_act"), key("hidden_activation")];
    let key = &key[usize::from(gguf.get(&key[0]).is_none())];
    match gguf.get(key).map(|_| gguf.text(key)).transpose()? {
        None => Ok(architecture.activation()),
        Some("gelu") => Ok(Activation::Gelu),
        Some("gelu_new" | "gelu_pytorch_tanh" | "gelu_fast") => Ok(Activation::GeluTanh),
        Some("silu" | "swish") => Ok(Activation::Silu),
        Some("relu") => Ok(Activation::Relu),
        Some(other) => Err(gguf.bad(key, format!("is {other:?}, which is not supported"))),
    }
}

fn experts(
    gguf: &Gguf,
    key: &impl Fn(&str) -> String,
    architecture: Architecture,
) -> Result<Option<Experts>, Cause> {
    if architecture != Architecture::NomicBertMoe {
        return Ok(None);
    }
    let every = gguf.positive(&key("moe_every_n_layers"))?;
    let count = gguf.positive(&key("expert_count"))?;
    let used = gguf.positive(&key("expert_used_count"))?;
    if used > count || !count.is_multiple_of(8) || count > 256 {
        let reason = format!("is {count}, of which {used} are used, which is not supported");
        return Err(gguf.bad(&key("expert_count"), reason));
    }
    Ok(Some(Experts { every, count, used }))
}

/// Numbers from llama.cpp's `enum llama_pooling_type`.
fn pooling(gguf: &Gguf, key: &str) -> Result<Option<Pooling>, Cause> {
    if gguf.get(key).is_none() {
        return Ok(None);
    }
    match gguf.number(key)? {
        0 => Ok(None),
        1 => Ok(Some(Pooling::Mean)),
        2 => Ok(Some(Pooling::First)),
        3 => Ok(Some(Pooling::Last)),
        4 => Err(gguf.bad(key, "is 4: it ranks pairs of texts and makes no vectors")),
        other => {
            let known = "only 1 (mean), 2 (first token) and 3 (last token) are known";
            Err(gguf.bad(key, format!("is {other}; {known}")))
        }
    }
}
