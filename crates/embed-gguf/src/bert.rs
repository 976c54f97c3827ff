//! A BERT encoder from GGUF (llama.cpp's architecture `bert`): keys, tokens, pooling.

use std::path::Path;

use descry_embed::{EmbedError, Embedder, Input, ModelInfo, normalise};

use crate::LoadOptions;
use crate::cpu::{Encoder, Layer, Level, Linear, Norm, Pooling, Weights};
use crate::error::{Cause, LoadError};
use crate::gguf::Gguf;
use crate::matrix::Matrix;
use crate::table::Table;
use crate::wordpiece::WordPiece;

pub(crate) struct Bert {
    info: ModelInfo,
    tokenizer: WordPiece,
    encoder: Encoder,
}

impl Bert {
    pub(crate) fn load(path: &Path, options: &LoadOptions) -> Result<Bert, LoadError> {
        Gguf::load(path, |gguf| Bert::build(gguf, path, options, Level::detect()))
    }

    fn build(
        gguf: &mut Gguf,
        path: &Path,
        options: &LoadOptions,
        level: Level,
    ) -> Result<Bert, Cause> {
        gguf.expect_architecture("bert")?;
        let tokenizer = WordPiece::load(gguf)?;
        let weights = weights(gguf, level, tokenizer.len)?;
        let name = match gguf.text("general.name") {
            Ok(name) => name.to_owned(),
            Err(_) => path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let info = ModelInfo {
            name,
            fingerprint: gguf.fingerprint.clone(),
            drafts_for: None,
            dim: weights.dim,
            max_tokens: weights.positions.len() / weights.dim,
            reading: tokenizer.reading(),
            device: "CPU".into(),
        };
        let encoder = Encoder::new(weights, options.threads)
            .map_err(|error| Cause::Io(std::io::Error::other(error)))?;
        Ok(Bert { info, tokenizer, encoder })
    }

    /// `[CLS]`, as much of the text as fits, `[SEP]`.
    fn encode(&self, input: Input<'_>) -> Vec<u32> {
        let mut ids = vec![self.tokenizer.cls];
        self.tokenizer.encode(input.text(), self.info.max_tokens - 1, &mut ids);
        ids.push(self.tokenizer.sep);
        ids
    }
}

impl Embedder for Bert {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn tokens(&self, input: Input<'_>) -> Result<Vec<u32>, EmbedError> {
        Ok(self.encode(input))
    }

