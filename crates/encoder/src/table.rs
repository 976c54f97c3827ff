//! A table of token vectors, kept as small as in the file.

use pulp::Scalar256b;

use crate::matrix::{BLOCK, Matrix};

/// Token vectors `[rows, dim]`.
pub struct Table(Rows);

enum Rows {
    /// Q8_0 with separate scales, for the fast lookups of the static model.
    Q8 { dim: usize, codes: Vec<i8>, scales: Vec<f32> },
    /// Any other type.
    Blocks(Matrix),
}

impl From<Matrix> for Table {
    fn from(matrix: Matrix) -> Table {
        Table(match matrix.q8_0() {
            Some((codes, scales)) => Rows::Q8 { dim: matrix.columns, codes, scales },
            None => Rows::Blocks(matrix),
        })
    }
}

impl Table {
    /// Adds `weight` times the vector of `row` to `sum` `[dim]`. `spare` is reusable memory.
    #[inline(always)]
    pub fn add(&self, row: usize, weight: f32, sum: &mut [f32], spare: &mut Vec<f32>) {
        match &self.0 {
            Rows::Q8 { dim, codes, scales } => {
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
            Rows::Blocks(matrix) => add_row(matrix, row, weight, sum, spare),
        }
    }
}

/// The same from any format. A function of its own: callers that are compiled for several
/// instruction sets would repeat the code of all formats.
#[inline(never)]
fn add_row(matrix: &Matrix, row: usize, weight: f32, sum: &mut [f32], spare: &mut Vec<f32>) {
    spare.resize(matrix.columns, 0.0);
    matrix.dequantise(Scalar256b, row, 0, spare);
    for (sum, value) in sum.iter_mut().zip(&*spare) {
        *sum += weight * value;
    }
}
