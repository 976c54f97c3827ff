//! y = W x + b on panels.

mod packed;

use std::cell::RefCell;

use arrayvec::ArrayVec;
use pulp::{Simd, WithSimd};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use self::packed::{Block, COLUMNS, Packed, STRIDE};
use super::panel::{Buffer, Panel};
use super::simd::{Level, rows};
use super::{TASK_PANELS, math};
use crate::blueprint::Activation;
use crate::matrix::Matrix;

/// A weight matrix `[rows, columns]` and its bias `[rows]`.
pub(crate) struct Linear {
    packed: Packed,
    bias: Vec<f32>,
    columns: usize,
}

thread_local! {
    /// Some columns of R rows, unpacked.
    static UNPACKED: RefCell<Vec<f32>> = RefCell::default();
}

/// The least weights for which a single panel is shared out: below, threads that meet after the product
/// wait longer for each other than it takes. A question of twelve tokens takes all-MiniLM-L6-v2 1.4 ms
/// on two cores and 3.3 ms on one; with another program on each core, 3.3 ms either way.
const WORTH_SPLITTING: usize = 1 << 17;
impl Linear {
    /// Packs a matrix for `level`; its rows are a multiple of 8.
    pub(crate) fn new(level: Level, weights: Matrix, bias: Option<Vec<f32>>) -> Linear {
        let columns = weights.columns;
        let bias = bias.unwrap_or_else(|| vec![0.0; weights.rows()]);
        Linear { packed: Packed::new(level, weights), bias, columns }
    }

    pub(super) fn rows(&self) -> usize {
        self.bias.len()
    }

    /// For each panel, computes `[rows][tokens]` in one buffer out of `[columns][tokens]` in another. A
    /// single panel is computed in `split` parallel parts if the matrix is large.
    #[inline(always)]
    pub(super) fn apply<S: Simd>(
        &self,
        simd: S,
        panels: &mut [Panel],
        (from, to): (Buffer, Buffer),
        activation: Activation,
        split: usize,
    ) {
        let worth_it = split > 1 && self.rows() * self.columns >= WORTH_SPLITTING;
        if let ([panel], true) = (&mut *panels, worth_it) {
            let vectors = panel.vectors;
            let (x, out) = panel.pair(from, to);
            let width = vectors * S::F32_LANES;
            let rows = self.rows().div_ceil(split).next_multiple_of(rows::<S>());
            let out = &mut out[..self.rows() * width];
            out.par_chunks_mut(rows * width).enumerate().for_each(|(n, out)| {
                let operands = [Operand { vectors, x, out }];
                simd.vectorize(Product { linear: self, first: n * rows, operands, activation });
            });
            return;
        }
        let operands = panels.iter_mut().map(|panel| {
            let vectors = panel.vectors;
            let (x, out) = panel.pair(from, to);
            Operand { vectors, x, out: &mut out[..self.rows() * vectors * S::F32_LANES] }
        });
        // At most as many as a task has panels.
        let operands: ArrayVec<_, TASK_PANELS> = operands.collect();
        Product { linear: self, first: 0, operands, activation }.with_simd(simd);
    }
}

/// One panel's part in a product.
struct Operand<'a> {
    vectors: usize,
    /// `[columns][vectors]`
    x: &'a [f32],
    /// `[rows][vectors]`
    out: &'a mut [f32],
}

/// The rows of a matrix from `first` on, as many as the operands have.
struct Product<'a, O> {
    linear: &'a Linear,
    first: usize,
    operands: O,
    activation: Activation,
}

