//! y = W x + b on panels.

use std::cell::RefCell;

use pulp::{Simd, WithSimd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::simd::{Level, rows};
use super::{Operands, Panel, math};
use crate::matrix::{BLOCK, Matrix};

/// A weight matrix `[rows, columns]` and its bias `[rows]`.
pub(crate) struct Linear {
    packed: Packed,
    bias: Vec<f32>,
    columns: usize,
}

/// The weights in the order in which [`tile`] reads them, `[rows / R][columns][R]` with the R of the
/// machine's instruction set.
enum Packed {
    F32(Vec<f32>),
    /// As bytes, with scales `[rows / R][columns / BLOCK][R]`. One text's products are as fast as the
    /// weights come from memory, and these are a quarter; the others are as fast as with f32.
    Q8 {
        codes: Vec<i8>,
        scales: Vec<f32>,
    },
}

thread_local! {
    /// The weights of R rows, unpacked `[columns][R]`.
    static UNPACKED: RefCell<Vec<f32>> = RefCell::default();
}

/// The least weights for which a single panel is shared out. For less, threads that meet after every
/// product only wait for each other, above all on a busy machine.
const WORTH_SPLITTING: usize = 1 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    None,
    Gelu,
}

impl Linear {
    /// Packs a matrix for `level`; its rows are a multiple of 8.
    pub(crate) fn new(level: Level, weights: &Matrix, bias: Vec<f32>, columns: usize) -> Linear {
        let packed = match weights {
            Matrix::F32(values) => Packed::F32(pack(values, level.rows, columns)),
            Matrix::Q8 { codes, scales } => Packed::Q8 {
                codes: pack(codes, level.rows, columns),
                scales: pack(scales, level.rows, columns / BLOCK),
            },
        };
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
        let worth_it = split > 1 && self.bias.len() * self.columns >= WORTH_SPLITTING;
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
        let count = operands(panel).1.len() / (panel.vectors * S::F32_LANES);
        let mut unpacked = UNPACKED.take();
        for row in (0..count).step_by(rows::<S>()) {
            let (weights, bias) = self.rows::<S>(first + row, &mut unpacked);
            for panel in &mut *panels {
                let vectors = panel.vectors;
                let (x, out) = operands(panel);
                let width = vectors * S::F32_LANES;
                let out = &mut out[row * width..][..rows::<S>() * width];
                Rows { weights, bias, vectors, x, out, activation }.with_simd(simd);
            }
        }
        UNPACKED.set(unpacked);
    }

    /// The weights `[columns][R]` and biases of R rows.
    #[inline(always)]
    fn rows<'a, S: Simd>(
        &'a self,
        first: usize,
        unpacked: &'a mut Vec<f32>,
    ) -> (&'a [f32], &'a [f32]) {
        let (columns, count) = (self.columns, rows::<S>());
        let weights = match &self.packed {
            Packed::F32(values) => &values[first * columns..][..count * columns],
            Packed::Q8 { codes, scales } => {
                let codes = &codes[first * columns..][..count * columns];
                let scales = &scales[first * columns / BLOCK..][..count * columns / BLOCK];
                unpacked.resize(unpacked.len().max(count * columns), 0.0);
                let out = &mut unpacked[..count * columns];
                match count {
                    4 => unpack::<4>(codes, scales, out),
                    _ => unpack::<8>(codes, scales, out),
                }
                out
            }
        };
        (weights, &self.bias[first..][..count])
    }
}

/// From `[rows][columns]` to `[rows / block][columns][block]`.
fn pack<T: Copy>(values: &[T], block: usize, columns: usize) -> Vec<T> {
    let mut packed = Vec::with_capacity(values.len());
    for rows in values.chunks_exact(block * columns) {
        for column in 0..columns {
            packed.extend(rows.iter().skip(column).step_by(columns));
        }
    }
    packed
}

/// `[columns][R]` codes times `[columns / BLOCK][R]` scales.
#[inline(always)]
fn unpack<const R: usize>(codes: &[i8], scales: &[f32], out: &mut [f32]) {
    let columns = codes.as_chunks::<R>().0.as_chunks::<BLOCK>().0;
    let outs = out.as_chunks_mut::<R>().0.as_chunks_mut::<BLOCK>().0;
    for ((columns, scales), outs) in columns.iter().zip(scales.as_chunks::<R>().0).zip(outs) {
        for (codes, out) in columns.iter().zip(outs) {
            for ((&code, scale), out) in codes.iter().zip(scales).zip(out) {
                *out = scale * f32::from(code);
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
        let Part { linear, vectors, first, x, out, activation } = self;
        let mut unpacked = UNPACKED.take();
        let outs = out.chunks_exact_mut(rows::<S>() * vectors * S::F32_LANES);
        for (n, out) in outs.enumerate() {
            let (weights, bias) = linear.rows::<S>(first + n * rows::<S>(), &mut unpacked);
            Rows { weights, bias, vectors, x, out, activation }.with_simd(simd);
        }
        UNPACKED.set(unpacked);
    }
}

/// R rows of one panel's product.
struct Rows<'a> {
    /// `[columns][R]`
    weights: &'a [f32],
    bias: &'a [f32],
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
        let outs = out.as_chunks_mut::<V>().0.as_chunks_mut::<R>().0;
        let biases = self.bias.as_chunks::<R>().0;
        // One turn of a loop: a closure is a function of its own, and outside of `vectorize` the
        // vector instructions would become calls.
        for (out, bias) in outs.iter_mut().zip(biases) {
            let mut sum = [[simd.splat_f32s(0.0); V]; R];
            for (sum, &bias) in sum.iter_mut().zip(bias) {
                *sum = [simd.splat_f32s(bias); V];
            }
            *out = tile(simd, sum, self.weights, x);
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
        let codes: Vec<i8> = (0..WORTH_SPLITTING).map(|n| (n % 11) as i8 - 5).collect();
        let scales = (0..WORTH_SPLITTING / BLOCK).map(|n| (n % 5) as f32 * 0.25).collect();
        let quantised = Matrix::Q8 { codes: codes.clone(), scales };
        let plain = Matrix::F32(codes.iter().map(|code| f32::from(*code)).collect());
        for matrix in [plain, quantised] {
            for level in Level::all() {
                let bias = (0..ROWS).map(|n| (n % 13) as f32).collect();
                let linear = Linear::new(level, &matrix, bias, COLUMNS);
                let whole = level.run(Product(&linear, 1));
                for split in [2, 3, 7] {
                    let parts = level.run(Product(&linear, split));
                    assert!(parts == whole, "{level:?} in {split} parts");
                }
            }
        }
    }

    #[test]
    fn bytes_multiply_as_what_they_stand_for() {
        let codes: Vec<i8> = (0..ROWS * COLUMNS).map(|n| (n % 251) as i8).collect();
        let scales: Vec<f32> = (0..ROWS * COLUMNS / BLOCK).map(|n| (n % 5) as f32 * 0.25).collect();
        let values = codes.iter().enumerate().map(|(n, code)| scales[n / BLOCK] * f32::from(*code));
        let plain = Matrix::F32(values.collect());
        let quantised = Matrix::Q8 { codes, scales };
        for level in Level::all() {
            let product = |matrix| {
                let linear = Linear::new(level, matrix, vec![1.0; ROWS], COLUMNS);
                level.run(Product(&linear, 1))
            };
            assert!(product(&plain) == product(&quantised), "{level:?}");
        }
    }
}
