//! Products in f32, from weights in any form.

use std::cell::RefCell;

use pulp::{Simd, WithSimd};

use super::packed::{Block, COLUMNS, Packed, STRIDE};
use super::{Operand, Product, activate};
use crate::config::Activation;
use crate::cpu::simd::rows;

thread_local! {
    /// Some columns of R rows, unpacked.
    static UNPACKED: RefCell<Vec<f32>> = RefCell::default();
}

impl WithSimd for Product<'_, Packed, &[f32]> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let Product { linear, weights: packed, first, activation, .. } = self;
        let operands = &mut *self.operands;
        let Some(operand) = operands.first() else { return };
        let count = operand.out.len() / (operand.vectors * S::F32_LANES);
        let mut unpacked = UNPACKED.take();
        // With one panel, weights are read in memory order, which matters to a query of twelve
        // tokens: 20 ms instead of 26 (137 million weights in F16). With several panels, the order
        // keeps part of the columns in the cache for all rows.
        let one = operands.len() == 1;
        let (parts, blocks) = (linear.columns.div_ceil(COLUMNS), count / rows::<S>());
        for n in 0..parts * blocks {
            let (part, block) = if one { (n % parts, n / parts) } else { (n / blocks, n % blocks) };
            let (start, row) = (part * COLUMNS, block * rows::<S>());
            let columns = start..linear.columns.min(start + COLUMNS);
            let activation =
                if columns.end == linear.columns { activation } else { Activation::None };
            let weights =
                packed.block(simd, linear.columns, first + row, columns.clone(), &mut unpacked);
            // Later columns add to the result of the first ones.
            let bias = (start == 0).then(|| &linear.bias[first + row..][..rows::<S>()]);
            for Operand { vectors, x, out } in &mut *operands {
                let width = *vectors * S::F32_LANES;
                let x = &x[columns.start * width..columns.end * width];
                let out = &mut out[row * width..][..rows::<S>() * width];
                Rows { weights, bias, vectors: *vectors, x, out, activation }.with_simd(simd);
            }
        }
        UNPACKED.set(unpacked);
    }
}

/// Some columns of R rows of one panel's product.
struct Rows<'a> {
    weights: Block<'a>,
    bias: Option<&'a [f32]>,
    vectors: usize,
    x: &'a [f32],
    out: &'a mut [f32],
    activation: Activation,
}

impl WithSimd for Rows<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match (rows::<S>(), self.vectors) {
            (4, 1) => self.run::<S, 4, 1>(simd),
            (4, 2) => self.run::<S, 4, 2>(simd),
            (4, _) => self.run::<S, 4, 3>(simd),
            (_, 1) => self.run::<S, 8, 1>(simd),
            (_, 2) => self.run::<S, 8, 2>(simd),
            (_, _) => self.run::<S, 8, 3>(simd),
        }
    }
}

impl Rows<'_> {
    #[inline(always)]
    fn run<S: Simd, const R: usize, const V: usize>(self, simd: S) {
        let (x, (out, _)) = (S::as_simd_f32s(self.x).0, S::as_mut_simd_f32s(self.out));
        let Some(out) = out.as_chunks_mut::<V>().0.as_chunks_mut::<R>().0.first_mut() else {
            return;
        };
        let mut sum = *out;
        if let Some(bias) = self.bias {
            for (sum, &bias) in sum.iter_mut().zip(bias) {
                *sum = [simd.splat_f32s(bias); V];
            }
        }
        *out = match self.weights {
            Block::Columns(weights) => tile(simd, sum, weights, x),
            Block::Rows(weights) => tile_rows(simd, sum, weights, x),
        };
        activate(simd, self.activation, out.as_flattened_mut());
    }
}

/// The register block of every product: adds W x to `sum`, with W `[columns][R]` and x
/// `[columns][V]` vectors.
#[inline(always)]
pub(in crate::cpu) fn tile<S: Simd, const R: usize, const V: usize>(
    simd: S,
    mut sum: [[S::f32s; V]; R],
    weights: &[f32],
    x: &[S::f32s],
) -> [[S::f32s; V]; R] {
    for (weights, x) in weights.as_chunks::<R>().0.iter().zip(x.as_chunks::<V>().0) {
        for (sum, &weight) in sum.iter_mut().zip(weights) {
            let weight = simd.splat_f32s(weight);
            for (sum, &x) in sum.iter_mut().zip(x) {
                *sum = simd.mul_add_e_f32s(weight, x, *sum);
            }
        }
    }
    sum
}

/// The same with W `[R][STRIDE]`, using its first columns.
#[inline(always)]
fn tile_rows<S: Simd, const R: usize, const V: usize>(
    simd: S,
    mut sum: [[S::f32s; V]; R],
    weights: &[f32],
    x: &[S::f32s],
) -> [[S::f32s; V]; R] {
    let x = x.as_chunks::<V>().0;
    let mut rows = [&weights[..0]; R];
    for (row, weights) in rows.iter_mut().zip(weights.chunks_exact(STRIDE)) {
        *row = &weights[..x.len()];
    }
    for (column, x) in x.iter().enumerate() {
        for (sum, row) in sum.iter_mut().zip(rows) {
            let weight = simd.splat_f32s(row[column]);
            for (sum, &x) in sum.iter_mut().zip(x) {
                *sum = simd.mul_add_e_f32s(weight, x, *sum);
            }
        }
    }
    sum
}
