//! A static model for any encoder: maps the vectors of another static model into the encoder's
//! vector space.
//!
//! Ridge regression fits the map to chunks whose vectors in both models are known. An encoder
//! without a static model thus gets one after a few hundred embedded chunks, fitted to the code
//! that it will embed.

use std::sync::Arc;

use nalgebra::DMatrix;

use crate::{ModelInfo, StaticEmbedder, TextPreprocessing, VectorSpace, normalise};

/// The penalty on large coefficients, per example. Fitted to 1,000 chunks, the cosine to the
/// vectors of other chunks was 0.889 with it, and 0.864, 0.787 and 0.644 with 10, 100 and 1,000
/// times the penalty (`cargo xtask bench recall`, 2,500 chunks).
const PENALTY: f32 = 1e-4;

/// A static model of one encoder, made from the static model of another.
pub struct Fitted {
    base: Arc<dyn StaticEmbedder>,
    info: ModelInfo,
    /// Row-major `[inner + 1, dim]`; the last row is a constant added to every vector.
    map: Vec<f32>,
}

impl Fitted {
    /// The least number of examples that determine a map from the vectors of `base`.
    pub fn least_examples(base: &dyn StaticEmbedder) -> usize {
        2 * base.info().dim
    }

    /// Fits a map that imitates the model `of` to code texts and that model's vectors, each `[dim]`
    /// and of unit length. `None` if there are too few examples, or they do not determine a map.
    pub fn fit(
        base: Arc<dyn StaticEmbedder>,
        of: &ModelInfo,
        examples: &[(String, Vec<f32>)],
    ) -> Option<Fitted> {
        let (count, inner) = (examples.len(), base.info().dim);
        if count < Fitted::least_examples(&*base) {
            return None;
        }
        let inputs: Vec<Vec<f32>> =
            examples.iter().map(|(text, _)| base.embed_code(text)).collect();
        let from = DMatrix::from_fn(inner + 1, count, |row, column| {
            inputs[column].get(row).copied().unwrap_or(1.0)
        });
        let to = DMatrix::from_fn(count, of.dim, |row, column| examples[row].1[column]);
        // Ridge regression: (X'X + penalty) M = X'Y.
        let mut gram = &from * from.transpose();
        for index in 0..inner {
            gram[(index, index)] += PENALTY * count as f32;
        }
        let map = gram.cholesky()?.solve(&(&from * to));
        if map.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let info = ModelInfo {
            name: format!("{}, fitted to {}", base.info().name, of.name),
            // The map follows from the base and the examples, and is never looked up by identity.
            // The base applies its own text preprocessing.
            space: VectorSpace::of_weights("fitted", TextPreprocessing::AsWritten),
            teacher: Some(of.space.clone()),
            dim: of.dim,
            max_tokens: base.info().max_tokens,
            device: base.info().device.clone(),
        };
        Some(Fitted { base, info, map: map.transpose().as_slice().to_vec() })
    }
}

impl StaticEmbedder for Fitted {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn embed(&self, text: &str) -> Vec<f32> {
        let from = self.base.embed_code(text);
        let mut vector = vec![0.0; self.info.dim];
        for (row, value) in self.map.chunks_exact(self.info.dim).zip(from.iter().chain(&[1.0])) {
            vector.iter_mut().zip(row).for_each(|(sum, weight)| *sum += value * weight);
        }
        normalise(&mut vector);
        vector
    }
}
