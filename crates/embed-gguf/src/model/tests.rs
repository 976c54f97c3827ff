//! Models of every architecture on every backend.

use std::num::NonZeroUsize;
use std::path::Path;

use candle_core::Device;
use descry_encoder::cpu::Level;
use serde::Deserialize;

use super::*;

/// A tiny model with random weights, made by tests/fixtures/make, with the vectors of transformers
/// (or, for classes it lacks, of a reference in torch) for some texts.
#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    tokens: Vec<u32>,
    vector: Vec<f32>,
}

/// The model on every instruction set of this machine, and on candle's CPU, which tests the GPU
/// implementation.
fn everywhere(path: &Path) -> Vec<Model> {
    let source = Source::from(path);
    let on = |level: Option<Level>| {
        let build = |gguf: &mut Gguf| {
            Model::build(gguf, &source, None, |gguf, config, vocabulary| match level {
                Some(level) => {
                    Encoder::on_cpu(gguf, config, vocabulary, level, NonZeroUsize::new(2))
                }
                None => Encoder::on_gpu(gguf, config, vocabulary, Device::Cpu),
            })
        };
        Gguf::load(&source, build).unwrap()
    };
    Level::all().into_iter().map(Some).chain([None]).map(on).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[track_caller]
fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/models");
    let fixture = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
    let Fixture { cases } = serde_json::from_slice(&fixture).unwrap();
    let inputs: Vec<_> = cases.iter().map(|case| Input::Document(&case.text)).collect();
    for mut model in everywhere(&folder.join(format!("{name}.gguf"))) {
        let batch = model.embed(&inputs).unwrap();
        for ((case, input), in_batch) in cases.iter().zip(&inputs).zip(batch) {
            assert_eq!(model.tokens(*input).unwrap(), case.tokens, "{name}: {}", case.text);
            let alone = model.embed(&[*input]).unwrap().remove(0);
            let agree = cosine(&alone, &case.vector);
            assert!(agree >= 0.99999, "{name}: {agree} for {}", case.text);
            assert!(cosine(&alone, &in_batch) >= 0.99999, "{name}: {}", case.text);
        }
    }
}

#[test]
fn every_architecture_agrees_from_text_to_vector() {
    for name in [
        "bert",
        "bert-f16",
        "roberta",
        "xlm-r",
        "starencoder",
        "nomic-bert",
        "nomic-bert-moe",
        "jina-bert-v2",
        "jina-bert-v2-en",
        "modern-bert",
        "qwen2",
        "qwen3",
        "gemma-embedding",
        "t5encoder",
        "t5encoder-gated",
        "codet5p",
        "codesage",
    ] {
        check(name);
    }
}

#[test]
fn every_place_gives_the_same_vectors() {
    let path = "../../models/descry-code-22m-q8_0.gguf";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let code = include_str!("../../../encoder/src/align.rs").split("\n\n").map(Input::Document);
    let inputs: Vec<Input<'_>> = code.chain([Input::Query("start of a cache line")]).collect();
    let rounds = Level::all().into_iter().map(Level::rounds);
    // Candle rounds the activations that it multiplies by quantised weights.
    let rounds: Vec<bool> = rounds.chain([true]).collect();
    let all: Vec<_> =
        everywhere(&path).iter_mut().map(|model| model.embed(&inputs).unwrap()).collect();
    for (vectors, rounds) in all.iter().zip(rounds) {
        let least = if rounds { 0.999 } else { 0.99999 };
        for ((vector, exact), input) in vectors.iter().zip(&all[0]).zip(&inputs) {
            let agree = cosine(vector, exact);
            assert!(agree >= least, "{agree} for {input:?}");
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
