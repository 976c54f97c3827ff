//! Products of 8-bit numbers: weights and activations are rounded to codes, a scale for 32 of them.
//!
//! So llama.cpp multiplies quantised weights, too. A code has an error of at most 1/254 of the greatest
//! number of its block; weights of Q8_0 are such codes already, and nothing is lost on them.

use std::cell::RefCell;

use pulp::{Scalar256b, Simd, WithSimd};

use super::{Operand, Product, activate};
use crate::blueprint::Activation;
use crate::cpu::dot::{Block, Dot, GREATEST, LEAST, ROUNDED, ROWS, WORDS};
use crate::matrix::{BLOCK, Matrix};
use crate::quant::Format;

/// Weights `[rows, columns]` to be multiplied by rounded activations.
pub(super) struct Int8 {
    dot: Dot,
    weights: Weights,
}

enum Weights {
    /// `[rows / ROWS][columns / BLOCK]`
    Rounded(Vec<Block>),
    /// As the file has them, to be rounded when they are used: a large model must not be there twice.
    Stored(Matrix),
}

/// How many columns are multiplied before the next rows: so much of a task's operands stays in the
/// second-level cache. A multiple of every format's block.
const COLUMNS: usize = 1024;

thread_local! {
    /// Some columns of ROWS rows, as f32 `[ROWS][COLUMNS]` and rounded.
    static UNPACKED: RefCell<(Vec<f32>, Vec<Block>)> = RefCell::default();
}

impl Int8 {
    /// Whether weights are quantised, and not more exact than codes of 8 bits.
    pub(super) fn takes(weights: &Matrix) -> bool {
        !matches!(weights.format, Format::F32 | Format::F16 | Format::Bf16)
    }

    pub(super) fn new(dot: Dot, matrix: Matrix) -> Int8 {
        let columns = matrix.columns;
        let weights = if matrix.format == Format::Q8_0 {
            let mut values = vec![0.0; ROWS * columns];
            let mut all = vec![Block::default(); matrix.rows() / ROWS * (columns / BLOCK)];
            for (n, blocks) in all.chunks_exact_mut(columns / BLOCK).enumerate() {
                round_weights(Scalar256b, dot, &matrix, (n * ROWS, 0), &mut values, blocks);
            }
            Weights::Rounded(all)
        } else {
            Weights::Stored(matrix)
        };
        Int8 { dot, weights }
    }
}

impl WithSimd for Product<'_, Int8, u32> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let Product { linear, weights: Int8 { dot, weights }, first, activation, .. } = self;
        let operands = &mut *self.operands;
        let Some(operand) = operands.first() else { return };
        let count = operand.out.len() / (operand.vectors * S::F32_LANES);
        let (mut values, mut rounded) = UNPACKED.take();
        for start in (0..linear.columns).step_by(COLUMNS) {
            let end = linear.columns.min(start + COLUMNS);
            let blocks = start / BLOCK..end / BLOCK;
            for row in (0..count).step_by(ROWS) {
                let weights = match weights {
                    Weights::Rounded(all) => {
                        &all[(first + row) / ROWS * (linear.columns / BLOCK)..][blocks.clone()]
                    }
                    Weights::Stored(matrix) => {
                        values.resize(ROWS * (end - start), 0.0);
                        rounded.resize(blocks.len(), Block::default());
                        let from = (first + row, start);
                        round_weights(simd, *dot, matrix, from, &mut values, &mut rounded);
                        &rounded[..]
                    }
                };
                for Operand { vectors, x, out } in &mut *operands {
                    let width = *vectors * S::F32_LANES;
                    let x = &x[blocks.start * ROUNDED * width..blocks.end * ROUNDED * width];
                    let out = &mut out[row * width..][..ROWS * width];
                    if start == 0 {
                        let bias = &linear.bias[first + row..];
                        for (out, bias) in out.chunks_exact_mut(width).zip(bias) {
                            out.fill(*bias);
                        }
                    }
                    dot.multiply(*vectors, weights, x, out);
                    if end == linear.columns && activation != Activation::None {
                        activate(simd, activation, S::as_mut_simd_f32s(out).0);
                    }
                }
            }
        }
        UNPACKED.set((values, rounded));
    }
}

/// Rounds the weights from a row and a column on: `values` is room for them, `[ROWS, columns]`.
#[inline(always)]
fn round_weights<S: Simd>(
    simd: S,
    dot: Dot,
    matrix: &Matrix,
    (row, column): (usize, usize),
    values: &mut [f32],
    blocks: &mut [Block],
) {
    for (n, values) in values.chunks_exact_mut(values.len() / ROWS).enumerate() {
        matrix.dequantise(simd, row + n, column, values);
    }
    dot.round(values, blocks);
}

/// 1.5 · 2²³: adding it leaves the nearest whole number in the low bits.
const ROUND: f32 = 12_582_912.0;

/// Rounds `[columns][vectors]` to `[columns / BLOCK][ROUNDED][vectors]`: words of four columns as in
/// [`Block`], each as its code + 128, and the bits of their scales.
#[inline(always)]
pub(in crate::cpu) fn round<S: Simd>(simd: S, vectors: usize, x: &[f32], out: &mut [u32]) {
    match vectors {
        1 => round_vectors::<S, 1>(simd, x, out),
        2 => round_vectors::<S, 2>(simd, x, out),
        _ => round_vectors::<S, 3>(simd, x, out),
    }
}

#[inline(always)]
fn round_vectors<S: Simd, const V: usize>(simd: S, x: &[f32], out: &mut [u32]) {
    let x = S::as_simd_f32s(x).0.as_chunks::<V>().0.as_chunks::<BLOCK>().0;
    let out = S::as_mut_simd_u32s(out).0.as_chunks_mut::<V>().0.as_chunks_mut::<ROUNDED>().0;
    let (zero, byte) = (simd.splat_f32s(0.0), simd.splat_u32s(0xff));
    for (x, out) in x.iter().zip(out) {
        for v in 0..V {
            let (mut greatest, mut broken) = (zero, zero);
            for x in x {
                greatest = simd.max_f32s(greatest, simd.abs_f32s(x[v]));
                // Not 0 but NaN if x is no finite number, which must be seen in the result.
                broken = simd.mul_add_e_f32s(x[v], zero, broken);
            }
            let scale = simd.mul_f32s(greatest, simd.splat_f32s(1.0 / GREATEST));
            out[WORDS][v] = simd.transmute_u32s_f32s(simd.add_f32s(scale, broken));
            // So that zeros are not divided by zero.
            let divisor = simd.max_f32s(greatest, simd.splat_f32s(LEAST));
            let inverse = simd.div_f32s(simd.splat_f32s(GREATEST), divisor);
            for (column, out) in out[..WORDS].iter_mut().enumerate() {
                let mut word = simd.splat_u32s(0);
                for n in 0..4 {
                    let x = x[column + n * WORDS][v];
                    let code = simd.mul_add_e_f32s(x, inverse, simd.splat_f32s(ROUND + 128.0));
                    let code = simd.and_u32s(simd.transmute_u32s_f32s(code), byte);
                    let code = simd.wrapping_dyn_shl_u32s(code, simd.splat_u32s(8 * n as u32));
                    word = simd.or_u32s(word, code);
                }
                out[v] = word;
            }
        }
    }
}
