//! Compares conversions of tiny models with llama.cpp's converter. For the three models that it
//! does not support, other code wrote the expected files in this program's layout.

mod common;
mod failures;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use candle_core::Device;
use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::{Content, Value};
use descry_convert::{Options, Type, convert};
use serde_json::json;
use tempfile::TempDir;

use common::{Object, fixtures};

struct Gguf {
    keys: BTreeMap<String, String>,
    tensors: BTreeMap<String, (Vec<usize>, GgmlDType, Vec<u8>)>,
}

fn read(path: &Path) -> Gguf {
    let mut file = File::open(path).unwrap();
    let content = Content::read(&mut file).unwrap();
    let show = |(key, value): (&String, &Value)| (key.clone(), format!("{value:?}"));
    let mut tensor = |name: &String| {
        let tensor = content.tensor(&mut file, name, &Device::Cpu).unwrap();
        let (shape, dtype) = (tensor.shape().dims().to_vec(), tensor.dtype());
        (name.clone(), (shape, dtype, tensor.data().unwrap().into_owned()))
    };
    Gguf {
        keys: content.metadata.iter().map(show).collect(),
        tensors: content.tensor_infos.keys().map(&mut tensor).collect(),
    }
}

fn converted(folder: &str, weights: Type) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out.gguf");
    let options = Options { weights, ..Options::default() };
    let done = convert(&fixtures().join("hf").join(folder), &out, &options).unwrap();
    assert_eq!(done.bytes, out.metadata().unwrap().len(), "{folder}");
    assert_eq!(done.name, folder);
    (dir, out)
}

/// Checks that all tensors are equal.
fn check_tensors(ours: &Gguf, theirs: &Gguf, what: &str) {
    let names = |gguf: &Gguf| gguf.tensors.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(ours), names(theirs), "{what}");
    for (name, expected) in &theirs.tensors {
        let (shape, dtype, bytes) = &ours.tensors[name];
        assert_eq!((shape, dtype), (&expected.0, &expected.1), "{what}: {name}");
        assert!(*bytes == expected.2, "{what}: the weights of {name} differ");
    }
}

/// Checks that all keys about the model and its tokens are equal.
fn check_keys(ours: &Gguf, theirs: &Gguf, what: &str) {
    // The others concern the model's name, which is the file's name there, and its origin.
    let general = ["general.architecture", "general.file_type", "general.type"];
    let keys = |gguf: &Gguf| {
        let all = gguf.keys.keys().cloned();
        let same = all.filter(|it| !it.starts_with("general.") || general.contains(&it.as_str()));
        same.collect::<Vec<_>>()
    };
    assert_eq!(keys(ours), keys(theirs), "{what}");
    for key in keys(theirs) {
        assert_eq!(ours.keys[&key], theirs.keys[&key], "{what}: {key}");
    }
}

fn check(folder: &str) {
    let (_dir, out) = converted(folder, Type::F32);
    let theirs = read(&fixtures().join("models").join(format!("{folder}.gguf")));
    check_tensors(&read(&out), &theirs, folder);
    check_keys(&read(&out), &theirs, folder);
}

#[test]
fn models_are_converted_as_by_llama_cpp() {
    check("bert");
    check("roberta");
    check("nomic-bert");
}

#[test]
fn models_that_llama_cpp_does_not_know_have_a_layout_of_their_own() {
    check("starencoder");
    check("codet5p");
    check("codesage");
}

#[test]
fn half_precision_is_llama_cpps() {
    let (_dir, out) = converted("bert", Type::F16);
    let theirs = read(&fixtures().join("models/bert-f16.gguf"));
    // Its vocabulary is from another training than the folder's.
    check_tensors(&read(&out), &theirs, "bert-f16");
    assert_eq!(read(&out).keys["general.file_type"], theirs.keys["general.file_type"]);
}

#[test]
fn rows_that_fit_no_blocks_are_not_quantised() {
    // The models have a width of 48, which is not divisible into blocks of 32.
    let (_dir, out) = converted("codesage", Type::Q8_0);
    let ours = read(&out);
    let dtype = |name: &str| ours.tensors[name].1;
    assert_eq!(dtype("token_embd.weight"), GgmlDType::F16);
    assert_eq!(dtype("position_embd.weight"), GgmlDType::F32);
    assert_eq!(ours.keys["general.file_type"], "U32(7)");
}

#[test]
fn rows_of_whole_blocks_are_quantised() {
    let (dir, out) = common::wide();
    let options = Options { weights: Type::Q8_0, ..Options::default() };
    convert(dir.path(), &out, &options).unwrap();
    let quantised = read(&out);
    convert(dir.path(), &out, &Options { weights: Type::F32, force: true }).unwrap();
    let exact = read(&out);
    let (shape, dtype, bytes) = &quantised.tensors["enc.blk.0.attn_q.weight"];
    assert_eq!((&shape[..], *dtype), (&[64, 64][..], GgmlDType::Q8_0));
    let weights = exact.tensors["enc.blk.0.attn_q.weight"].2.as_chunks::<4>().0;
    // A block is a 16-bit scale and 32 multiples of it, at most 127, each rounded; so is the scale.
    for (block, weights) in bytes.as_chunks::<34>().0.iter().zip(weights.as_chunks::<32>().0) {
        let scale = half::f16::from_le_bytes([block[0], block[1]]).to_f32();
        for (step, weight) in block[2..].iter().zip(weights) {
            let error = f32::from(*step as i8) * scale - f32::from_le_bytes(*weight);
            assert!(error.abs() <= 0.6 * scale, "{error} with the scale {scale}");
        }
    }
}

#[test]
fn older_files_of_a_tokenizer_say_the_same() {
    for folder in ["roberta", "codet5p", "bert", "nomic-bert"] {
        let dir = common::copy(folder);
        fs::remove_file(dir.path().join("tokenizer.json")).unwrap();
        let out = dir.path().join("out.gguf");
        convert(dir.path(), &out, &Options { weights: Type::F32, force: false }).unwrap();
        let theirs = read(&fixtures().join("models").join(format!("{folder}.gguf")));
        check_keys(&read(&out), &theirs, folder);
    }
}

#[test]
fn weights_may_be_in_several_files() {
    let dir = common::copy("codesage");
    let path = |name: &str| dir.path().join(name);
    let (header, data) = common::split(&path("model.safetensors"));
    fs::remove_file(path("model.safetensors")).unwrap();
    let mut map = Object::new();
    for (n, (name, info)) in header.iter().filter(|it| *it.0 != "__metadata__").enumerate() {
        let at = |n: usize| info["data_offsets"][n].as_u64().unwrap() as usize;
        let shard = format!("model-{n:05}.safetensors");
        let mut only = info.clone();
        only["data_offsets"] = json!([0, at(1) - at(0)]);
        common::join(&path(&shard), &json!({ name: only }), &data[at(0)..at(1)]);
        map.insert(name.clone(), json!(shard));
    }
    common::write(&path("model.safetensors.index.json"), &json!({ "weight_map": map }));
    let out = path("out.gguf");
    convert(dir.path(), &out, &Options { weights: Type::F32, force: false }).unwrap();
    check_tensors(&read(&out), &read(&fixtures().join("models/codesage.gguf")), "shards");
}

#[test]
fn the_card_names_the_licence() {
    let dir = common::copy("codesage");
    fs::write(dir.path().join("README.md"), "---\nlicense: apache-2.0\n---\n# It\n").unwrap();
    let out = dir.path().join("out.gguf");
    convert(dir.path(), &out, &Options::default()).unwrap();
    assert_eq!(read(&out).keys["general.license"], "String(\"apache-2.0\")");
}
