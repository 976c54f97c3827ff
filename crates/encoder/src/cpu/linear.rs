//! y = W x + b on panels.

mod float;
pub(super) mod int8;
mod packed;

use arrayvec::ArrayVec;
use pulp::{Simd, WithSimd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

pub(super) use self::float::tile;
use self::int8::Int8;
use self::packed::Packed;
use super::panel::{Buffer, Panel};
use super::simd::{Level, rows};
use super::{TASK_PANELS, math};
use crate::config::Activation;
use crate::matrix::Matrix;

/// A weight matrix `[rows, columns]` and its bias `[rows]`.
pub struct Linear {
    weights: Weights,
    bias: Vec<f32>,
    columns: usize,
}

enum Weights {
    Float(Packed),
    Int8(Int8),
}

/// The least weights for which a single panel is split between threads: below this, synchronisation
/// costs more than the product. all-MiniLM-L6-v2 takes 1.4 ms for a query of twelve tokens on two
/// cores and 3.3 ms on one, in f32; with another program on each core, 3.3 ms either way.
const WORTH_SPLITTING: usize = 1 << 17;

impl Linear {
    /// Packs a matrix for `level`; the number of rows is a multiple of 8.
    pub(crate) fn new(level: Level, weights: Matrix, bias: Option<Vec<f32>>) -> Linear {
        let columns = weights.columns;
        let bias = bias.unwrap_or_else(|| vec![0.0; weights.rows()]);
        let weights = match level.dot {
            Some(dot) if weights.format.is_quantised() => Weights::Int8(Int8::new(dot, weights)),
            _ => Weights::Float(Packed::new(level, weights)),
        };
        Linear { weights, bias, columns }
    }

    pub(super) fn rows(&self) -> usize {
        self.bias.len()
    }

    /// For each panel, computes `[rows][tokens]` in one buffer from `[columns][tokens]` in another.
    /// A single panel is computed in `split` parallel parts if the matrix is large.
    ///
    /// Never inlined: all products of a layer share one function, as each copy of it would take
    /// seconds to compile.
    #[inline(never)]
    pub(super) fn apply<S: Simd>(
        &self,
        simd: S,
        panels: &mut [Panel],
        buffers: (Buffer, Buffer),
        activation: Activation,
        split: usize,
    ) {
        simd.vectorize(Apply { linear: self, panels, buffers, activation, split });
    }
}

/// The products of a matrix with at most as many panels as a task has.
struct Apply<'a> {
    linear: &'a Linear,
    panels: &'a mut [Panel],
    buffers: (Buffer, Buffer),
    activation: Activation,
    split: usize,
}

impl WithSimd for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Apply { linear, panels, buffers, activation, split } = self;
        let (panels, rows) = (panels.iter_mut(), linear.rows());
        match &linear.weights {
            Weights::Float(weights) => {
                let operands = panels.map(|panel| {
                    let vectors = panel.vectors;
                    let (x, out) = panel.pair(buffers.0, buffers.1);
                    Operand { vectors, x, out: &mut out[..rows * vectors * S::F32_LANES] }
                });
                let operands = operands.collect();
                Product { weights, linear, first: 0, operands, activation }.run(simd, split);
            }
            Weights::Int8(weights) => {
                let mut operands = ArrayVec::new();
                for panel in panels {
                    let vectors = panel.vectors;
                    let (x, out) = panel.rounded(simd, weights.dot, buffers, linear.columns);
                    let out = &mut out[..rows * vectors * S::F32_LANES];
                    operands.push(Operand { vectors, x, out });
                }
                Product { weights, linear, first: 0, operands, activation }.run(simd, split);
            }
        }
    }
}

/// One panel's operands in a product; X is `[columns][vectors]` in f32 or rounded.
struct Operand<'a, X> {
    vectors: usize,
    x: X,
    /// `[rows][vectors]`
    out: &'a mut [f32],
}

/// The rows of a matrix from `first` on, as many as the operands have, times operands of X.
struct Product<'a, W, X> {
    linear: &'a Linear,
    weights: &'a W,
    first: usize,
    operands: ArrayVec<Operand<'a, X>, TASK_PANELS>,
    activation: Activation,
}

impl<'a, W: Sync, X: Copy + Sync> Product<'a, W, X>
where
    for<'b> Product<'b, W, X>: WithSimd,
{
    /// Runs the product; a single operand is split into `split` parallel parts if worthwhile.
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S, split: usize) {
        let Product { linear, weights, activation, .. } = self;
        let worth_it = split > 1 && linear.rows() * linear.columns >= WORTH_SPLITTING;
        let ([operand], true) = (&mut *self.operands, worth_it) else {
            simd.vectorize(self);
            return;
        };
        let (vectors, x) = (operand.vectors, operand.x);
        let rows = linear.rows().div_ceil(split).next_multiple_of(rows::<S>());
        let parts = operand.out.par_chunks_mut(rows * vectors * S::F32_LANES).enumerate();
        parts.for_each(|(n, out)| {
            let operands = ArrayVec::from_iter([Operand { vectors, x, out }]);
            let part = Product { linear, weights, first: n * rows, operands, activation };
            simd.vectorize(part);
        });
    }
}

/// Applies an activation to each value.
#[inline(always)]
fn activate<S: Simd>(simd: S, activation: Activation, values: &mut [S::f32s]) {
    // Loops rather than closures: in a closure, a function of its own, vector instructions would
    // become calls. One loop for each, so that the choice is made once.
    match activation {
        Activation::None => {}
        Activation::Gelu => {
            for x in values {
                *x = math::gelu(simd, *x);
            }
        }
        Activation::GeluTanh => {
            for x in values {
                *x = math::gelu_tanh(simd, *x);
            }
        }
        Activation::Silu => {
            for x in values {
                *x = math::silu(simd, *x);
            }
        }
        Activation::Relu => {
            for x in values {
                *x = math::relu(simd, *x);
            }
        }
    }
}

#[cfg(test)]
mod tests;
