//! The BERT encoder on the CPU, in f32.
//!
//! Texts are cut into *panels* of up to three SIMD vectors of tokens. A panel's activations are stored
//! `[features][tokens]`, so that a vector always holds one feature of neighbouring tokens: layer
//! norm, softmax and GELU need no horizontal sums, a matrix product reads and writes its operands in
//! order, and nothing is padded beyond the last vector of a text. One task takes one panel through
//! a layer, from attention to the next layer's queries, keys and values; only then do the threads meet.

mod attention;
mod linear;
mod math;
mod simd;

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::ops::Range;

use pulp::{Simd, WithSimd};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use self::attention::Keys;
use self::linear::Activation;
pub(crate) use self::linear::Linear;
use self::simd::Level;
use crate::align::Aligned;
use crate::table::Table;

/// The most SIMD vectors of tokens in a panel: with the rows of `Level`, the register block of the
/// matrix product just fits the registers.
const PANEL_VECTORS: usize = 3;

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

pub(crate) struct Weights {
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
    level: Level,
    pool: ThreadPool,
    /// Memory that is used again by the next batch.
    panels: Vec<Panel>,
    now: Vec<Keys>,
    next: Vec<Keys>,
}

/// Some neighbouring tokens of one text.
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
}

/// What one task needs besides its panel.
#[derive(Default)]
struct Scratch {
    a: Aligned,
    b: Aligned,
    inner: Aligned,
    scores: Aligned,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
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
        Ok(Encoder { weights, level: Level::detect(), pool, panels, now, next })
    }

    /// The pooled vector `[dim]`, not normalised, of each text. A text has at least one token, at
    /// most as many as there are positions.
    pub(crate) fn encode(&mut self, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let Encoder { weights, level, pool, panels, now, next } = self;
        let count = lay_out(texts, level.lanes, panels);
        let panels = &mut panels[..count];
        now.resize_with(now.len().max(count), Keys::default);
        next.resize_with(next.len().max(count), Keys::default);
        let (mut now, mut next) = (&mut now[..count], &mut next[..count]);
        // Too few panels for the threads: each splits its matrices.
        let split = pool.current_num_threads().div_ceil(count.max(1));
        pool.install(|| {
            for layer in 0..=weights.layers.len() {
                let shared = &*now;
                panels.par_iter_mut().zip(next.par_iter_mut()).for_each(|(panel, keys)| {
                    SCRATCH.with_borrow_mut(|scratch| {
                        let ids = &texts[panel.text][panel.start..][..panel.tokens];
                        let others = &shared[panel.siblings.clone()];
                        level.run(Step {
                            weights,
                            layer,
                            ids,
                            panel,
                            others,
                            keys,
                            scratch,
                            split,
                        });
                    });
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

/// One panel through one layer: from the attention of the layer before `layer` (or the embedding, if
/// there is none) to the queries, keys and values of `layer` (unless there is none).
struct Step<'a> {
    weights: &'a Weights,
    layer: usize,
    ids: &'a [u32],
    panel: &'a mut Panel,
    /// The keys and values of all panels of the text.
    others: &'a [Keys],
    /// Where this panel's next keys and values go.
    keys: &'a mut Keys,
    scratch: &'a mut Scratch,
    split: usize,
}

impl WithSimd for Step<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Step { weights, layer, ids, panel, others, keys, scratch, split } = self;
        let (dim, vectors) = (weights.dim, panel.vectors);
        let width = vectors * S::F32_LANES;
        let Scratch { a, b, inner, scores } = scratch;
        a.resize(dim * width);
        let a = a.get_mut();
        match layer.checked_sub(1).map(|before| &weights.layers[before]) {
            None => {
                panel.x.resize(dim * width);
                panel.query.resize(dim * width);
                embed(weights, ids, panel.start, width, panel.x.get_mut());
                a.fill(0.0);
                let norm = &weights.embedding_norm;
                math::add_norm(simd, vectors, norm, weights.epsilon, a, panel.x.get_mut());
            }
            Some(before) => {
                b.resize(dim * width);
                inner.resize(weights.inner * width);
                let (b, inner, x) = (b.get_mut(), inner.get_mut(), panel.x.get_mut());
                let query = panel.query.get();
                attention::attend(simd, vectors, weights.heads, query, others, scores, a);
                before.attention_output.apply(simd, vectors, 0, a, b, Activation::None, split);
                math::add_norm(simd, vectors, &before.attention_norm, weights.epsilon, b, x);
                before.up.apply(simd, vectors, 0, x, inner, Activation::Gelu, split);
                before.down.apply(simd, vectors, 0, inner, b, Activation::None, split);
                math::add_norm(simd, vectors, &before.output_norm, weights.epsilon, b, x);
            }
        }
        if let Some(layer) = weights.layers.get(layer) {
            let (x, projection) = (panel.x.get(), &layer.query_key_value);
            let query = panel.query.get_mut();
            projection.apply(simd, vectors, 0, x, query, Activation::None, split);
            projection.apply(simd, vectors, dim, x, a, Activation::None, split);
            keys.store_keys::<S>(weights.heads, panel.tokens, width, a);
            projection.apply(simd, vectors, 2 * dim, x, a, Activation::None, split);
            keys.store_values::<S>(weights.heads, width, a);
        }
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
