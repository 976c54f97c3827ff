//! Loads the weights of an encoder, whatever its architecture calls them.

use descry_encoder::{
    Activation, Backend, Config, Distance, FeedForward, Layer, Matrix, NormKind, NormPlacement,
    Positions, Table, Weights,
};

use crate::dense::Dense;
use crate::error::Cause;
use crate::gguf::Gguf;
use crate::model_config::{Architecture, ModelConfig};

/// Loads one matrix after the other into the backend, without keeping the file's bytes.
pub(crate) fn load<P: Backend>(
    gguf: &mut Gguf,
    config: ModelConfig,
    vocabulary: usize,
    backend: &P,
) -> Result<Weights<P>, Cause> {
    let ModelConfig { architecture, encoder: config, .. } = config;
    let dim = config.dim;
    let tokens = Table::from(gguf.matrix("token_embd.weight", vocabulary, dim)?);
    let positions = positions(gguf, &config)?;
    let mut reader = Reader { gguf, architecture, config: &config, backend };
    let embedding_norm = match config.norm_placement {
        NormPlacement::Post => Some(reader.norm("token_embd_norm", dim)?),
        _ if architecture == Architecture::ModernBert => Some(reader.norm("token_embd_norm", dim)?),
        _ => None,
    };
    let distance = reader.distance()?;
    let layers = (0..config.layers).map(|n| reader.layer(n)).collect::<Result<_, _>>()?;
    let final_norm = match (config.norm_placement, architecture) {
        (NormPlacement::Post, _) => None,
        (_, Architecture::T5Encoder) => Some(reader.norm("enc.output_norm", dim)?),
        _ => Some(reader.norm("output_norm", dim)?),
    };
    Ok(Weights { config, tokens, positions, embedding_norm, distance, layers, final_norm })
}

/// The dense layers after pooling, in order.
pub(crate) fn dense(gguf: &mut Gguf, config: &ModelConfig) -> Result<Vec<Dense>, Cause> {
    let mut dense: Vec<Dense> = Vec::new();
    for name in ["dense_2", "dense_3"] {
        if gguf.has_tensor(&format!("{name}.weight")) {
            let columns = dense.last().map_or(config.encoder.dim, Dense::rows);
            dense.push(Dense::load(gguf, name, columns)?);
        } else if config.architecture == Architecture::GemmaEmbedding {
            // Without these layers the vectors would be wrong.
            return Err(Cause::NoDense);
        }
    }
    Ok(dense)
}

/// The position vectors, plus the token type vector, as every token of a single text has type 0.
fn positions(gguf: &mut Gguf, config: &Config) -> Result<Vec<f32>, Cause> {
    let dim = config.dim;
    let mut positions = match config.positions {
        Positions::Learned => gguf.weights("position_embd.weight", &[config.context, dim])?,
        _ => Vec::new(),
    };
    let types = "token_types.weight";
    if gguf.has_tensor(types) {
        let count = gguf.shape(types)?[0];
        let types = gguf.weights(types, &[count, dim])?;
        if positions.is_empty() {
            return Ok(types[..dim].to_vec());
        }
        for position in positions.chunks_exact_mut(dim) {
            position.iter_mut().zip(&types).for_each(|(x, add)| *x += add);
        }
    }
    Ok(positions)
}

struct Reader<'a, P: Backend> {
    gguf: &'a mut Gguf,
    architecture: Architecture,
    config: &'a Config,
    backend: &'a P,
}

