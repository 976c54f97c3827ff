//! The weights of an encoder under one set of names, whatever its architecture calls them.

use crate::blueprint::{Activation, Architecture, Blueprint, Distance, NormKind, Order, Positions};
use crate::dense::Dense;
use crate::error::Cause;
use crate::gguf::Gguf;
use crate::matrix::Matrix;
use crate::table::Table;

/// Where weights go: a place that computes, in the form that it computes with.
pub(crate) trait Place {
    /// y = W x + b, with W `[rows, columns]` and b `[rows]`.
    type Linear;
    /// Layer norm or RMS norm.
    type Norm;

    fn linear(&self, weight: Matrix, bias: Option<Vec<f32>>) -> Result<Self::Linear, Cause>;

    fn norm(&self, scale: Vec<f32>, shift: Option<Vec<f32>>) -> Result<Self::Norm, Cause>;
}

pub(crate) struct Weights<P: Place> {
    pub(crate) blueprint: Blueprint,
    pub(crate) tokens: Table,
    /// Added to every token: `[context, dim]`, or `[dim]` if all positions get the same, or nothing.
    pub(crate) positions: Vec<f32>,
    pub(crate) embedding_norm: Option<P::Norm>,
    pub(crate) distance: Distance,
    pub(crate) layers: Vec<Layer<P>>,
    pub(crate) final_norm: Option<P::Norm>,
}

pub(crate) struct Layer<P: Place> {
    pub(crate) before_attention: Option<P::Norm>,
    pub(crate) query: P::Linear,
    pub(crate) key: P::Linear,
    pub(crate) value: P::Linear,
    /// Over each head, or over all of them, as its width says.
    pub(crate) query_norm: Option<P::Norm>,
    pub(crate) key_norm: Option<P::Norm>,
    pub(crate) output: P::Linear,
    /// Of the sum with what went in ([`Order::Post`]), or of the part alone ([`Order::Around`]).
    pub(crate) after_attention: Option<P::Norm>,
    /// What went in is added a second time and normed (jina-embeddings-v2-base-code).
    pub(crate) again: Option<P::Norm>,
    pub(crate) before_inner: Option<P::Norm>,
    pub(crate) inner: Inner<P>,
    pub(crate) after_inner: Option<P::Norm>,
}

/// The feed-forward part.
pub(crate) enum Inner<P: Place> {
    Dense {
        activation: Activation,
        /// Goes through the activation and is multiplied by `up`, which then goes without.
        gate: Option<P::Linear>,
        up: P::Linear,
        down: P::Linear,
    },
    Experts {
        activation: Activation,
        /// How well each expert suits a token: `[experts, dim]`.
        router: P::Linear,
        up: Vec<P::Linear>,
        down: Vec<P::Linear>,
    },
}

impl<P: Place> Weights<P> {
    /// Loads one matrix after the other into its place; the file's bytes are not kept besides.
    pub(crate) fn load(
        gguf: &mut Gguf,
        blueprint: Blueprint,
        vocabulary: usize,
        place: &P,
    ) -> Result<Weights<P>, Cause> {
        let (dim, architecture) = (blueprint.dim, blueprint.architecture);
        let tokens = Table::load(gguf, "token_embd.weight", vocabulary, dim)?;
        let positions = positions(gguf, &blueprint)?;
        let mut reader = Reader { gguf, blueprint: &blueprint, place };
        let embedding_norm = match blueprint.order {
            Order::Post => Some(reader.norm("token_embd_norm", dim)?),
            _ if architecture == Architecture::ModernBert => {
                Some(reader.norm("token_embd_norm", dim)?)
            }
            _ => None,
        };
        let distance = reader.distance()?;
        let layers = (0..blueprint.layers).map(|n| reader.layer(n)).collect::<Result<_, _>>()?;
        let final_norm = match (blueprint.order, architecture) {
            (Order::Post, _) => None,
            (_, Architecture::T5Encoder) => Some(reader.norm("enc.output_norm", dim)?),
            _ => Some(reader.norm("output_norm", dim)?),
        };
        Ok(Weights { blueprint, tokens, positions, embedding_norm, distance, layers, final_norm })
    }
}

