//! Products of 8-bit numbers: weights as the codes in the file, activations rounded to codes with
//! one scale per 32.
//!
//! llama.cpp multiplies quantised weights in the same way. A rounded number has an error of at most
//! 1/254 of the largest in its block; weights lose nothing.

use pulp::{Scalar256b, Simd, WithSimd};

use super::{Operand, Product, activate};
use crate::config::Activation;
use crate::cpu::dot::{Block, Dot, ROUNDED, ROWS, Rounded, SUMS, WORDS};
use crate::matrix::{BLOCK, Matrix};
use crate::quant::{Coded, Format};

/// Weights `[rows, columns]` to be multiplied by rounded activations.
pub(super) struct Int8 {
    pub(super) dot: Dot,
    weights: Weights,
}

enum Weights {
    /// `[rows / ROWS][columns / BLOCK]`
    Unpacked(Vec<Block<1, 0>>),
    /// In the stored format, unpacked on use: a large model must not be in memory twice.
    Stored(Matrix),
}

/// How many columns are multiplied before the next rows, so that the operands of a task stay in the
/// L2 cache. A multiple of every format's block.
const COLUMNS: usize = 1024;

impl Int8 {
    pub(super) fn new(dot: Dot, matrix: Matrix) -> Int8 {
        let blocks = matrix.columns / BLOCK;
        let weights = if matrix.format == Format::Q8_0 {
            let mut all = vec![Block::default(); matrix.rows() / ROWS * blocks];
            let mut coded = vec![Coded::default(); blocks];
            for (n, blocks) in all.chunks_exact_mut(blocks).enumerate() {
                let from = (n * ROWS, 0);
                Unpack { dot, matrix: &matrix, from, coded: &mut coded, blocks }
                    .with_simd(Scalar256b);
            }
            Weights::Unpacked(all)
        } else {
            Weights::Stored(matrix)
        };
        Int8 { dot, weights }
    }
}

impl WithSimd for Product<'_, Int8, Rounded<'_>> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match &self.weights.weights {
            Weights::Unpacked(blocks) => self.multiply(simd, Source::Unpacked(blocks)),
            Weights::Stored(matrix) => {
                match (matrix.format.has_halves(), matrix.format.has_least()) {
                    (false, false) => self.multiply(simd, Source::<1, 0>::Stored(matrix)),
                    (false, true) => self.multiply(simd, Source::<1, 1>::Stored(matrix)),
                    (true, false) => self.multiply(simd, Source::<2, 0>::Stored(matrix)),
                    (true, true) => self.multiply(simd, Source::<2, 2>::Stored(matrix)),
                }
            }
        }
    }
}

