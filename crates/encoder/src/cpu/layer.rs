//! Takes some panels through one layer.

use std::cell::RefCell;

use pulp::{Simd, WithSimd};

use super::attention::{self, Keys};
use super::bias::Bias;
use super::panel::{self, Buffer, PANEL_VECTORS, Panel};
use super::{Cpu, Norm, experts, math};
use crate::align::Aligned;
use crate::config::{Activation, Config, NormPlacement, Positions};
use crate::weights::{FeedForward, Layer, Weights};

thread_local! {
    /// Attention scores `[tokens of the text][tokens]` of one head.
    static SCORES: RefCell<Aligned> = RefCell::default();
}

/// From the attention of the layer before `layer` (or the embedding, for the first) to the queries,
/// keys and values of `layer` (or the final norm, after the last).
pub(super) struct Step<'a> {
    pub(super) weights: &'a Weights<Cpu>,
    /// The biases of global and of local layers.
    pub(super) biases: &'a [Bias; 2],
    pub(super) layer: usize,
    pub(super) texts: &'a [Vec<u32>],
    pub(super) panels: &'a mut [Panel],
    /// The keys and values of all panels of the batch.
    pub(super) others: &'a [Keys],
    /// The destination of the next keys and values of these panels.
    pub(super) keys: &'a mut [Keys],
    /// The number of parallel parts in the products of a single panel.
    pub(super) split: usize,
}

impl WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        match self.layer.checked_sub(1) {
            None => self.embed(simd),
            Some(before) => {
                self.attend(simd, before);
                self.feed_forward(simd, &self.weights.layers[before]);
            }
        }
        match self.weights.layers.get(self.layer) {
            Some(layer) => self.project(simd, layer),
            None => {
                for panel in self.panels {
                    panel.norm(simd, self.weights.final_norm.as_ref(), Buffer::X);
                }
            }
        }
    }
}

impl Step<'_> {
    /// x = the embedding of tokens, normed if the model norms it.
    #[inline(always)]
    fn embed<S: Simd>(&mut self, simd: S) {
        let Weights { config, embedding_norm, layers, .. } = self.weights;
        let gated = |layer: &Layer<Cpu>| {
            matches!(layer.feed_forward, FeedForward::Dense { gate: Some(_), .. })
        };
        let gated = layers.iter().any(gated);
        for panel in &mut *self.panels {
            let width = panel.vectors * S::F32_LANES;
            panel.resize(config, gated, S::F32_LANES);
            if let Positions::Rope { base, local, factor } = config.positions {
                for (rope, base) in panel.rope.iter_mut().zip([base, local]) {
                    rope.of(base, factor, config.head_dim, panel.start, width);
                }
            }
            let ids = &self.texts[panel.text][panel.start..][..panel.tokens];
            panel::embed(self.weights, ids, panel.start, width, panel.get_mut(Buffer::X));
            panel.norm(simd, embedding_norm.as_ref(), Buffer::X);
        }
    }

    /// x = x + attention, with the norms after it.
    #[inline(always)]
    fn attend<S: Simd>(&mut self, simd: S, layer: usize) {
        let config = &self.weights.config;
        let bias = &self.biases[usize::from(config.is_local(layer))];
        let layer = &self.weights.layers[layer];
        for panel in &mut *self.panels {
            panel.attend(simd, config, bias, self.others);
        }
        layer.output.apply(simd, self.panels, (Buffer::A, Buffer::B), Activation::None, self.split);
        for panel in &mut *self.panels {
            if layer.again.is_some() {
                panel.copy(Buffer::X, Buffer::A);
            }
            panel.add(simd, config.norm_placement, layer.after_attention.as_ref());
            if layer.again.is_some() {
                panel.sum::<S>(simd, Buffer::A);
                panel.norm(simd, layer.again.as_ref(), Buffer::X);
            }
        }
    }

    /// x = x + the feed-forward part, with the norms around it.
    #[inline(always)]
    fn feed_forward<S: Simd>(&mut self, simd: S, layer: &Layer<Cpu>) {
        let Step { weights, panels, split, .. } = self;
        let (config, split) = (&weights.config, *split);
        let from = source(simd, panels, layer.before_ffn.as_ref(), config.norm_placement);
        match &layer.feed_forward {
            FeedForward::Dense { activation, gate: None, up, down } => {
                up.apply(simd, panels, (from, Buffer::Ffn), *activation, split);
                down.apply(simd, panels, (Buffer::Ffn, Buffer::B), Activation::None, split);
            }
            FeedForward::Dense { activation, gate: Some(gate), up, down } => {
                gate.apply(simd, panels, (from, Buffer::Ffn), *activation, split);
                up.apply(simd, panels, (from, Buffer::Gated), Activation::None, split);
                for panel in &mut **panels {
                    let (gated, ffn) = panel.pair(Buffer::Gated, Buffer::Ffn);
                    math::multiply(simd, gated, ffn);
                }
                down.apply(simd, panels, (Buffer::Ffn, Buffer::B), Activation::None, split);
            }
            FeedForward::Experts { activation, router, up, down } => {
                router.apply(simd, panels, (from, Buffer::Ffn), Activation::None, 1);
                let used = config.experts.map_or(0, |experts| experts.used);
                let experts = experts::Experts { used, activation: *activation, up, down };
                for panel in &mut **panels {
                    experts.apply(simd, panel, from);
                }
            }
        }
        for panel in &mut **panels {
            panel.add(simd, config.norm_placement, layer.after_ffn.as_ref());
        }
    }

    /// The queries, keys and values of a layer.
    #[inline(always)]
    fn project<S: Simd>(&mut self, simd: S, layer: &Layer<Cpu>) {
        let Step { weights, panels, split, keys, .. } = self;
        let (config, split) = (&weights.config, *split);
        let local = usize::from(config.is_local(self.layer));
        let turned = matches!(config.positions, Positions::Rope { .. });
        let first = source(simd, panels, layer.before_attention.as_ref(), config.norm_placement);
        let products = [
            (&layer.query, Buffer::Query, layer.query_norm.as_ref()),
            (&layer.key, Buffer::B, layer.key_norm.as_ref()),
        ];
        for (product, to, norm) in products {
            product.apply(simd, panels, (first, to), Activation::None, split);
            let rows = product.rows();
            for panel in &mut **panels {
                let used = rows * panel.vectors * S::F32_LANES;
                if let Some(norm) = norm {
                    let heads = norm.scale.len() * panel.vectors * S::F32_LANES;
                    let x = &mut panel.get_mut(to)[..used];
                    for head in x.chunks_exact_mut(heads) {
                        math::norm(simd, norm, head);
                    }
                }
                if turned {
                    let rope = std::mem::take(&mut panel.rope[local]);
                    rope.apply(simd, &mut panel.get_mut(to)[..used]);
                    panel.rope[local] = rope;
                }
                if to == Buffer::Query && config.attention_scale != 1.0 {
                    math::scale(simd, config.attention_scale, panel.get_mut(to));
                }
            }
        }
        for (panel, keys) in panels.iter().zip(&mut **keys) {
            let width = panel.vectors * S::F32_LANES;
            let used = &panel.get(Buffer::B)[..layer.key.rows() * width];
            keys.store_keys::<S>(config.kv_heads, panel.tokens, width, used);
        }
        layer.value.apply(simd, panels, (first, Buffer::B), Activation::None, split);
        for (panel, keys) in panels.iter().zip(&mut **keys) {
            let width = panel.vectors * S::F32_LANES;
            let used = &panel.get(Buffer::B)[..layer.value.rows() * width];
            keys.store_values::<S>(config.kv_heads, width, used);
        }
    }
}

