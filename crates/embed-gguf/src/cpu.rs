//! The BERT encoder on the CPU, in f32.
//!
//! Texts are cut into *panels* of up to three SIMD vectors of tokens. A panel's activations are stored
//! `[features][tokens]`, so that a vector always holds one feature of neighbouring tokens: layer
//! norm, softmax and GELU need no horizontal sums, a matrix product reads and writes its operands in
//! order, and nothing is padded beyond the last vector of a text. One task takes a few panels through
//! a layer, from attention to the next layer's queries, keys and values; only then do the threads meet.

mod attention;
mod linear;
mod math;
mod simd;

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::ops::Range;

use pulp::{Simd, WithSimd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use self::attention::Keys;
use self::linear::Activation;
pub(crate) use self::linear::Linear;
pub(crate) use self::simd::Level;
use crate::align::Aligned;
use crate::table::Table;

/// The most SIMD vectors of tokens in a panel: with the rows of `Level`, the register block of the
/// matrix product just fits the registers.
const PANEL_VECTORS: usize = 3;
/// The most panels in a task: each weight that is read from memory serves all of them, and their
/// activations still fit the second-level cache.
const TASK_PANELS: usize = 4;

/// Layer norm: `scale` and `shift` are `[dim]`.
pub(crate) struct Norm {
    pub(crate) scale: Vec<f32>,
    pub(crate) shift: Vec<f32>,
}

/// How the vectors of a text's tokens become one.
pub(crate) enum Pooling {
    Mean,
    First,
}

pub(crate) struct Layer {
    pub(crate) query_key_value: Linear,
    pub(crate) attention_output: Linear,
    pub(crate) attention_norm: Norm,
    pub(crate) up: Linear,
    pub(crate) down: Linear,
    pub(crate) output_norm: Norm,
}

/// A model's weights, packed for one instruction set.
pub(crate) struct Weights {
    pub(crate) level: Level,
    pub(crate) dim: usize,
    pub(crate) inner: usize,
    pub(crate) heads: usize,
    pub(crate) epsilon: f32,
    pub(crate) pooling: Pooling,
    pub(crate) tokens: Table,
    /// `[context, dim]`, the vector of the token type included.
    pub(crate) positions: Vec<f32>,
    pub(crate) embedding_norm: Norm,
    pub(crate) layers: Vec<Layer>,
}

pub(crate) struct Encoder {
    weights: Weights,
    pool: ThreadPool,
    /// Memory that is used again by the next batch.
    panels: Vec<Panel>,
    now: Vec<Keys>,
    next: Vec<Keys>,
}

/// Some neighbouring tokens of one text, and the memory to take them through the layers.
#[derive(Default)]
struct Panel {
    text: usize,
    /// The place of the first token in its text.
    start: usize,
    tokens: usize,
    /// The SIMD vectors that hold the tokens; the last may be partly unused.
    vectors: usize,
    /// The panels of the same text.
    siblings: Range<usize>,
    /// The residual stream `[dim][tokens]`.
    x: Aligned,
    /// The queries of the layer to come `[dim][tokens]`.
    query: Aligned,
    /// Results on their way to the next product `[dim][tokens]`.
    a: Aligned,
    b: Aligned,
    /// Between the two products of the feed-forward part `[inner][tokens]`.
    inner: Aligned,
}

thread_local! {
    /// Attention scores `[tokens of the text][tokens]`, for one head at a time.
    static SCORES: RefCell<Aligned> = RefCell::default();
}

impl Encoder {
    pub(crate) fn new(
        weights: Weights,
        threads: Option<NonZeroUsize>,
    ) -> Result<Encoder, ThreadPoolBuildError> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads.map_or(0, NonZeroUsize::get))
            .thread_name(|n| format!("embed-{n}"))
            .build()?;
        let (panels, now, next) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Encoder { weights, pool, panels, now, next })
    }

    /// The pooled vector `[dim]`, not normalised, of each text. A text has at least one token, at
    /// most as many as there are positions.
    pub(crate) fn encode(&mut self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let Encoder { weights, pool, panels, now, next } = self;
        let level = weights.level;
        let count = lay_out(texts, level.lanes, panels);
        if count == 0 {
            return Vec::new();
        }
        let panels = &mut panels[..count];
        now.resize_with(now.len().max(count), Keys::default);
        next.resize_with(next.len().max(count), Keys::default);
        let (mut now, mut next) = (&mut now[..count], &mut next[..count]);
        let threads = pool.current_num_threads();
        // As many tasks as threads, or a multiple of it; with fewer panels than threads, each splits
        // its matrices.
        let tasks = threads * count.div_ceil(threads * TASK_PANELS);
        let (size, split) = (count.div_ceil(tasks), threads.div_ceil(count));
        pool.install(|| {
            for layer in 0..=weights.layers.len() {
                let others = &*now;
                let keys = next.par_chunks_mut(size);
                panels.par_chunks_mut(size).zip(keys).for_each(|(panels, keys)| {
                    level.run(Step { weights, layer, texts, panels, others, keys, split });
                });
                std::mem::swap(&mut now, &mut next);
            }
        });
        pool_tokens(weights, texts.len(), level.lanes, panels)
    }
}