    fn embed(&mut self, batch: &[Input<'_>]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let ids: Vec<Vec<u32>> = batch.iter().map(|&input| self.encode(input)).collect();
        let mut vectors = self.encoder.encode(&ids);
        vectors.iter_mut().for_each(|vector| normalise(vector));
        Ok(vectors)
    }
}

fn weights(gguf: &mut Gguf, level: Level, vocabulary: usize) -> Result<Weights, Cause> {
    let dim = gguf.positive("bert.embedding_length")?;
    let inner = gguf.positive("bert.feed_forward_length")?;
    let heads = gguf.positive("bert.attention.head_count")?;
    let layers = gguf.positive("bert.block_count")?;
    let context = gguf.positive("bert.context_length")?;
    let epsilon = gguf.float("bert.attention.layer_norm_epsilon")?;
    if context < 3 {
        return Err(gguf.bad("bert.context_length", "leaves no room for text"));
    }
    if dim % heads != 0 || !(dim / heads).is_multiple_of(8) || !inner.is_multiple_of(8) {
        let reason = format!("is {heads}, which does not go with a width of {dim} and {inner}");
        return Err(gguf.bad("bert.attention.head_count", reason));
    }
    // llama.cpp's `enum llama_pooling_type`.
    let pooling = match gguf.get("bert.pooling_type").map(|_| gguf.number("bert.pooling_type")) {
        None | Some(Ok(1)) => Pooling::Mean,
        Some(Ok(2)) => Pooling::First,
        Some(Ok(other)) => {
            let reason = format!("is {other}; only 1 (mean) and 2 (first token) are known");
            return Err(gguf.bad("bert.pooling_type", reason));
        }
        Some(Err(cause)) => return Err(cause),
    };
    let tokens = Table::load(gguf, "token_embd.weight", vocabulary, dim)?;
    let mut positions = gguf.weights("position_embd.weight", &[context, dim])?;
    // Every token of one text has the type 0: its vector is added to each position's, once.
    let types = gguf.shape("token_types.weight")?.to_vec();
    let types = gguf.weights("token_types.weight", &[types[0], dim])?;
    for position in positions.chunks_exact_mut(dim) {
        position.iter_mut().zip(&types).for_each(|(x, add)| *x += add);
    }
    let embedding_norm = norm(gguf, "token_embd_norm", dim)?;
    let layers = (0..layers)
        .map(|n| {
            let blk = |part: &str| format!("blk.{n}.{part}");
            Ok(Layer {
                query_key_value: query_key_value(gguf, level, n, dim, heads)?,
                attention_output: linear(gguf, level, &blk("attn_output"), dim, dim)?,
                attention_norm: norm(gguf, &blk("attn_output_norm"), dim)?,
                up: linear(gguf, level, &blk("ffn_up"), inner, dim)?,
                down: linear(gguf, level, &blk("ffn_down"), dim, inner)?,
                output_norm: norm(gguf, &blk("layer_output_norm"), dim)?,
            })
        })
        .collect::<Result<_, Cause>>()?;
    Ok(Weights {
        level,
        dim,
        inner,
        heads,
        epsilon,
        pooling,
        tokens,
        positions,
        embedding_norm,
        layers,
    })
}

/// The three projections as one `[3 * dim, dim]`, from one tensor or from three; the attention's
/// scale, 1/√(width of a head), goes into the query's.
fn query_key_value(
    gguf: &mut Gguf,
    level: Level,
    n: usize,
    dim: usize,
    heads: usize,
) -> Result<Linear, Cause> {
    let fused = format!("blk.{n}.attn_qkv");
    let (mut weight, mut bias) = if gguf.has_tensor(&format!("{fused}.weight")) {
        raw_linear(gguf, &fused, 3 * dim, dim)?
    } else {
        let [query, key, value] = ["attn_q", "attn_k", "attn_v"]
            .map(|part| raw_linear(gguf, &format!("blk.{n}.{part}"), dim, dim));
        let ((query, mut bias), (key, of_key), (value, of_value)) = (query?, key?, value?);
        bias.extend(of_key);
        bias.extend(of_value);
        (query.above(key).above(value), bias)
    };
    let scale = 1.0 / ((dim / heads) as f32).sqrt();
    weight.scale(dim * dim, scale);
    bias[..dim].iter_mut().for_each(|bias| *bias *= scale);
    Ok(Linear::new(level, &weight, bias, dim))
}

fn linear(
    gguf: &mut Gguf,
    level: Level,
    name: &str,
    rows: usize,
    columns: usize,
) -> Result<Linear, Cause> {
    let (weight, bias) = raw_linear(gguf, name, rows, columns)?;
    Ok(Linear::new(level, &weight, bias, columns))
}

fn raw_linear(
    gguf: &mut Gguf,
    name: &str,
    rows: usize,
    columns: usize,
) -> Result<(Matrix, Vec<f32>), Cause> {
    let weight = Matrix::load(gguf, &format!("{name}.weight"), rows, columns)?;
    Ok((weight, gguf.weights(&format!("{name}.bias"), &[rows])?))
}

fn norm(gguf: &mut Gguf, name: &str, dim: usize) -> Result<Norm, Cause> {
    let scale = gguf.weights(&format!("{name}.weight"), &[dim])?;
    Ok(Norm { scale, shift: gguf.weights(&format!("{name}.bias"), &[dim])? })
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
            let build = |gguf: &mut Gguf| Bert::build(gguf, &path, &options, level);
            all.push(Gguf::load(&path, build).unwrap().embed(&inputs).unwrap());
        }
        for vectors in &all[1..] {
            for (a, b) in vectors.iter().flatten().zip(all[0].iter().flatten()) {
                assert!((a - b).abs() < 1e-5, "{a} {b}");
            }
        }
    }
}
