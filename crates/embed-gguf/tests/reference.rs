//! Compares the bundled models with vectors from their authors' own code.

use std::path::{Path, PathBuf};

use descry_embed::{Embedder, Input, StaticEmbedder};
use descry_embed_gguf::{LoadOptions, load, load_static};

#[derive(serde::Deserialize)]
struct Reference {
    text: String,
    tokens: Vec<u32>,
    vector: Vec<f32>,
}

fn fixture(name: &str) -> Vec<Reference> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn bundled(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name)
}

fn model() -> Box<dyn Embedder> {
    load(&bundled("descry-code-22m-q8_0.gguf"), &LoadOptions::default()).unwrap()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn the_model_agrees_with_transformers() {
    let mut model = model();
    let info = model.info().clone();
    assert_eq!((info.dim, info.max_tokens, info.name.as_str()), (384, 512, "descry-code-22m"));
    for reference in fixture("code_reference.json") {
        let input = Input::Document(&reference.text);
        assert_eq!(model.tokens(input).unwrap(), reference.tokens, "{}", reference.text);
        let vector = model.embed(&[input]).unwrap().remove(0);
        let cosine = cosine(&vector, &reference.vector);
        assert!(cosine >= 0.998, "{cosine} for {}", reference.text);
    }
}

#[test]
fn a_batch_gives_what_each_text_gives_alone() {
    let mut model = model();
    let texts = fixture("code_reference.json");
    let inputs: Vec<_> = texts.iter().map(|reference| Input::Document(&reference.text)).collect();
    let batch = model.embed(&inputs).unwrap();
    for (input, in_batch) in inputs.iter().zip(&batch) {
        let alone = model.embed(&[*input]).unwrap().remove(0);
        assert!(cosine(&alone, in_batch) >= 0.99999, "{input:?}");
        let norm = alone.iter().map(|x| x * x).sum::<f32>();
        assert!((norm - 1.0).abs() < 1e-5, "unit length, not {norm}");
    }
}

#[test]
fn the_instant_model_agrees_with_its_training_script() {
    let teacher = model().info().clone();
    let model = load_static(&bundled("descry-code-22m-instant.gguf")).unwrap();
    assert_eq!(model.info().teacher, Some(teacher.space), "it imitates the bundled model");
    assert_eq!(model.info().dim, teacher.dim);
    for reference in fixture("instant_reference.json") {
        assert_eq!(model.tokens(&reference.text), reference.tokens, "{}", reference.text);
        let cosine = cosine(&model.embed(&reference.text), &reference.vector);
        assert!(cosine >= 0.99999, "{cosine} for {}", reference.text);
    }
}

#[test]
fn a_known_model_gets_its_prompts() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/models");
    let folder = tempfile::tempdir().unwrap();
    let known = folder.path().join("nomic-embed-text-v1.5.Q8_0.gguf");
    std::fs::copy(fixtures.join("nomic-bert.gguf"), &known).unwrap();
    let known = load(&known, &LoadOptions::default()).unwrap();
    let plain = load(&fixtures.join("nomic-bert.gguf"), &LoadOptions::default()).unwrap();
    let tokens = |text| plain.tokens(Input::Document(text)).unwrap();
    let asked = known.tokens(Input::Query("retry")).unwrap();
    assert_eq!(asked, tokens("search_query: retry"));
    let searched = known.tokens(Input::Document("retry")).unwrap();
    assert_eq!(searched, tokens("search_document: retry"));
    // The same file under another name uses other rules: its vectors are in another vector space.
    assert_ne!(known.info().space, plain.info().space);
}