/// Cuts the texts into panels and returns how many there are.
fn lay_out(texts: &[Vec<u32>], lanes: usize, panels: &mut Vec<Panel>) -> usize {
    let mut count = 0;
    for (text, ids) in texts.iter().enumerate() {
        let width = PANEL_VECTORS * lanes;
        let siblings = count..count + ids.len().div_ceil(width);
        for start in (0..ids.len()).step_by(width) {
            if panels.len() == count {
                panels.push(Panel::default());
            }
            let tokens = width.min(ids.len() - start);
            let panel = &mut panels[count];
            (panel.text, panel.start, panel.tokens) = (text, start, tokens);
            (panel.vectors, panel.siblings) = (tokens.div_ceil(lanes), siblings.clone());
            count += 1;
        }
    }
    count
}

/// Some panels through one layer: from the attention of the layer before `layer` (or the embedding,
/// if there is none) to the queries, keys and values of `layer` (unless there is none).
struct Step<'a> {
    weights: &'a Weights,
    layer: usize,
    texts: &'a [Vec<u32>],
    panels: &'a mut [Panel],
    /// The keys and values of all panels of the batch.
    others: &'a [Keys],
    /// Where the next keys and values of these panels go.
    keys: &'a mut [Keys],
    split: usize,
}

impl WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Step { weights, layer, texts, panels, others, keys, split } = self;
        match layer.checked_sub(1).map(|before| &weights.layers[before]) {
            None => {
                for panel in panels.iter_mut() {
                    panel.embed(simd, weights, &texts[panel.text]);
                }
            }
            Some(before) => {
                for panel in panels.iter_mut() {
                    panel.attend(simd, weights.heads, others);
                }
                before.attention_output.apply(
                    simd,
                    0,
                    panels,
                    Panel::a_to_b,
                    Activation::None,
                    split,
                );
                for panel in panels.iter_mut() {
                    panel.add_norm(simd, &before.attention_norm, weights.epsilon);
                }
                before.up.apply(simd, 0, panels, Panel::x_to_inner, Activation::Gelu, split);
                before.down.apply(simd, 0, panels, Panel::inner_to_b, Activation::None, split);
                for panel in panels.iter_mut() {
                    panel.add_norm(simd, &before.output_norm, weights.epsilon);
                }
            }
        }
        if let Some(layer) = weights.layers.get(layer) {
            let projection = &layer.query_key_value;
            projection.apply(simd, 0, panels, Panel::x_to_query, Activation::None, split);
            projection.apply(simd, weights.dim, panels, Panel::x_to_a, Activation::None, split);
            for (panel, keys) in panels.iter().zip(&mut *keys) {
                let width = panel.vectors * S::F32_LANES;
                keys.store_keys::<S>(weights.heads, panel.tokens, width, panel.a.get());
            }
            projection.apply(simd, 2 * weights.dim, panels, Panel::x_to_a, Activation::None, split);
            for (panel, keys) in panels.iter().zip(keys) {
                let width = panel.vectors * S::F32_LANES;
                keys.store_values::<S>(weights.heads, width, panel.a.get());
            }
        }
    }
}