/// What follows pooling, in order.
pub(crate) fn dense(gguf: &mut Gguf, blueprint: &Blueprint) -> Result<Vec<Dense>, Cause> {
    let mut dense: Vec<Dense> = Vec::new();
    for name in ["dense_2", "dense_3"] {
        if gguf.has_tensor(&format!("{name}.weight")) {
            let columns = dense.last().map_or(blueprint.dim, Dense::rows);
            dense.push(Dense::load(gguf, name, columns)?);
        } else if blueprint.architecture == Architecture::GemmaEmbedding {
            // Without them the vectors are those of another model.
            return Err(Cause::NoDense);
        }
    }
    Ok(dense)
}

/// The vectors of positions, and that of the token type, which is 0 for every token of one text.
fn positions(gguf: &mut Gguf, blueprint: &Blueprint) -> Result<Vec<f32>, Cause> {
    let dim = blueprint.dim;
    let mut positions = match blueprint.positions {
        Positions::Learned => gguf.weights("position_embd.weight", &[blueprint.context, dim])?,
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

struct Reader<'a, P: Place> {
    gguf: &'a mut Gguf,
    blueprint: &'a Blueprint,
    place: &'a P,
}

impl<P: Place> Reader<'_, P> {
    fn layer(&mut self, n: usize) -> Result<Layer<P>, Cause> {
        let Blueprint { architecture, dim, order, .. } = *self.blueprint;
        let t5 = architecture == Architecture::T5Encoder;
        let blk = |part: &str| format!("{}blk.{n}.{part}", if t5 { "enc." } else { "" });
        let width = self.blueprint.heads * self.blueprint.head_dim;
        let [query, key, value] = self.query_key_value(&blk)?;
        let norm = |this: &mut Self, name: &str| this.norm(&blk(name), dim).map(Some);
        // The first layer of ModernBERT takes the normed embedding as it is.
        let first = architecture == Architecture::ModernBert && n == 0;
        Ok(Layer {
            before_attention: match order {
                Order::Post => None,
                _ if first => None,
                _ => norm(self, "attn_norm")?,
            },
            query,
            key,
            value,
            query_norm: self.head_norm(&blk("attn_q_norm"), self.blueprint.heads)?,
            key_norm: self.head_norm(&blk("attn_k_norm"), self.blueprint.kv_heads)?,
            output: self.linear(&blk(if t5 { "attn_o" } else { "attn_output" }), dim, width)?,
            after_attention: match order {
                Order::Post => norm(self, "attn_output_norm")?,
                Order::Pre => None,
                Order::Around => norm(self, "post_attention_norm")?,
            },
            again: match self.gguf.has_tensor(&blk("attn_norm_2.weight")) {
                true => norm(self, "attn_norm_2")?,
                false => None,
            },
            before_inner: match order {
                Order::Post => None,
                _ => norm(self, "ffn_norm")?,
            },
            inner: match self.blueprint.has_experts(n) {
                true => self.experts(&blk)?,
                false => self.dense(&blk)?,
            },
            after_inner: match order {
                Order::Post => norm(self, "layer_output_norm")?,
                Order::Pre => None,
                Order::Around => norm(self, "post_ffw_norm")?,
            },
        })
    }

    /// From three tensors, or from one that holds them all.
    fn query_key_value(&mut self, blk: &impl Fn(&str) -> String) -> Result<[P::Linear; 3], Cause> {
        let Blueprint { dim, heads, kv_heads, head_dim, .. } = *self.blueprint;
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
        let place = self.place;
        Ok([place.linear(query, bias)?, place.linear(key, of_key)?, place.linear(value, of_value)?])
    }

    fn dense(&mut self, blk: &impl Fn(&str) -> String) -> Result<Inner<P>, Cause> {
        let Blueprint { dim, inner, activation, .. } = *self.blueprint;
        let (up, gate) = (blk("ffn_up"), blk("ffn_gate"));
        let down = self.linear(&blk("ffn_down"), dim, inner)?;
        if self.gguf.has_tensor(&format!("{gate}.weight")) {
            let gate = Some(self.linear(&gate, inner, dim)?);
            // T5 1.1 has GELU behind its gate where the first T5 has ReLU without one.
            let activation = match activation {
                Activation::Relu => Activation::GeluTanh,
                other => other,
            };
            return Ok(Inner::Dense { activation, gate, up: self.linear(&up, inner, dim)?, down });
        }
        if self.gguf.shape(&format!("{up}.weight"))?[0] != 2 * inner {
            let up = self.linear(&up, inner, dim)?;
            return Ok(Inner::Dense { activation, gate: None, up, down });
        }
        // Both in one: first the gate, but jina-embeddings-v2-base-code has it second.
        let second = self.gguf.has_tensor(&blk("attn_q_norm.weight"));
        let mut first = self.gguf.matrix(&format!("{up}.weight"), 2 * inner, dim)?;
        let mut of_first = self.gguf.optional(&format!("{up}.bias"), &[2 * inner])?;
        let of_rest = of_first.as_mut().map(|bias| bias.split_off(inner));
        let rest = self.place.linear(first.split_off(inner), of_rest)?;
        let first = self.place.linear(first, of_first)?;
        let (gate, up) = if second { (rest, first) } else { (first, rest) };
        Ok(Inner::Dense { activation, gate: Some(gate), up, down })
    }

    fn experts(&mut self, blk: &impl Fn(&str) -> String) -> Result<Inner<P>, Cause> {
        let Blueprint { dim, inner, activation, .. } = *self.blueprint;
        let count = self.blueprint.experts.map_or(0, |experts| experts.count);
        let router = self.linear(&blk("ffn_gate_inp"), count, dim)?;
        let mut each = |name: &str, rows, columns| {
            let name = format!("{name}.weight");
            let mut rest = self.gguf.stacked(&name, count, rows, columns)?;
            let matrices = (0..count).map(|_| {
                let next = rest.split_off(rows.min(rest.rows()));
                self.place.linear(std::mem::replace(&mut rest, next), None)
            });
            matrices.collect::<Result<Vec<_>, _>>()
        };
        let up = each(&blk("ffn_up_exps"), inner, dim)?;
        let down = each(&blk("ffn_down_exps"), dim, inner)?;
        Ok(Inner::Experts { activation, router, up, down })
    }

    /// `NAME.weight` and `NAME.bias`.
    fn linear(&mut self, name: &str, rows: usize, columns: usize) -> Result<P::Linear, Cause> {
        let weight = self.gguf.matrix(&format!("{name}.weight"), rows, columns)?;
        let bias = self.bias(name, rows)?;
        self.place.linear(weight, bias)
    }

    /// `NAME.bias`, which some architectures have and others may have.
    fn bias(&mut self, name: &str, rows: usize) -> Result<Option<Vec<f32>>, Cause> {
        let name = format!("{name}.bias");
        match self.blueprint.architecture {
            Architecture::Bert | Architecture::CodeSage => {
                self.gguf.weights(&name, &[rows]).map(Some)
            }
            _ => self.gguf.optional(&name, &[rows]),
        }
    }

    fn norm(&mut self, name: &str, dim: usize) -> Result<P::Norm, Cause> {
        let scale = self.gguf.weights(&format!("{name}.weight"), &[dim])?;
        let shift = match self.blueprint.norm {
            NormKind::Rms => None,
            NormKind::Layer if self.blueprint.architecture == Architecture::ModernBert => {
                self.gguf.optional(&format!("{name}.bias"), &[dim])?
            }
            NormKind::Layer => Some(self.gguf.weights(&format!("{name}.bias"), &[dim])?),
        };
        self.place.norm(scale, shift)
    }

    /// A norm of queries or keys, if there is one.
    fn head_norm(&mut self, name: &str, heads: usize) -> Result<Option<P::Norm>, Cause> {
        let weight = format!("{name}.weight");
        if !self.gguf.has_tensor(&weight) {
            return Ok(None);
        }
        let head_dim = self.blueprint.head_dim;
        let whole = self.gguf.shape(&weight)? != [head_dim];
        self.norm(name, if whole { heads * head_dim } else { head_dim }).map(Some)
    }

    fn distance(&mut self) -> Result<Distance, Cause> {
        let heads = self.blueprint.heads;
        Ok(match self.blueprint.positions {
            Positions::Alibi => Distance::alibi(heads),
            Positions::Buckets { count } => {
                let values = self.gguf.weights("enc.blk.0.attn_rel_b.weight", &[count, heads])?;
                Distance::Buckets { count, values }
            }
            _ => Distance::None,
        })
    }
}
