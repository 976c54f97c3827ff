//! y = W x + b on panels.

use pulp::{Simd, WithSimd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::simd::{Level, rows};
use super::{Operands, Panel, math};

/// A weight matrix `[rows, columns]` and its bias `[rows]`, the matrix packed for [`tile`]:
/// `[rows / R][columns][R]` with the R of the machine's instruction set.
pub(crate) struct Linear {
    packed: Vec<f32>,
    bias: Vec<f32>,
    columns: usize,
}

/// The least weights for which a single panel is shared out: reading 4 MB takes a quarter of a
/// millisecond. For less, threads that meet after every product only wait for each other, above
/// all on a busy machine (MiniLM, 2 cores in use by others: 4.6 ms a query instead of 2.7).
const WORTH_SPLITTING: usize = 1 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    None,
    Gelu,
}

impl Linear {
    /// Packs a row-major matrix for `level`; its rows are a multiple of 8.
    pub(crate) fn new(level: Level, weights: &[f32], bias: Vec<f32>, columns: usize) -> Linear {
        let block = level.rows;
        let mut packed = Vec::with_capacity(weights.len());
        for rows in weights.chunks_exact(block * columns) {
            for column in 0..columns {
                packed.extend(rows.iter().skip(column).step_by(columns));
            }
        }
        Linear { packed, bias, columns }
    }

    /// For each panel, computes as many rows as its result `[rows][tokens]` has, from row `first` on,
    /// out of its operand `[columns][tokens]`. A single panel is computed in `split` parallel parts
    /// if the matrix is large.
    #[inline(always)]
    pub(super) fn apply<S: Simd>(
        &self,
        simd: S,
        first: usize,
        panels: &mut [Panel],
        operands: Operands,
        activation: Activation,
        split: usize,
    ) {
        let worth_it = split > 1 && self.packed.len() >= WORTH_SPLITTING;
        if let ([panel], true) = (&mut *panels, worth_it) {
            let vectors = panel.vectors;
            let (x, out) = operands(panel);
            let width = vectors * S::F32_LANES;
            let rows = (out.len() / width).div_ceil(split).next_multiple_of(rows::<S>());
            out.par_chunks_mut(rows * width).enumerate().for_each(|(n, out)| {
                let first = first + n * rows;
                simd.vectorize(Part { linear: self, vectors, first, x, out, activation });
            });
            return;
        }
        let Some(panel) = panels.first_mut() else { return };
        let width = panel.vectors * S::F32_LANES;
        let count = operands(panel).1.len() / width;
        for row in (0..count).step_by(rows::<S>()) {
            for panel in &mut *panels {
                let vectors = panel.vectors;
                let (x, out) = operands(panel);
                let width = vectors * S::F32_LANES;
                let out = &mut out[row * width..][..rows::<S>() * width];
                let first = first + row;
                Part { linear: self, vectors, first, x, out, activation }.with_simd(simd);
            }
        }
    }
}

/// Some rows of one panel's product.
struct Part<'a> {
    linear: &'a Linear,
    vectors: usize,
    first: usize,
    x: &'a [f32],
    out: &'a mut [f32],
    activation: Activation,
}

impl WithSimd for Part<'_> {
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

impl Part<'_> {
    #[inline(always)]
    fn run<S: Simd, const R: usize, const V: usize>(self, simd: S) {
        let Linear { packed, bias, columns } = self.linear;
        let weights = packed[self.first * columns..].chunks_exact(R * columns);
        let biases = bias[self.first..].as_chunks::<R>().0;
        let (x, (out, _)) = (S::as_simd_f32s(self.x).0, S::as_mut_simd_f32s(self.out));
        let outs = out.as_chunks_mut::<V>().0.as_chunks_mut::<R>().0;
        for ((out, weights), bias) in outs.iter_mut().zip(weights).zip(biases) {
            // Loops, not closures: a closure is a function of its own, and outside of `vectorize`
            // the vector instructions would become calls.
            let mut sum = [[simd.splat_f32s(0.0); V]; R];
            for (sum, &bias) in sum.iter_mut().zip(bias) {
                *sum = [simd.splat_f32s(bias); V];
            }
            *out = tile(simd, sum, weights, x);
            if self.activation == Activation::Gelu {
                for x in out.as_flattened_mut() {
                    *x = math::gelu(simd, *x);
                }
            }
        }
    }
}

/// The register block of every product: adds W x to `sum`, with W `[columns][R]` and
/// x `[columns][V]` vectors.
#[inline(always)]
pub(super) fn tile<S: Simd, const R: usize, const V: usize>(
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

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: usize = WORTH_SPLITTING / COLUMNS;
    const COLUMNS: usize = 64;
    const TOKENS: usize = 20;

    struct Product<'a>(&'a Linear, usize);

    impl WithSimd for Product<'_> {
        type Output = Vec<f32>;

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
            let vectors = TOKENS.div_ceil(S::F32_LANES).min(2);
            let mut panel = Panel { vectors, ..Panel::default() };
            panel.x.resize(COLUMNS * vectors * S::F32_LANES);
            panel.inner.resize(ROWS * vectors * S::F32_LANES);
            let x = panel.x.get_mut().iter_mut();
            x.enumerate().for_each(|(n, x)| *x = (n % 7) as f32 - 3.0);
            let panels = std::slice::from_mut(&mut panel);
            self.0.apply(simd, 0, panels, Panel::x_to_inner, Activation::None, self.1);
            panel.inner.get().to_vec()
        }
    }

    #[test]
    fn a_product_in_parts_is_the_whole_product() {
        for level in Level::all() {
            let weights: Vec<f32> = (0..WORTH_SPLITTING).map(|n| (n % 11) as f32 - 5.0).collect();
            let bias = (0..ROWS).map(|n| (n % 13) as f32).collect();
            let linear = Linear::new(level, &weights, bias, COLUMNS);
            let whole = level.run(Product(&linear, 1));
            for split in [2, 3, 7] {
                assert!(level.run(Product(&linear, split)) == whole, "{level:?} in {split} parts");
            }
        }
    }
}
