//! A linear map of one vector, as some models have after pooling.

use crate::error::Cause;
use crate::gguf::Gguf;

/// y = M x + b.
pub(crate) struct Dense {
    /// M, transposed: `[columns, rows]`.
    map: Vec<f32>,
    /// b: `[rows]`.
    bias: Vec<f32>,
}

impl Dense {
    /// Loads the tensor `NAME.weight` `[rows, columns]`, and `NAME.bias` if it exists.
    pub(crate) fn load(gguf: &mut Gguf, name: &str, columns: usize) -> Result<Dense, Cause> {
        let weight = format!("{name}.weight");
        let rows = gguf.shape(&weight)?[0];
        let matrix = gguf.weights(&weight, &[rows, columns])?;
        let map = (0..columns)
            .flat_map(|column| matrix.iter().skip(column).step_by(columns).copied())
            .collect();
        let bias = match gguf.optional(&format!("{name}.bias"), &[rows])? {
            Some(bias) => bias,
            None => vec![0.0; rows],
        };
        Ok(Dense { map, bias })
    }

    /// The length of y.
    pub(crate) fn rows(&self) -> usize {
        self.bias.len()
    }

    #[inline(always)]
    pub(crate) fn apply(&self, x: &[f32]) -> Vec<f32> {
        let mut out = self.bias.clone();
        // Column by column, so that vector instructions sum many rows together.
        for (column, value) in self.map.chunks_exact(out.len()).zip(x) {
            for (out, weight) in out.iter_mut().zip(column) {
                *out += value * weight;
            }
        }
        out
    }
}
