//! Weights in their stored format.

use std::borrow::Cow;

use pulp::{Scalar256b, Simd};

use crate::quant::{Coded, Format};

/// The number of weights in one Q8_0 block, which share a scale.
pub(crate) const BLOCK: usize = 32;

/// A row-major matrix `[rows, columns]`; a row is a whole number of blocks.
pub struct Matrix {
    /// How the weights are stored.
    pub format: Format,
    /// The number of columns.
    pub columns: usize,
    /// The rows, one after the other.
    pub bytes: Cow<'static, [u8]>,
}

impl Matrix {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.bytes.len() / self.row_bytes()
    }

    /// The bytes of a row.
    pub(crate) fn row_bytes(&self) -> usize {
        self.format.bytes(self.columns)
    }

    /// Splits off the rows from `row` on.
    pub fn split_off(&mut self, row: usize) -> Matrix {
        let at = row * self.row_bytes();
        let bytes = match &mut self.bytes {
            Cow::Owned(bytes) => Cow::Owned(bytes.split_off(at)),
            Cow::Borrowed(bytes) => {
                let (kept, cut) = bytes.split_at(at);
                *bytes = kept;
                Cow::Borrowed(cut)
            }
        };
        Matrix { format: self.format, columns: self.columns, bytes }
    }

    /// Dequantises weights of one row from a column on, which must begin a block.
    #[inline(always)]
    pub(crate) fn dequantise<S: Simd>(&self, simd: S, row: usize, column: usize, out: &mut [f32]) {
        let bytes = &self.bytes[row * self.row_bytes() + self.format.bytes(column)..];
        self.format.dequantise(simd, &bytes[..self.format.bytes(out.len())], out);
    }

    /// Decodes quantised weights of one row from a column on.
    #[inline(always)]
    pub(crate) fn decode<S: Simd>(&self, simd: S, row: usize, column: usize, out: &mut [Coded]) {
        let bytes = &self.bytes[row * self.row_bytes() + self.format.bytes(column)..];
        self.format.decode(simd, &bytes[..self.format.bytes(out.len() * BLOCK)], out);
    }

    /// All weights, dequantised: `[rows, columns]`.
    pub fn values(&self) -> Vec<f32> {
        let mut values = vec![0.0; self.rows() * self.columns];
        self.format.dequantise(Scalar256b, &self.bytes, &mut values);
        values
    }

    /// The codes `[rows, columns]` and the scales `[rows, columns / BLOCK]` of a Q8_0 matrix.
    pub(crate) fn q8_0(&self) -> Option<(Vec<i8>, Vec<f32>)> {
        if self.format != Format::Q8_0 {
            return None;
        }
        let count = self.rows() * self.columns;
        let (mut codes, mut scales) =
            (Vec::with_capacity(count), Vec::with_capacity(count / BLOCK));
        let mut coded = vec![Coded::default(); self.columns / BLOCK];
        for row in 0..self.rows() {
            self.decode(Scalar256b, row, 0, &mut coded);
            for Coded { codes: of_block, scales: [scale, _], .. } in &coded {
                codes.extend(of_block);
                scales.push(*scale);
            }
        }
        Some((codes, scales))
    }
}