/// [`Weights`] with one kind of block.
enum Source<'a, const G: usize, const L: usize> {
    Unpacked(&'a [Block<G, L>]),
    Stored(&'a Matrix),
}

impl Product<'_, Int8, Rounded<'_>> {
    #[inline(always)]
    fn multiply<S: Simd, const G: usize, const L: usize>(self, simd: S, source: Source<'_, G, L>) {
        let Product { linear, weights: &Int8 { dot, .. }, first, activation, mut operands } = self;
        let Some(operand) = operands.first() else { return };
        let count = operand.out.len() / (operand.vectors * S::F32_LANES);
        let mut coded = [Coded::default(); COLUMNS / BLOCK];
        let mut unpacked = [Block::default(); COLUMNS / BLOCK];
        for start in (0..linear.columns).step_by(COLUMNS) {
            let end = linear.columns.min(start + COLUMNS);
            let columns = start / BLOCK..end / BLOCK;
            for row in (0..count).step_by(ROWS) {
                let weights = match source {
                    Source::Unpacked(all) => {
                        &all[(first + row) / ROWS * (linear.columns / BLOCK)..][columns.clone()]
                    }
                    Source::Stored(matrix) => {
                        let (from, blocks) = ((first + row, start), &mut unpacked[..columns.len()]);
                        let coded = &mut coded[..columns.len()];
                        simd.vectorize(Unpack { dot, matrix, from, coded, blocks });
                        &unpacked[..columns.len()]
                    }
                };
                for Operand { vectors, x, out } in &mut operands {
                    let width = *vectors * S::F32_LANES;
                    let part = |words| columns.start * words * width..columns.end * words * width;
                    let x = Rounded { codes: &x.codes[part(ROUNDED)], sums: &x.sums[part(SUMS)] };
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
    }
}

/// Unpacks ROWS rows, from a row and a column on.
struct Unpack<'a, const G: usize, const L: usize> {
    dot: Dot,
    matrix: &'a Matrix,
    from: (usize, usize),
    /// Memory for one row.
    coded: &'a mut [Coded],
    blocks: &'a mut [Block<G, L>],
}

impl<const G: usize, const L: usize> WithSimd for Unpack<'_, G, L> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Unpack { dot, matrix, from: (row, column), coded, blocks } = self;
        for n in 0..ROWS {
            matrix.decode(simd, row + n, column, coded);
            for (block, coded) in blocks.iter_mut().zip(&*coded) {
                block.codes[n] = pulp::cast(coded.codes);
                for (part, codes) in coded.codes.chunks_exact(BLOCK / G).enumerate() {
                    let mut sum = 0;
                    for code in codes {
                        sum += i16::from(*code);
                    }
                    block.offsets[part][n] = -dot.shift() * i32::from(sum);
                    block.scales[part][n] = coded.scales[part];
                }
                let [of_first, of_second] = coded.least;
                for (added, value) in block.added.iter_mut().zip([of_second, of_first - of_second])
                {
                    added[n] = value;
                }
            }
        }
    }
}

/// 1.5 · 2²³: adding it leaves the nearest integer in the low bits.
const ROUND: f32 = 12_582_912.0;

/// The largest code.
const GREATEST: f32 = 127.0;

/// A block of smaller numbers counts as zero.
const LEAST: f32 = 1e-30;

/// Rounds `[columns][vectors]` to the form of [`Rounded`]: words of four columns as in [`Block`],
/// each code plus [`Dot::shift`], with scales and sums.
#[inline(always)]
pub(in crate::cpu) fn round<S: Simd>(
    simd: S,
    dot: Dot,
    vectors: usize,
    x: &[f32],
    codes: &mut [u32],
    sums: &mut [f32],
) {
    match vectors {
        1 => round_vectors::<S, 1>(simd, dot, x, codes, sums),
        2 => round_vectors::<S, 2>(simd, dot, x, codes, sums),
        _ => round_vectors::<S, 3>(simd, dot, x, codes, sums),
    }
}

#[inline(always)]
fn round_vectors<S: Simd, const V: usize>(
    simd: S,
    dot: Dot,
    x: &[f32],
    codes: &mut [u32],
    sums: &mut [f32],
) {
    let x = S::as_simd_f32s(x).0.as_chunks::<V>().0.as_chunks::<BLOCK>().0;
    let out = S::as_mut_simd_u32s(codes).0.as_chunks_mut::<V>().0.as_chunks_mut::<ROUNDED>().0;
    let sums = S::as_mut_simd_f32s(sums).0.as_chunks_mut::<V>().0.as_chunks_mut::<SUMS>().0;
    let (zero, byte) = (simd.splat_f32s(0.0), simd.splat_u32s(0xff));
    let shift = simd.splat_f32s(ROUND + dot.shift() as f32);
    for ((x, out), [of_all, of_half]) in x.iter().zip(out).zip(sums) {
        for v in 0..V {
            let (mut greatest, mut halves) = (zero, [zero; 2]);
            for (sum, x) in halves.iter_mut().zip(x.as_chunks::<{ BLOCK / 2 }>().0) {
                for x in x {
                    greatest = simd.max_f32s(greatest, simd.abs_f32s(x[v]));
                    *sum = simd.add_f32s(*sum, x[v]);
                }
            }
            let sum = simd.add_f32s(halves[0], halves[1]);
            (of_all[v], of_half[v]) = (sum, halves[0]);
            let scale = simd.mul_f32s(greatest, simd.splat_f32s(1.0 / GREATEST));
            // NaN if a number is not finite, so that the result shows it.
            let scale = simd.mul_add_e_f32s(sum, zero, scale);
            out[WORDS][v] = simd.transmute_u32s_f32s(scale);
            // Avoids a division of zero by zero.
            let divisor = simd.max_f32s(greatest, simd.splat_f32s(LEAST));
            let inverse = simd.div_f32s(simd.splat_f32s(GREATEST), divisor);
            for (x, out) in x.as_chunks::<4>().0.iter().zip(&mut out[..WORDS]) {
                let mut word = simd.splat_u32s(0);
                for (n, x) in x.iter().enumerate() {
                    let code = simd.mul_add_e_f32s(x[v], inverse, shift);
                    let code = simd.and_u32s(simd.transmute_u32s_f32s(code), byte);
                    let code = simd.wrapping_dyn_shl_u32s(code, simd.splat_u32s(8 * n as u32));
                    word = simd.or_u32s(word, code);
                }
                out[v] = word;
            }
        }
    }
}