/// The input of a part: the residual stream, or its norm.
#[inline(always)]
fn source<S: Simd>(
    simd: S,
    panels: &mut [Panel],
    norm: Option<&Norm>,
    norm_placement: NormPlacement,
) -> Buffer {
    if norm_placement == NormPlacement::Post || norm.is_none() {
        return Buffer::X;
    }
    for panel in panels {
        panel.copy(Buffer::X, Buffer::A);
        panel.norm(simd, norm, Buffer::A);
    }
    Buffer::A
}

impl Panel {
    /// a = attention of the queries to the visible tokens of the text.
    #[inline(always)]
    fn attend<S: Simd>(&mut self, simd: S, config: &Config, bias: &Bias, others: &[Keys]) {
        let width = PANEL_VECTORS * S::F32_LANES;
        let end = self.start + self.tokens;
        let seen = bias.seen(self.start, end, width, self.siblings.len());
        let seen_from = seen.start * width;
        let siblings = &others[self.siblings.clone()];
        let mut scores = SCORES.take();
        let (vectors, start) = (self.vectors, self.start);
        let (query, out) = self.pair(Buffer::Query, Buffer::A);
        let out = &mut out[..query.len()];
        let task = attention::Task {
            vectors,
            heads: config.heads,
            kv_heads: config.kv_heads,
            start: start as isize - seen_from as isize,
            query,
            keys: &siblings[seen],
            bias,
        };
        task.attend(simd, &mut scores, out);
        SCORES.set(scores);
    }

    /// x = x + b, with a norm of the sum, of b, or of neither.
    #[inline(always)]
    fn add<S: Simd>(&mut self, simd: S, norm_placement: NormPlacement, norm: Option<&Norm>) {
        if norm_placement == NormPlacement::Around {
            self.norm(simd, norm, Buffer::B);
        }
        self.sum::<S>(simd, Buffer::B);
        if norm_placement == NormPlacement::Post {
            self.norm(simd, norm, Buffer::X);
        }
    }

    /// x = x + another buffer.
    #[inline(always)]
    fn sum<S: Simd>(&mut self, simd: S, other: Buffer) {
        let (other, x) = self.pair(other, Buffer::X);
        math::add(simd, &other[..x.len()], x);
    }

    /// Norms the features of each token.
    #[inline(always)]
    fn norm<S: Simd>(&mut self, simd: S, norm: Option<&Norm>, buffer: Buffer) {
        if let Some(norm) = norm {
            let used = norm.scale.len() * self.vectors * S::F32_LANES;
            math::norm(simd, norm, &mut self.get_mut(buffer)[..used]);
        }
    }

    fn copy(&mut self, from: Buffer, to: Buffer) {
        let (from, to) = self.pair(from, to);
        to[..from.len()].copy_from_slice(from);
    }
}
