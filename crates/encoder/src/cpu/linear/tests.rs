use candle_core::quantized::QTensor;
use candle_core::{Device, Tensor};
use half::{bf16, f16};

use super::packed::COLUMNS;
use super::*;
use crate::matrix::BLOCK;
use crate::quant::Format;
use crate::quant::tests::KINDS;

const ROWS: usize = WORTH_SPLITTING / COLUMNS / 2;
/// Whole blocks, and more columns than are multiplied before the next rows.
const WIDTH: usize = 2 * COLUMNS + 256;
const TOKENS: usize = 20;
const FORMATS: [Format; 5] = [Format::F32, Format::F16, Format::Bf16, Format::Q8_0, Format::Q4_1];

/// The product of a matrix and the values of a function of the index, in `split` parts.
struct Multiply<'a> {
    linear: &'a Linear,
    x: fn(usize) -> f32,
    split: usize,
}

impl WithSimd for Multiply<'_> {
    type Output = Vec<f32>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f32> {
        let vectors = TOKENS.div_ceil(S::F32_LANES).min(2);
        let mut panel = Panel::default();
        panel.vectors = vectors;
        panel.resize_all(WIDTH.max(ROWS) * vectors * S::F32_LANES);
        let x = panel.get_mut(Buffer::X).iter_mut();
        x.enumerate().for_each(|(n, x)| *x = (self.x)(n));
        let panels = std::slice::from_mut(&mut panel);
        let buffers = (Buffer::X, Buffer::Ffn);
        self.linear.apply(simd, panels, buffers, Activation::None, self.split);
        panel.get(Buffer::Ffn)[..ROWS * vectors * S::F32_LANES].to_vec()
    }
}

/// A block of Q4_1 with scale 1, minimum -5, and the codes above it.
fn q4_1(codes: &[i8; BLOCK]) -> Vec<u8> {
    let mut bytes = [f16::ONE.to_le_bytes(), f16::from(-5i8).to_le_bytes()].concat();
    let (low, high) = codes.split_at(BLOCK / 2);
    bytes.extend(low.iter().zip(high).map(|(low, high)| (low + 5) as u8 | ((high + 5) as u8) << 4));
    bytes
}

/// Integers from -5 to 5.
fn matrix(format: Format) -> Matrix {
    let codes = (0..ROWS * WIDTH).map(|n| (n % 11) as i8 - 5);
    let bytes: Vec<u8> = match format {
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
    Matrix { format, columns: WIDTH, bytes: bytes.into() }
}

fn linear(level: Level, format: Format) -> Linear {
    let bias = (0..ROWS).map(|n| (n % 13) as f32).collect();
    Linear::new(level, matrix(format), Some(bias))
}

#[test]
fn every_form_and_split_gives_the_same_product() {
    // Integers, so that sums do not depend on their order.
    let x = |n| (n % 7) as f32 - 3.0;
    for level in Level::all().into_iter().filter(|level| !level.rounds()) {
        let product = |linear: &Linear, split| level.run(Multiply { linear, x, split });
        let expected = product(&linear(level, Format::F32), 1);
        // Row 1, token 0: features are `[feature][tokens]` apart.
        let width = expected.len() / ROWS;
        let first = (0..WIDTH).map(|column| {
            let weight = ((WIDTH + column) % 11) as f32 - 5.0;
            weight * x(column * width)
        });
        assert_eq!(expected[width], 1.0 + first.sum::<f32>(), "{level:?}");
        for format in FORMATS {
            let linear = linear(level, format);
            for split in [1, 2, 3, 7] {
                let product = product(&linear, split);
                assert!(product == expected, "{level:?} {format:?} in {split} parts");
            }
        }
    }
}

#[test]
fn rounding_to_8_bits_loses_less_than_a_thousandth() {
    let x = |n: usize| fastrand::Rng::with_seed(n as u64).f32() - 0.3;
    for rounded in Level::all().into_iter().filter(|level| level.rounds()) {
        let exact = rounded.exact();
        for (format, kind, _) in KINDS {
            let mut random = fastrand::Rng::with_seed(7);
            let weights: Vec<f32> = (0..ROWS * WIDTH).map(|_| random.f32() - 0.3).collect();
            let weights = Tensor::from_vec(weights, (ROWS, WIDTH), &Device::Cpu).unwrap();
            let stored = QTensor::quantize(&weights, kind).unwrap();
            let linear = |level| {
                let bytes = stored.data().unwrap().into_owned();
                Linear::new(level, Matrix { format, columns: WIDTH, bytes: bytes.into() }, None)
            };
            let expected = exact.run(Multiply { linear: &linear(exact), x, split: 1 });
            let linear = linear(rounded);
            for split in [1, 2, 3, 7] {
                let product = rounded.run(Multiply { linear: &linear, x, split });
                let squares = |values: &[f32]| values.iter().map(|x| x * x).sum::<f32>();
                let errors: Vec<_> = product.iter().zip(&expected).map(|(a, b)| a - b).collect();
                let error = (squares(&errors) / squares(&expected)).sqrt();
                assert!(error < 0.001, "{rounded:?} {format:?}: {error}");
            }
        }
    }
}

#[test]
fn a_number_that_is_not_finite_is_seen_in_every_row() {
    for level in Level::all() {
        for format in FORMATS {
            let linear = linear(level, format);
            for x in [|_| f32::NAN, |n| if n == 0 { f32::INFINITY } else { 1.0 }] {
                let product = level.run(Multiply { linear: &linear, x, split: 1 });
                let width = product.len() / ROWS;
                let first = product.iter().step_by(width);
                assert!(first.into_iter().all(|x| !x.is_finite()), "{level:?} {format:?}");
            }
        }
    }
}

#[test]
fn the_product_of_nothing_is_the_bias() {
    for level in Level::all() {
        for format in FORMATS {
            let linear = linear(level, format);
            let product = level.run(Multiply { linear: &linear, x: |_| 0.0, split: 1 });
            let rows = product.chunks_exact(product.len() / ROWS);
            for (row, out) in rows.enumerate() {
                assert!(out.iter().all(|&x| x == (row % 13) as f32), "{level:?} {format:?}");
            }
        }
    }
}
