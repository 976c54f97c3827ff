//! The weights of a matrix in multiplication order, and their unpacking.

use std::ops::Range;

use half::{bf16, f16};
use pulp::Simd;

use crate::cpu::simd::{Level, rows};
use crate::matrix::{BLOCK, Matrix};
use crate::quant::{Format, half};

pub(super) enum Packed {
    /// In the order in which [`tile`](super::tile) reads them, `[rows / R][columns][R]`, with R of
    /// the machine's instruction set.
    F32(Vec<f32>),
    /// Bytes in that order, with scales `[rows / R][columns / BLOCK][R]`. Products of one text are
    /// bound by memory bandwidth, of which this needs a quarter; the others are as fast as with
    /// f32.
    Q8 { codes: Vec<i8>, scales: Vec<f32> },
    /// In the same order.
    F16(Vec<f16>),
    /// In the same order.
    Bf16(Vec<bf16>),
    /// In the stored format: a large model must not be in memory twice.
    Blocks(Matrix),
}

/// Some columns of R rows.
#[derive(Clone, Copy)]
pub(super) enum Block<'a> {
    /// `[columns][R]`
    Columns(&'a [f32]),
    /// `[R][STRIDE]`
    Rows(&'a [f32]),
}

/// The distance between unpacked rows: more than their length, so that they do not all begin in the
/// same cache lines.
pub(super) const STRIDE: usize = COLUMNS + 16;

/// How many columns are multiplied before the next rows, so that the operands of a task stay in the
/// L2 cache. A multiple of every format's block.
pub(super) const COLUMNS: usize = 512;

impl Packed {
    /// Packs weights for `level`; the number of rows is a multiple of 8.
    pub(super) fn new(level: Level, weights: Matrix) -> Packed {
        let columns = weights.columns;
        match (weights.format, weights.q8_0()) {
            (_, Some((codes, scales))) => Packed::Q8 {
                codes: pack(&codes, level.rows, columns),
                scales: pack(&scales, level.rows, columns / BLOCK),
            },
            (Format::F32, None) => Packed::F32(pack(&weights.values(), level.rows, columns)),
            (Format::F16, None) => {
                let values: Vec<f16> = halves(&weights.bytes).map(f16::from_bits).collect();
                Packed::F16(pack(&values, level.rows, columns))
            }
            (Format::Bf16, None) => {
                let values: Vec<bf16> = halves(&weights.bytes).map(bf16::from_bits).collect();
                Packed::Bf16(pack(&values, level.rows, columns))
            }
            _ => Packed::Blocks(weights),
        }
    }

    /// Some columns of R rows from `first` on, of a matrix with `width` columns.
    #[inline(always)]
    pub(super) fn block<'a, S: Simd>(
        &'a self,
        simd: S,
        width: usize,
        first: usize,
        columns: Range<usize>,
        unpacked: &'a mut Vec<f32>,
    ) -> Block<'a> {
        let (block, count) = (rows::<S>(), columns.len() * rows::<S>());
        let start = first * width + columns.start * block;
        if let Packed::F32(values) = self {
            return Block::Columns(&values[start..][..count]);
        }
        unpacked.resize(unpacked.len().max(count).max(block * STRIDE), 0.0);
        let out = &mut unpacked[..];
        match self {
            Packed::F32(_) => {}
            Packed::F16(values) => {
                for (out, value) in out[..count].iter_mut().zip(&values[start..]) {
                    *out = half(value.to_bits());
                }
            }
            Packed::Bf16(values) => {
                for (out, value) in out[..count].iter_mut().zip(&values[start..]) {
                    *out = value.to_f32();
                }
            }
            Packed::Q8 { codes, scales } => {
                let codes = &codes[start..][..count];
                let scales = &scales[start / BLOCK..][..count / BLOCK];
                match block {
                    4 => unpack::<4>(codes, scales, &mut out[..count]),
                    _ => unpack::<8>(codes, scales, &mut out[..count]),
                }
            }
            Packed::Blocks(matrix) => {
                for (row, out) in out.chunks_exact_mut(STRIDE).take(block).enumerate() {
                    let out = &mut out[..columns.len()];
                    matrix.dequantise(simd, first + row, columns.start, out);
                }
                return Block::Rows(&unpacked[..block * STRIDE]);
            }
        }
        Block::Columns(&unpacked[..count])
    }
}

/// 16-bit numbers.
fn halves(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes.as_chunks().0.iter().copied().map(u16::from_le_bytes)
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