impl<'a, O: AsMut<[Operand<'a>]>> WithSimd for Product<'a, O> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let Product { linear, first, activation, .. } = self;
        let operands = self.operands.as_mut();
        let Some(operand) = operands.first() else { return };
        let count = operand.out.len() / (operand.vectors * S::F32_LANES);
        let mut unpacked = UNPACKED.take();
        let step = match (&linear.packed, operands.len()) {
            (Packed::Q8 { .. } | Packed::Blocks(_), _) | (_, 2..) => COLUMNS,
            // One panel stays in the cache anyway, and so large weights come sooner in one go: a
            // question of twelve tokens takes 27 ms instead of 31 (137 million weights in F16).
            (_, _) => linear.columns,
        };
        for start in (0..linear.columns).step_by(step) {
            let columns = start..linear.columns.min(start + step);
            let last = columns.end == linear.columns;
            let activation = if last { activation } else { Activation::None };
            for row in (0..count).step_by(rows::<S>()) {
                let weights = linear.packed.block(
                    simd,
                    linear.columns,
                    first + row,
                    columns.clone(),
                    &mut unpacked,
                );
                // Later columns add to what the first ones gave.
                let bias = (start == 0).then(|| &linear.bias[first + row..][..rows::<S>()]);
                for Operand { vectors, x, out } in &mut *operands {
                    let width = *vectors * S::F32_LANES;
                    let x = &x[columns.start * width..columns.end * width];
                    let out = &mut out[row * width..][..rows::<S>() * width];
                    Rows { weights, bias, vectors: *vectors, x, out, activation }.with_simd(simd);
                }
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
        let values = out.as_flattened_mut();
        // Loops and not closures: a closure is a function of its own, in which the vector instructions
        // would become calls. And one for each: inside of one, the choice would be made every time.
        match self.activation {
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

/// The same with W `[R][STRIDE]`, of which the first columns count.
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

#[cfg(test)]
mod tests {
    use half::{bf16, f16};

    use super::*;
    use crate::matrix::BLOCK;
    use crate::quant::Format;

    const ROWS: usize = WORTH_SPLITTING / COLUMNS / 2;
    const WIDTH: usize = 2 * COLUMNS + 64;
    const TOKENS: usize = 20;

    struct Multiply<'a>(&'a Linear, usize);

    impl WithSimd for Multiply<'_> {
        type Output = Vec<f32>;

        #[inline(always)]
        fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
            let vectors = TOKENS.div_ceil(S::F32_LANES).min(2);
            let mut panel = Panel::default();
            panel.vectors = vectors;
            panel.resize_all(WIDTH.max(ROWS) * vectors * S::F32_LANES);
            let x = panel.get_mut(Buffer::X).iter_mut();
            x.enumerate().for_each(|(n, x)| *x = (n % 7) as f32 - 3.0);
            let panels = std::slice::from_mut(&mut panel);
            let buffers = (Buffer::X, Buffer::Inner);
            self.0.apply(simd, panels, buffers, Activation::None, self.1);
            panel.get(Buffer::Inner)[..ROWS * vectors * S::F32_LANES].to_vec()
        }
    }

    /// A block of Q4_1: the scale 1, the least weight -5, and the codes above it.
    fn q4_1(codes: &[i8; BLOCK]) -> Vec<u8> {
        let mut bytes = [f16::ONE.to_le_bytes(), f16::from(-5i8).to_le_bytes()].concat();
        let (low, high) = codes.split_at(BLOCK / 2);
        bytes.extend(
            low.iter().zip(high).map(|(low, high)| (low + 5) as u8 | ((high + 5) as u8) << 4),
        );
        bytes
    }

    /// Whole numbers, so that sums do not depend on their order.
    fn matrix(format: Format) -> Matrix {
        let codes = (0..ROWS * WIDTH).map(|n| (n % 11) as i8 - 5);
        let bytes = match format {
            Format::F32 => codes.flat_map(|code| f32::from(code).to_le_bytes()).collect(),
            Format::F16 => codes.flat_map(|code| f16::from(code).to_le_bytes()).collect(),
            Format::Bf16 => codes.flat_map(|code| bf16::from(code).to_le_bytes()).collect(),
            Format::Q4_1 => {
                let blocks = codes.collect::<Vec<_>>();
                let blocks = blocks.as_chunks::<BLOCK>().0.iter();
                blocks.flat_map(q4_1).collect()
            }
            _ => {
                let codes: Vec<u8> = codes.map(|code| code as u8).collect();
                let blocks = codes.as_chunks::<BLOCK>().0.iter();
                blocks.flat_map(|block| [&f16::ONE.to_le_bytes()[..], block].concat()).collect()
            }
        };
        Matrix { format, columns: WIDTH, bytes }
    }

    #[test]
    fn every_form_and_split_gives_the_same_product() {
        for level in Level::all() {
            let bias: Vec<f32> = (0..ROWS).map(|n| (n % 13) as f32).collect();
            let linear = |format| Linear::new(level, matrix(format), Some(bias.clone()));
            let expected = level.run(Multiply(&linear(Format::F32), 1));
            // Row 1, token 0: features are `[feature][tokens]` apart.
            let width = expected.len() / ROWS;
            let first = (0..WIDTH).map(|column| {
                let weight = ((WIDTH + column) % 11) as f32 - 5.0;
                weight * ((column * width % 7) as f32 - 3.0)
            });
            assert_eq!(expected[width], 1.0 + first.sum::<f32>(), "{level:?}");
            for format in [Format::F32, Format::F16, Format::Bf16, Format::Q8_0, Format::Q4_1] {
                let linear = linear(format);
                for split in [1, 2, 3, 7] {
                    let product = level.run(Multiply(&linear, split));
                    assert!(product == expected, "{level:?} {format:?} in {split} parts");
                }
            }
        }
    }
}
