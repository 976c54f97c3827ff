//! A table of token vectors, kept as small as the file has it.

use crate::error::Cause;
use crate::gguf::Gguf;

/// The weights in one Q8_0 block, which share a scale.
const BLOCK: usize = 32;

/// Token vectors `[rows, dim]`.
pub(crate) struct Table {
    dim: usize,
    rows: Rows,
}

enum Rows {
    /// Q8_0: one byte per weight, one scale per 32 weights.
    Q8 { codes: Vec<i8>, scales: Vec<f32> },
    /// Any other type, dequantised.
    F32(Vec<f32>),
}

impl Table {
    /// The tensor `name` of the shape `[rows, dim]`.
    pub(crate) fn load(
        gguf: &mut Gguf,
        name: &str,
        rows: usize,
        dim: usize,
    ) -> Result<Table, Cause> {
        let Some(blocks) = gguf.q8_0(name, &[rows, dim])? else {
            return Ok(Table { dim, rows: Rows::F32(gguf.weights(name, &[rows, dim])?) });
        };
        let mut codes = Vec::with_capacity(rows * dim);
        let mut scales = Vec::with_capacity(rows * dim / BLOCK);
        for block in blocks.as_chunks::<{ BLOCK + 2 }>().0 {
            let (scale, block) = (half::f16::from_le_bytes([block[0], block[1]]), &block[2..]);
            scales.push(scale.to_f32());
            codes.extend(block.iter().map(|&code| code as i8));
        }
        if scales.iter().all(|scale| scale.is_finite()) {
            Ok(Table { dim, rows: Rows::Q8 { codes, scales } })
        } else {
            Err(Cause::NotFinite(name.into()))
        }
    }

    /// Adds `weight` times the vector of `row` to `sum` `[dim]`.
    #[inline(always)]
    pub(crate) fn add(&self, row: usize, weight: f32, sum: &mut [f32]) {
        match &self.rows {
            Rows::Q8 { codes, scales } => {
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
            Rows::F32(weights) => {
                let row = &weights[row * self.dim..][..self.dim];
                for (sum, value) in sum.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
        }
    }
}
