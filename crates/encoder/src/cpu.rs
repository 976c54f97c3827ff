//! The CPU backend: activations are f32; quantised weights are multiplied as 8-bit numbers if the
//! processor has instructions for that, otherwise in f32.
//!
//! Texts are cut into *panels* of up to three SIMD vectors of tokens. A panel stores activations as
//! `[features][tokens]`, so a vector always holds one feature of neighbouring tokens: norms,
//! softmax and activations need no horizontal sums, a matrix product accesses its operands in
//! order, and padding ends with the last vector of a text. One task takes a few panels through a
//! layer, from attention to the next layer's queries, keys and values; only then do the threads
//! synchronise.

mod attention;
mod bias;
mod dot;
mod experts;
mod layer;
mod linear;
mod math;
mod panel;
mod rope;
mod simd;

use std::num::NonZeroUsize;

use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use self::attention::Keys;
use self::bias::Bias;
use self::layer::Step;
use self::linear::Linear;
use self::panel::Panel;
pub use self::simd::Level;
use crate::config::{Config, NormKind, Pooling};
use crate::matrix::Matrix;
use crate::weights::{Backend, Weights};

/// The most panels in a task: each weight read from memory or unpacked serves all of them, and the
/// columns that are multiplied together fit the L2 cache.
const TASK_PANELS: usize = 8;

/// The CPU with its instruction set.
pub struct Cpu {
    level: Level,
    norm: NormKind,
    epsilon: f32,
}

/// A norm: `scale` and `shift` are `[dim]`.
pub struct Norm {
    kind: NormKind,
    epsilon: f32,
    scale: Vec<f32>,
    shift: Option<Vec<f32>>,
}

impl Cpu {
    /// The CPU, computing a configuration with `level`.
    pub fn new(level: Level, config: &Config) -> Cpu {
        Cpu { level, norm: config.norm, epsilon: config.epsilon }
    }
}

impl Backend for Cpu {
    type Linear = Linear;
    type Norm = Norm;

    fn linear(&self, weight: Matrix, bias: Option<Vec<f32>>) -> candle_core::Result<Linear> {
        Ok(Linear::new(self.level, weight, bias))
    }

    fn norm(&self, scale: Vec<f32>, shift: Option<Vec<f32>>) -> candle_core::Result<Norm> {
        Ok(Norm { kind: self.norm, epsilon: self.epsilon, scale, shift })
    }
}

/// An encoder with its threads.
pub struct Encoder {
    weights: Weights<Cpu>,
    level: Level,
    pool: ThreadPool,
    /// The attention biases of global and of local layers.
    biases: [Bias; 2],
    /// Memory that the next batch reuses.
    panels: Vec<Panel>,
    now: Vec<Keys>,
    next: Vec<Keys>,
}

impl Encoder {
    /// An encoder on this many threads, or on all cores.
    pub fn new(
        weights: Weights<Cpu>,
        level: Level,
        threads: Option<NonZeroUsize>,
    ) -> Result<Encoder, ThreadPoolBuildError> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(threads.map_or(0, NonZeroUsize::get))
            .thread_name(|n| format!("embed-{n}"))
            .build()?;
        let config = &weights.config;
        let radius = config.window.as_ref().map(|window| window.radius);
        let biases = [None, radius].map(|radius| Bias::new(config.causal, radius));
        let (panels, now, next) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Encoder { weights, level, pool, biases, panels, now, next })
    }

    /// The pooled vector `[dim]`, not normalised, of each text. A text has at least one token, and
    /// at most as many as there are positions.
    pub fn encode(&mut self, texts: &[Vec<u32>], pooling: Pooling) -> Vec<Vec<f32>> {
        let Encoder { weights, level, pool, biases, panels, now, next } = self;
        let count = panel::lay_out(texts, level.lanes, panels);
        if count == 0 {
            return Vec::new();
        }
        let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
        biases.iter_mut().for_each(|bias| bias.reach(&weights.distance, longest, level.lanes));
        let panels = &mut panels[..count];
        now.resize_with(now.len().max(count), Keys::default);
        next.resize_with(next.len().max(count), Keys::default);
        let (mut now, mut next) = (&mut now[..count], &mut next[..count]);
        let threads = pool.current_num_threads();
        // The number of tasks is a multiple of the number of threads; with fewer panels than
        // threads, each panel splits its matrices.
        let tasks = threads * count.div_ceil(threads * TASK_PANELS);
        let (size, split) = (count.div_ceil(tasks), threads.div_ceil(count));
        let (weights, biases, level) = (&*weights, &*biases, *level);
        pool.install(|| {
            for layer in 0..=weights.layers.len() {
                let others = &*now;
                let keys = next.par_chunks_mut(size);
                panels.par_chunks_mut(size).zip(keys).for_each(|(panels, keys)| {
                    level.run(Step { weights, biases, layer, texts, panels, others, keys, split });
                });
                std::mem::swap(&mut now, &mut next);
            }
        });
        panel::pool_tokens(texts, weights.config.dim, level.lanes, pooling, panels)
    }
}
