//! Weights as small as the file has them.

use crate::error::Cause;
use crate::gguf::Gguf;

/// The weights in one Q8_0 block, which share a scale.
pub(crate) const BLOCK: usize = 32;

/// A row-major matrix `[rows, columns]`.
pub(crate) enum Matrix {
    /// Q8_0: one byte per weight, one scale per [`BLOCK`] weights of a row.
    Q8 { codes: Vec<i8>, scales: Vec<f32> },
    /// Any other type, dequantised.
    F32(Vec<f32>),
}

impl Matrix {
    /// The tensor `name` of the shape `[rows, columns]`, checked to be finite.
    pub(crate) fn load(
        gguf: &mut Gguf,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Matrix, Cause> {
        let Some(blocks) = gguf.q8_0(name, &[rows, columns])? else {
            return Ok(Matrix::F32(gguf.weights(name, &[rows, columns])?));
        };
        let mut codes = Vec::with_capacity(rows * columns);
        let mut scales = Vec::with_capacity(rows * columns / BLOCK);
        for block in blocks.as_chunks::<{ BLOCK + 2 }>().0 {
            let (scale, block) = (half::f16::from_le_bytes([block[0], block[1]]), &block[2..]);
            scales.push(scale.to_f32());
            codes.extend(block.iter().map(|&code| code as i8));
        }
        if scales.iter().all(|scale| scale.is_finite()) {
            Ok(Matrix::Q8 { codes, scales })
        } else {
            Err(Cause::NotFinite(name.into()))
        }
    }

    /// The rows of this matrix, then those of another with as many columns.
    pub(crate) fn above(self, other: Matrix) -> Matrix {
        match (self, other) {
            (Matrix::Q8 { mut codes, mut scales }, Matrix::Q8 { codes: more, scales: of_more }) => {
                codes.extend(more);
                scales.extend(of_more);
                Matrix::Q8 { codes, scales }
            }
            (this, other) => {
                let mut values = this.values();
                values.extend(other.values());
                Matrix::F32(values)
            }
        }
    }

    /// Multiplies the first `count` weights, whole rows of them.
    pub(crate) fn scale(&mut self, count: usize, factor: f32) {
        let values = match self {
            Matrix::Q8 { scales, .. } => &mut scales[..count / BLOCK],
            Matrix::F32(values) => &mut values[..count],
        };
        values.iter_mut().for_each(|value| *value *= factor);
    }

    fn values(self) -> Vec<f32> {
        match self {
            Matrix::Q8 { codes, scales } => {
                let blocks = codes.as_chunks::<BLOCK>().0.iter().zip(scales);
                blocks
                    .flat_map(|(block, scale)| block.map(|code| scale * f32::from(code)))
                    .collect()
            }
            Matrix::F32(values) => values,
        }
    }
}
