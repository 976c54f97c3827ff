//! A transformer from GGUF: texts to tokens, tokens to a vector.

use descry_embed::{EmbedError, Embedder, Input, ModelInfo, VectorSpace, normalise};
use descry_encoder::Pooling;

use crate::LoadOptions;
use crate::dense::Dense;
use crate::encoder::Encoder;
use crate::error::{Cause, LoadError, sentence};
use crate::gguf::Gguf;
use crate::known::{self, Known, Shortened};
use crate::model_config::ModelConfig;
use crate::source::Source;
use crate::tokenizer::Tokenizer;
use crate::{trial, weights};

/// The epsilon of a layer norm without weights (PyTorch's default).
const EPSILON: f32 = 1e-5;

pub(crate) struct Model {
    info: ModelInfo,
    tokenizer: Tokenizer,
    encoder: Encoder,
    known: Known,
    pooling: Pooling,
    dense: Vec<Dense>,
}

impl Model {
    pub(crate) fn load(source: &Source, options: &LoadOptions) -> Result<Model, LoadError> {
        Gguf::load(source, |gguf| {
            let load_encoder = |gguf: &mut Gguf, config, vocabulary| {
                Encoder::best(gguf, config, vocabulary, options)
            };
            let mut model = Model::build(gguf, source, options.dim, load_encoder)?;
            let vectors = model.embed(&trial::TEXTS.map(Input::Document));
            trial::check(&vectors.map_err(|error| Cause::Damaged(error.to_string()))?)?;
            Ok(model)
        })
    }

    /// Builds the model; `load_encoder` creates the encoder for a configuration and a vocabulary
    /// size.
    fn build(
        gguf: &mut Gguf,
        source: &Source,
        dim: Option<usize>,
        load_encoder: impl FnOnce(&mut Gguf, ModelConfig, usize) -> Result<Encoder, Cause>,
    ) -> Result<Model, Cause> {
        let config = ModelConfig::read(gguf)?;
        let stem = source.stem();
        let name = gguf.text("general.name").unwrap_or(&stem).to_owned();
        let known = known::known(&[&name, &stem]);
        let mut tokenizer = Tokenizer::load(gguf)?;
        if let Some(end) = known.end {
            tokenizer.end_with(end);
        }
        let pooling = known.pooling.or(config.pooling);
        let pooling = pooling.unwrap_or(known::usual_pooling(config.architecture));
        let max_tokens = config.encoder.context;
        let dense = weights::dense(gguf, &config)?;
        let whole = dense.last().map_or(config.encoder.dim, Dense::rows);
        let dim = shortened(dim, whole, known.shortened)?;
        let encoder = load_encoder(gguf, config, tokenizer.len())?;
        let space = VectorSpace {
            rules: (!known.name.is_empty()).then_some(known.name),
            shortened_to: (dim != whole).then_some(dim),
            ..VectorSpace::of_weights(&gguf.sha256, tokenizer.preprocessing())
        };
        let info = ModelInfo {
            name,
            space,
            teacher: None,
            dim,
            max_tokens,
            device: encoder.device.clone(),
        };
        Ok(Model { info, tokenizer, encoder, known, pooling, dense })
    }

    /// The prompt and as much of the text as fits, between the tokens that begin and end a text.
    fn encode(&self, input: Input<'_>) -> Vec<u32> {
        let (before, after) = (self.tokenizer.before(), self.tokenizer.after());
        let mut ids = before.to_vec();
        let limit = self.info.max_tokens.saturating_sub(after.len());
        let prompt = match input {
            Input::Query(_) => self.known.query,
            Input::Document(_) => self.known.document,
        };
        match prompt {
            "" => self.tokenizer.encode(input.text(), limit, &mut ids),
            prompt => {
                let text = [prompt, input.text()].concat();
                self.tokenizer.encode(&text, limit, &mut ids);
            }
        }
        ids.extend_from_slice(after);
        // Without special tokens, an empty text still needs one token.
        if ids.is_empty() {
            ids.push(0);
        }
        ids
    }

    /// The steps after pooling.
    fn finish(&self, mut vector: Vec<f32>) -> Result<Vec<f32>, EmbedError> {
        for dense in &self.dense {
            vector = dense.apply(&vector);
        }
        if self.info.dim < vector.len() {
            if let Shortened::NormedTo(_) = self.known.shortened {
                layer_norm(&mut vector);
            }
            vector.truncate(self.info.dim);
        }
        normalise(&mut vector);
        match vector.iter().all(|value| value.is_finite()) {
            true => Ok(vector),
            false => Err(EmbedError::Model("its numbers became too large".into())),
        }
    }
}

impl Embedder for Model {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn tokens(&self, input: Input<'_>) -> Result<Vec<u32>, EmbedError> {
        Ok(self.encode(input))
    }

    fn embed(&mut self, batch: &[Input<'_>]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let ids: Vec<Vec<u32>> = batch.iter().map(|&input| self.encode(input)).collect();
        let failed = |error: candle_core::Error| EmbedError::Model(sentence(&error));
        let pooled = self.encoder.encode(&ids, self.pooling).map_err(failed)?;
        pooled.into_iter().map(|vector| self.finish(vector)).collect()
    }
}

/// The number of components that a vector keeps.
fn shortened(wanted: Option<usize>, whole: usize, can_be: Shortened) -> Result<usize, Cause> {
    let Some(wanted) = wanted else { return Ok(whole) };
    let least = match can_be {
        Shortened::Never => whole,
        Shortened::To(least) | Shortened::NormedTo(least) => least.min(whole),
    };
    match (least..=whole).contains(&wanted) {
        true => Ok(wanted),
        false => Err(Cause::Dimensions { wanted, least, whole }),
    }
}

/// Normalises to mean 0 and standard deviation 1.
fn layer_norm(vector: &mut [f32]) {
    let count = vector.len() as f32;
    let mean = vector.iter().sum::<f32>() / count;
    vector.iter_mut().for_each(|value| *value -= mean);
    let variance = vector.iter().map(|value| value * value).sum::<f32>() / count;
    let inverse = 1.0 / (variance + EPSILON).sqrt();
    vector.iter_mut().for_each(|value| *value *= inverse);
}

#[cfg(test)]
mod tests;
