//! A table of token vectors, kept as small as the file has it.

use crate::error::Cause;
use crate::gguf::Gguf;
use crate::matrix::{BLOCK, Matrix};

/// Token vectors `[rows, dim]`.
pub(crate) struct Table {
    dim: usize,
    rows: Matrix,
}

impl Table {
    /// The tensor `name` of the shape `[rows, dim]`.
    pub(crate) fn load(
        gguf: &mut Gguf,
        name: &str,
        rows: usize,
        dim: usize,
    ) -> Result<Table, Cause> {
        Ok(Table { dim, rows: Matrix::load(gguf, name, rows, dim)? })
    }

    /// Adds `weight` times the vector of `row` to `sum` `[dim]`.
    #[inline(always)]
    pub(crate) fn add(&self, row: usize, weight: f32, sum: &mut [f32]) {
        match &self.rows {
            Matrix::Q8 { codes, scales } => {
                let codes = &codes[row * self.dim..][..self.dim];
                let scales = &scales[row * self.dim / BLOCK..][..self.dim / BLOCK];
                let sums = sum.as_chunks_mut::<BLOCK>().0.iter_mut();
                for ((sum, codes), scale) in sums.zip(codes.as_chunks::<BLOCK>().0).zip(scales) {
                    let scale = weight * scale;
                    for (sum, &code) in sum.iter_mut().zip(codes) {
                        *sum += scale * f32::from(code);
                    }
                }
            }
            Matrix::F32(weights) => {
                let row = &weights[row * self.dim..][..self.dim];
                for (sum, value) in sum.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
        }
    }
}
