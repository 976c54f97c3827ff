//! A table of token vectors, kept as small as in the file.

use pulp::Scalar256b;

use crate::error::Cause;
use crate::gguf::Gguf;
use crate::matrix::{BLOCK, Matrix};

/// Token vectors `[rows, dim]`.
pub(crate) enum Table {
    /// Q8_0 with separate scales, for the fast lookups of the static model.
    Q8 { dim: usize, codes: Vec<i8>, scales: Vec<f32> },
    /// Any other type.
    Blocks(Matrix),
}

impl Table {
    /// Loads the tensor `name` of shape `[rows, dim]`.
    pub(crate) fn load(
        gguf: &mut Gguf,
        name: &str,
        rows: usize,
        dim: usize,
    ) -> Result<Table, Cause> {
        let matrix = gguf.matrix(name, rows, dim)?;
        Ok(match matrix.q8_0() {
            Some((codes, scales)) => Table::Q8 { dim, codes, scales },
            None => Table::Blocks(matrix),
        })
    }

    /// Adds `weight` times the vector of `row` to `sum` `[dim]`. `spare` is reusable memory.
    #[inline(always)]
    pub(crate) fn add(&self, row: usize, weight: f32, sum: &mut [f32], spare: &mut Vec<f32>) {
        match self {
            Table::Q8 { dim, codes, scales } => {
                let codes = &codes[row * dim..][..*dim];
                let scales = &scales[row * dim / BLOCK..][..dim / BLOCK];
                let sums = sum.as_chunks_mut::<BLOCK>().0.iter_mut();
                for ((sum, codes), scale) in sums.zip(codes.as_chunks::<BLOCK>().0).zip(scales) {
                    let scale = weight * scale;
                    for (sum, &code) in sum.iter_mut().zip(codes) {
                        *sum += scale * f32::from(code);
                    }
                }
            }
            Table::Blocks(matrix) => {
                spare.resize(matrix.columns, 0.0);
                let bytes = &matrix.bytes[row * matrix.row_bytes()..][..matrix.row_bytes()];
                matrix.format.dequantise(Scalar256b, bytes, spare);
                for (sum, value) in sum.iter_mut().zip(&*spare) {
                    *sum += weight * value;
                }
            }
        }
    }
}