impl<P: Backend> Reader<'_, P> {
    fn layer(&mut self, n: usize) -> Result<Layer<P>, Cause> {
        let (architecture, config) = (self.architecture, self.config);
        let Config { dim, norm_placement, .. } = *config;
        let t5 = architecture == Architecture::T5Encoder;
        let blk = |part: &str| format!("{}blk.{n}.{part}", if t5 { "enc." } else { "" });
        let width = config.heads * config.head_dim;
        let [query, key, value] = self.query_key_value(&blk)?;
        let norm = |this: &mut Self, name: &str| this.norm(&blk(name), dim).map(Some);
        // The first layer of ModernBERT uses the normed embedding directly.
        let first = architecture == Architecture::ModernBert && n == 0;
        Ok(Layer {
            before_attention: match norm_placement {
                NormPlacement::Post => None,
                _ if first => None,
                _ => norm(self, "attn_norm")?,
            },
            query,
            key,
            value,
            query_norm: self.head_norm(&blk("attn_q_norm"), config.heads)?,
            key_norm: self.head_norm(&blk("attn_k_norm"), config.kv_heads)?,
            output: self.linear(&blk(if t5 { "attn_o" } else { "attn_output" }), dim, width)?,
            after_attention: match norm_placement {
                NormPlacement::Post => norm(self, "attn_output_norm")?,
                NormPlacement::Pre => None,
                NormPlacement::Around => norm(self, "post_attention_norm")?,
            },
            again: match self.gguf.has_tensor(&blk("attn_norm_2.weight")) {
                true => norm(self, "attn_norm_2")?,
                false => None,
            },
            before_ffn: match norm_placement {
                NormPlacement::Post => None,
                _ => norm(self, "ffn_norm")?,
            },
            feed_forward: match config.has_experts(n) {
                true => self.experts(&blk)?,
                false => self.dense(&blk)?,
            },
            after_ffn: match norm_placement {
                NormPlacement::Post => norm(self, "layer_output_norm")?,
                NormPlacement::Pre => None,
                NormPlacement::Around => norm(self, "post_ffw_norm")?,
            },
        })
    }

    /// From three tensors, or from one fused tensor.
    fn query_key_value(&mut self, blk: &impl Fn(&str) -> String) -> Result<[P::Linear; 3], Cause> {
        let Config { dim, heads, kv_heads, head_dim, .. } = *self.config;
        let (width, kv_width) = (heads * head_dim, kv_heads * head_dim);
        let fused = blk("attn_qkv");
        if !self.gguf.has_tensor(&format!("{fused}.weight")) {
            return Ok([
                self.linear(&blk("attn_q"), width, dim)?,
                self.linear(&blk("attn_k"), kv_width, dim)?,
                self.linear(&blk("attn_v"), kv_width, dim)?,
            ]);
        }
        let rows = width + 2 * kv_width;
        let mut query = self.gguf.matrix(&format!("{fused}.weight"), rows, dim)?;
        let mut key = query.split_off(width);
        let value = key.split_off(kv_width);
        let mut bias = self.bias(&fused, rows)?;
        let mut of_key = bias.as_mut().map(|bias| bias.split_off(width));
        let of_value = of_key.as_mut().map(|bias| bias.split_off(kv_width));
        Ok([self.place(query, bias)?, self.place(key, of_key)?, self.place(value, of_value)?])
    }

    fn dense(&mut self, blk: &impl Fn(&str) -> String) -> Result<FeedForward<P>, Cause> {
        let Config { dim, ffn, activation, .. } = *self.config;
        let (up, gate) = (blk("ffn_up"), blk("ffn_gate"));
        let down = self.linear(&blk("ffn_down"), dim, ffn)?;
        if self.gguf.has_tensor(&format!("{gate}.weight")) {
            let gate = Some(self.linear(&gate, ffn, dim)?);
            // T5 1.1 uses GELU with a gate; the first T5 uses ReLU without one.
            let activation = match activation {
                Activation::Relu => Activation::GeluTanh,
                other => other,
            };
            return Ok(FeedForward::Dense {
                activation,
                gate,
                up: self.linear(&up, ffn, dim)?,
                down,
            });
        }
        if self.gguf.shape(&format!("{up}.weight"))?[0] != 2 * ffn {
            let up = self.linear(&up, ffn, dim)?;
            return Ok(FeedForward::Dense { activation, gate: None, up, down });
        }
        // A fused tensor has the gate first, except in jina-embeddings-v2-base-code.
        let second = self.gguf.has_tensor(&blk("attn_q_norm.weight"));
        let mut first = self.gguf.matrix(&format!("{up}.weight"), 2 * ffn, dim)?;
        let mut of_first = self.gguf.optional(&format!("{up}.bias"), &[2 * ffn])?;
        let of_rest = of_first.as_mut().map(|bias| bias.split_off(ffn));
        let rest = self.place(first.split_off(ffn), of_rest)?;
        let first = self.place(first, of_first)?;
        let (gate, up) = if second { (rest, first) } else { (first, rest) };
        Ok(FeedForward::Dense { activation, gate: Some(gate), up, down })
    }

    fn experts(&mut self, blk: &impl Fn(&str) -> String) -> Result<FeedForward<P>, Cause> {
        let Config { dim, ffn, activation, .. } = *self.config;
        let count = self.config.experts.map_or(0, |experts| experts.count);
        let router = self.linear(&blk("ffn_gate_inp"), count, dim)?;
        let mut each = |name: &str, rows, columns| {
            let name = format!("{name}.weight");
            let mut rest = self.gguf.stacked(&name, count, rows, columns)?;
            let matrices = (0..count).map(|_| {
                let next = rest.split_off(rows.min(rest.rows()));
                self.place(std::mem::replace(&mut rest, next), None)
            });
            matrices.collect::<Result<Vec<_>, _>>()
        };
        let up = each(&blk("ffn_up_exps"), ffn, dim)?;
        let down = each(&blk("ffn_down_exps"), dim, ffn)?;
        Ok(FeedForward::Experts { activation, router, up, down })
    }

    /// `NAME.weight` and `NAME.bias`.
    fn linear(&mut self, name: &str, rows: usize, columns: usize) -> Result<P::Linear, Cause> {
        let weight = self.gguf.matrix(&format!("{name}.weight"), rows, columns)?;
        let bias = self.bias(name, rows)?;
        self.place(weight, bias)
    }

    fn place(&self, weight: Matrix, bias: Option<Vec<f32>>) -> Result<P::Linear, Cause> {
        self.backend.linear(weight, bias).map_err(Cause::Device)
    }

    /// `NAME.bias`, which is required in some architectures and optional in others.
    fn bias(&mut self, name: &str, rows: usize) -> Result<Option<Vec<f32>>, Cause> {
        let name = format!("{name}.bias");
        match self.architecture {
            Architecture::Bert | Architecture::CodeSage => {
                self.gguf.weights(&name, &[rows]).map(Some)
            }
            _ => self.gguf.optional(&name, &[rows]),
        }
    }

    fn norm(&mut self, name: &str, dim: usize) -> Result<P::Norm, Cause> {
        let scale = self.gguf.weights(&format!("{name}.weight"), &[dim])?;
        let shift = match self.config.norm {
            NormKind::Rms => None,
            NormKind::Layer if self.architecture == Architecture::ModernBert => {
                self.gguf.optional(&format!("{name}.bias"), &[dim])?
            }
            NormKind::Layer => Some(self.gguf.weights(&format!("{name}.bias"), &[dim])?),
        };
        self.backend.norm(scale, shift).map_err(Cause::Device)
    }

    /// The norm of queries or keys, if there is one.
    fn head_norm(&mut self, name: &str, heads: usize) -> Result<Option<P::Norm>, Cause> {
        let weight = format!("{name}.weight");
        if !self.gguf.has_tensor(&weight) {
            return Ok(None);
        }
        let head_dim = self.config.head_dim;
        let whole = self.gguf.shape(&weight)? != [head_dim];
        self.norm(name, if whole { heads * head_dim } else { head_dim }).map(Some)
    }

    fn distance(&mut self) -> Result<Distance, Cause> {
        let heads = self.config.heads;
        Ok(match self.config.positions {
            Positions::Alibi => Distance::alibi(heads),
            Positions::Buckets { count } => {
                let values = self.gguf.weights("enc.blk.0.attn_rel_b.weight", &[count, heads])?;
                Distance::Buckets { count, values }
            }
            _ => Distance::None,
        })
    }
}