/// The operand and the result of a product.
type Operands = for<'a> fn(&'a mut Panel) -> (&'a [f32], &'a mut [f32]);

impl Panel {
    fn a_to_b(&mut self) -> (&[f32], &mut [f32]) {
        (self.a.get(), self.b.get_mut())
    }

    fn x_to_inner(&mut self) -> (&[f32], &mut [f32]) {
        (self.x.get(), self.inner.get_mut())
    }

    fn inner_to_b(&mut self) -> (&[f32], &mut [f32]) {
        (self.inner.get(), self.b.get_mut())
    }

    fn x_to_query(&mut self) -> (&[f32], &mut [f32]) {
        (self.x.get(), self.query.get_mut())
    }

    fn x_to_a(&mut self) -> (&[f32], &mut [f32]) {
        (self.x.get(), self.a.get_mut())
    }

    /// x = norm(the sum of the vectors of token, position and type).
    #[inline(always)]
    fn embed<S: Simd>(&mut self, simd: S, weights: &Weights, text: &[u32]) {
        let width = self.vectors * S::F32_LANES;
        for buffer in [&mut self.x, &mut self.query, &mut self.a, &mut self.b] {
            buffer.resize(weights.dim * width);
        }
        self.inner.resize(weights.inner * width);
        embed(weights, &text[self.start..][..self.tokens], self.start, width, self.x.get_mut());
        self.b.get_mut().fill(0.0);
        self.add_norm(simd, &weights.embedding_norm, weights.epsilon);
    }

    /// a = attention of the queries to all tokens of the text.
    #[inline(always)]
    fn attend<S: Simd>(&mut self, simd: S, heads: usize, others: &[Keys]) {
        let keys = &others[self.siblings.clone()];
        let mut scores = SCORES.take();
        let (query, out) = (self.query.get(), self.a.get_mut());
        attention::attend(simd, self.vectors, heads, query, keys, &mut scores, out);
        SCORES.set(scores);
    }

    /// x = norm(x + b).
    #[inline(always)]
    fn add_norm<S: Simd>(&mut self, simd: S, norm: &Norm, epsilon: f32) {
        math::add_norm(simd, self.vectors, norm, epsilon, self.b.get(), self.x.get_mut());
    }
}

/// The sum of token, position and type vectors, as a panel.
fn embed(weights: &Weights, ids: &[u32], start: usize, width: usize, x: &mut [f32]) {
    x.fill(0.0);
    let mut row = vec![0.0; weights.dim];
    for (token, &id) in ids.iter().enumerate() {
        row.copy_from_slice(&weights.positions[(start + token) * weights.dim..][..weights.dim]);
        weights.tokens.add(id as usize, 1.0, &mut row);
        for (x, value) in x.iter_mut().skip(token).step_by(width).zip(&row) {
            *x = *value;
        }
    }
}

fn pool_tokens(weights: &Weights, texts: usize, lanes: usize, panels: &[Panel]) -> Vec<Vec<f32>> {
    let mut pooled = vec![vec![0.0; weights.dim]; texts];
    for panel in panels {
        let tokens = match weights.pooling {
            Pooling::Mean => panel.tokens,
            Pooling::First if panel.start == 0 => 1,
            Pooling::First => 0,
        };
        let rows = panel.x.get().chunks_exact(panel.vectors * lanes);
        for (out, row) in pooled[panel.text].iter_mut().zip(rows) {
            *out += row[..tokens].iter().sum::<f32>();
        }
    }
    pooled
}
