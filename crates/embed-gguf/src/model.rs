//! A transformer from GGUF: texts to tokens, tokens to a vector.

use std::path::Path;

use descry_embed::{EmbedError, Embedder, Fingerprint, Input, ModelInfo, normalise};

use crate::blueprint::{Blueprint, Pooling};
use crate::cpu::{Cpu, Level};
use crate::dense::Dense;
use crate::error::{Cause, LoadError};
use crate::gguf::Gguf;
use crate::gpu::{self, Gpu};
use crate::known::{self, Known, Shortened};
use crate::tokenizer::Tokenizer;
use crate::weights::Weights;
use crate::{Device, LoadOptions, cpu};

/// The deviation below which a layer norm without weights is not divided (PyTorch's default).
const EPSILON: f32 = 1e-5;

/// Where the encoder runs.
enum Encoder {
    Cpu(Box<cpu::Encoder>),
    Gpu(Box<gpu::Encoder>),
}

pub(crate) struct Model {
    info: ModelInfo,
    tokenizer: Tokenizer,
    encoder: Encoder,
    known: Known,
    pooling: Pooling,
    dense: Vec<Dense>,
}

impl Model {
    pub(crate) fn load(path: &Path, options: &LoadOptions) -> Result<Model, LoadError> {
        Gguf::load(path, |gguf| Model::build(gguf, path, options, Level::detect()))
    }

    fn build(
        gguf: &mut Gguf,
        path: &Path,
        options: &LoadOptions,
        level: Level,
    ) -> Result<Model, Cause> {
        let blueprint = Blueprint::read(gguf)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = gguf.text("general.name").unwrap_or(&stem).to_owned();
        let known = known::known(&[&name, &stem]);
        let mut tokenizer = Tokenizer::load(gguf)?;
        if let Some(end) = known.end {
            tokenizer.end_with(end);
        }
        let pooling = known.pooling.or(blueprint.pooling);
        let pooling = pooling.unwrap_or(known::usual_pooling(blueprint.architecture));
        let (context, width) = (blueprint.context, blueprint.dim);
        let Placed { encoder, dense, device } =
            place(gguf, blueprint, tokenizer.len(), options, level)?;
        let whole = dense.last().map_or(width, Dense::rows);
        let dim = shortened(options.dim, whole, known.shortened)?;
        // Vectors of another length are another space.
        let fingerprint = match dim == whole {
            true => gguf.fingerprint.clone(),
            false => Fingerprint::new(format!("{}-{dim}", gguf.fingerprint)),
        };
        let info = ModelInfo {
            name,
            fingerprint,
            drafts_for: None,
            dim,
            max_tokens: context,
            reading: tokenizer.reading(),
            device,
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
        // A model that puts nothing around a text still needs one token of it.
        if ids.is_empty() {
            ids.push(0);
        }
        ids
    }

    /// What remains to be done with a pooled vector.
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
        let pooled = match &mut self.encoder {
            Encoder::Cpu(encoder) => encoder.encode(&ids, self.pooling),
            Encoder::Gpu(encoder) => encoder
                .encode(&ids, self.pooling)
                .map_err(|error| EmbedError::Model(error.to_string()))?,
        };
        pooled.into_iter().map(|vector| self.finish(vector)).collect()
    }
}

/// An encoder in its place, what follows pooling, and what people call the place.
struct Placed {
    encoder: Encoder,
    dense: Vec<Dense>,
    device: String,
}

/// Puts the weights on the graphics processor if there is one that takes them, else on the CPU.
fn place(
    gguf: &mut Gguf,
    blueprint: Blueprint,
    vocabulary: usize,
    options: &LoadOptions,
    level: Level,
) -> Result<Placed, Cause> {
    let mut device = "CPU".to_owned();
    if let (Device::Best, Some(opened)) = (options.device, gpu::open()) {
        let placed = opened.map_err(Cause::Device).and_then(|device| {
            let place = Gpu::new(device.clone(), &blueprint);
            let mut weights = Weights::load(gguf, blueprint.clone(), vocabulary, &place)?;
            let dense = std::mem::take(&mut weights.dense);
            let name = gpu::name(&device).to_owned();
            let encoder = Encoder::Gpu(Box::new(gpu::Encoder::new(weights, device)));
            Ok(Placed { encoder, dense, device: name })
        });
        match placed {
            Err(cause @ Cause::Device(_)) => device = format!("CPU ({cause})"),
            other => return other,
        }
    }
    let place = Cpu::new(level, &blueprint);
    let mut weights = Weights::load(gguf, blueprint, vocabulary, &place)?;
    let dense = std::mem::take(&mut weights.dense);
    let encoder = cpu::Encoder::new(weights, level, options.threads)
        .map_err(|error| Cause::Io(std::io::Error::other(error)))?;
    Ok(Placed { encoder: Encoder::Cpu(Box::new(encoder)), dense, device })
}

/// How many components a vector keeps.
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

/// To a mean of 0 and a deviation of 1.
fn layer_norm(vector: &mut [f32]) {
    let count = vector.len() as f32;
    let mean = vector.iter().sum::<f32>() / count;
    vector.iter_mut().for_each(|value| *value -= mean);
    let variance = vector.iter().map(|value| value * value).sum::<f32>() / count;
    let inverse = 1.0 / (variance + EPSILON).sqrt();
    vector.iter_mut().for_each(|value| *value *= inverse);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_vectors() {
        let path = "../../models/all-minilm-l6-v2-q8_0.gguf";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let options = LoadOptions::default();
        let texts = [1, 7, 12].map(|times| "let total = total + 1; // add ".repeat(times));
        let inputs: Vec<Input<'_>> = texts.iter().map(|text| Input::Document(text)).collect();
        let mut all = Vec::new();
        for level in Level::all() {
            let build = |gguf: &mut Gguf| Model::build(gguf, &path, &options, level);
            all.push(Gguf::load(&path, build).unwrap().embed(&inputs).unwrap());
        }
        for vectors in &all[1..] {
            for (a, b) in vectors.iter().flatten().zip(all[0].iter().flatten()) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }

    #[test]
    fn vectors_are_shortened_as_far_as_the_model_allows() {
        #[track_caller]
        fn check(wanted: Option<usize>, can_be: Shortened, expected: Result<usize, &str>) {
            let found = shortened(wanted, 768, can_be).map_err(|cause| cause.to_string());
            assert_eq!(found, expected.map_err(str::to_owned));
        }
        check(None, Shortened::Never, Ok(768));
        check(Some(768), Shortened::Never, Ok(768));
        check(Some(256), Shortened::To(64), Ok(256));
        let whole = "its vectors have 768 components and cannot be cut to 256";
        check(Some(256), Shortened::Never, Err(whole));
        let some = "its vectors have 768 components and can be cut to 64 at least, not to 32";
        check(Some(32), Shortened::NormedTo(64), Err(some));
        check(
            Some(769),
            Shortened::To(768),
            Err("its vectors have 768 components and cannot be cut to 769"),
        );
    }

    #[test]
    fn a_layer_norm_has_mean_0_and_deviation_1() {
        let mut vector = vec![1.0, 2.0, 3.0, 6.0];
        layer_norm(&mut vector);
        assert!(vector.iter().sum::<f32>().abs() < 1e-6, "{vector:?}");
        assert!((vector.iter().map(|x| x * x).sum::<f32>() - 4.0).abs() < 1e-4, "{vector:?}");
    }
}
