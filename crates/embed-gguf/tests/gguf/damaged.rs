//! Files that must be rejected, each with a sentence that names the cause.

use std::path::Path;

use candle_core::quantized::gguf_file::Value;
use candle_core::{DType, Device, Tensor};
use descry_embed_gguf::{LoadOptions, load, load_static};

use crate::tiny::{DIM, Parts, bert, fixed};

/// The complaint about the bytes as a transformer.
fn complaint(path: &Path, bytes: &[u8]) -> String {
    std::fs::write(path, bytes).unwrap();
    let error = load(path, &LoadOptions::default()).err().expect("a damaged file is refused");
    error.to_string()
}

#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let complaint = complaint(&folder.path().join("x.gguf"), bytes);
    assert!(complaint.contains("x.gguf") && complaint.contains(expected), "{complaint}");
    assert!(!complaint.contains('\n') && complaint.len() < 400, "{complaint}");
}

fn bytes(parts: &Parts) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    parts.write(file.path());
    std::fs::read(file.path()).unwrap()
}

/// A tiny BERT with one thing changed.
#[track_caller]
fn check_changed(change: impl FnOnce(&mut Parts), expected: &str) {
    let mut parts = bert();
    change(&mut parts);
    check(&bytes(&parts), expected);
}

/// A header of version 3 with the given counts, followed by `rest`.
fn header(tensors: u64, keys: u64, rest: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"GGUF\x03\0\0\0".to_vec();
    bytes.extend(tensors.to_le_bytes());
    bytes.extend(keys.to_le_bytes());
    bytes.extend(rest.concat());
    bytes
}

fn name(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

#[test]
fn a_file_that_is_not_gguf_is_refused() {
    let missing = load(Path::new("/no/such/x.gguf"), &LoadOptions::default()).err().unwrap();
    assert_eq!(missing.to_string(), "cannot load the model /no/such/x.gguf: there is no such file");
    let folder = tempfile::tempdir().unwrap();
    let folder = load(folder.path(), &LoadOptions::default()).err().unwrap().to_string();
    assert!(folder.contains("cannot be read"), "{folder}");
    check(b"", "not a GGUF file");
    check(b"GG", "not a GGUF file");
    check(b"#!/bin/sh\necho hello\n", "not a GGUF file");
    check(b"GGUF", "cut short");
    check(b"GGUF\x01\0\0\0", "version 1 is not supported");
    check(b"GGUF\0\0\0\x03", "version 50331648 is not supported");
}

#[test]
fn lengths_are_not_believed() {
    let huge = 1u64 << 60;
    check(&header(huge, 0, &[&[0; 16]]), "1152921504606846976 tensors");
    check(&header(0, u64::MAX, &[&[0; 16]]), "18446744073709551615 keys");
    check(&header(0, 1, &[&huge.to_le_bytes(), &[0; 16]]), "is 1152921504606846976 bytes long");
    let text = [name("k"), 8u32.to_le_bytes().to_vec(), huge.to_le_bytes().to_vec()].concat();
    check(&header(0, 1, &[&text]), "the key k has the length");
    let text = [name("k"), 8u32.to_le_bytes().to_vec(), 99u64.to_le_bytes().to_vec()].concat();
    check(&header(0, 1, &[&text]), "cut short: k ends at byte");
    let list = |kind: u32, len: u64| {
        let kinds = [9u32.to_le_bytes(), kind.to_le_bytes()].concat();
        [name("k"), kinds, len.to_le_bytes().to_vec()].concat()
    };
    check(&header(0, 1, &[&list(4, huge)]), "the key k has the length");
    check(&header(0, 1, &[&list(4, 1 << 23)]), "cut short");
    check(&header(0, 1, &[&list(8, 1 << 23)]), "cut short");
    check(&header(0, 1, &[&list(77, 1)]), "the type 77");
    let nested = [
        list(9, 1),
        [9u32.to_le_bytes().to_vec(), 1u64.to_le_bytes().to_vec()].concat().repeat(100),
    ];
    check(&header(0, 1, &[&nested.concat()]), "lists in lists");
    let tensor = |dims: &[u64], kind: u32, offset: u64| {
        let mut bytes = [name("t"), (dims.len() as u32).to_le_bytes().to_vec()].concat();
        dims.iter().for_each(|dim| bytes.extend(dim.to_le_bytes()));
        bytes.extend(kind.to_le_bytes());
        bytes.extend(offset.to_le_bytes());
        bytes
    };
    check(&header(1, 0, &[&tensor(&[huge, huge], 0, 0)]), "impossible shape");
    check(&header(1, 0, &[&tensor(&[0], 0, 0)]), "impossible shape");
    check(&header(1, 0, &[&tensor(&[33], 8, 0)]), "impossible shape");
    for (ggml_type, name) in [(99, "number 99"), (23, "IQ4_XS"), (35, "TQ2_0"), (39, "MXFP4")] {
        let file = header(1, 0, &[&tensor(&[1; 4], ggml_type, 0)]);
        check(&file, &format!("the tensor t has the unsupported type {name}; "));
    }
    check(&header(1, 0, &[&tensor(&[1 << 40], 0, 0)]), "cut short: the tensor t ends at byte");
    check(&header(1, 0, &[&tensor(&[1], 0, u64::MAX - 31)]), "cut short: the tensor t");
    check(&header(1, 0, &[&tensor(&[1], 0, 5)]), "not aligned");
    let twice = tensor(&[1], 0, 0).repeat(2);
    check(&header(2, 0, &[&twice]), "there twice");
    let mut other = tensor(&[2], 0, 32);
    other[8] = b'u';
    let file = header(2, 0, &[&tensor(&[16], 0, 0), &other, &[0; 200]]);
    check(&file, "the tensors t and u lie in one place");
}

#[test]
fn every_cut_of_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gguf");
    let whole = bytes(&bert());
    for cut in (0..whole.len() - 32).step_by(whole.len() / 150) {
        let complaint = complaint(&path, &whole[..cut]);
        let known = ["cut short", "not a GGUF file"];
        assert!(known.iter().any(|known| complaint.contains(known)), "{cut}: {complaint}");
    }
}

#[test]
fn a_model_that_does_not_fit_its_keys_is_refused() {
    let text = |text: &str| Value::String(text.into());
    check_changed(
        |parts| parts.key("general.architecture", text("llama")),
        "its architecture \"llama\" is not supported (supported here: bert, ",
    );
    for key in [
        "general.architecture",
        "bert.block_count",
        "bert.embedding_length",
        "bert.attention.layer_norm_epsilon",
        "tokenizer.ggml.model",
        "tokenizer.ggml.tokens",
    ] {
        let expected = format!("the key {key} is missing");
        check_changed(|parts| drop(parts.keys.remove(key)), &expected);
    }
    for tensor in ["token_embd.weight", "blk.1.attn_k.bias", "blk.2.layer_output_norm.weight"] {
        let expected = format!("the tensor {tensor} is missing");
        check_changed(|parts| drop(parts.tensors.remove(tensor)), &expected);
    }
    for (key, value, expected) in [
        ("bert.pooling_type", Value::U32(9), "bert.pooling_type is 9"),
        ("bert.pooling_type", Value::U32(4), "bert.pooling_type is 4: it ranks"),
        ("bert.pooling_type", text("mean"), "bert.pooling_type is not a whole number"),
        ("bert.embedding_length", Value::U32(0), "bert.embedding_length is 0"),
        ("bert.embedding_length", Value::U32(128), "has the shape [56, 64] instead of [56, 128]"),
        ("bert.embedding_length", Value::U64(u64::MAX), "head_count is 4, which does not fit"),
        ("bert.attention.head_count", Value::U32(7), "head_count is 7, which does not fit"),
        ("bert.attention.head_count", Value::I32(-4), "is not a whole number"),
        ("bert.block_count", Value::U32(4), "blk.3.attn_q.weight is missing"),
        ("bert.context_length", Value::U32(2), "leaves no room"),
        ("bert.context_length", Value::U32(1 << 31), "position_embd.weight has the shape"),
        ("bert.attention.layer_norm_epsilon", Value::F32(f32::NAN), "is not a 32-bit number"),
        ("tokenizer.ggml.model", text("rwkv"), "tokenizer.ggml.model is \"rwkv\""),
        ("tokenizer.ggml.bos_token_id", Value::U32(999), "names the token 999"),
        ("tokenizer.ggml.tokens", Value::Array(vec![Value::U32(1)]), "is not a list of texts"),
        ("general.alignment", Value::U32(0), "aligned to 0 bytes"),
    ] {
        check_changed(|parts| parts.key(key, value), expected);
    }
    let nan = Tensor::full(f32::NAN, DIM, &Device::Cpu).unwrap();
    check_changed(
        |parts| drop(parts.tensors.insert("blk.0.attn_q.bias".into(), nan)),
        "the tensor blk.0.attn_q.bias has weights that are not finite",
    );
    let types = Tensor::zeros(DIM, DType::F32, &Device::Cpu).unwrap();
    check_changed(
        |parts| drop(parts.tensors.insert("token_types.weight".into(), types)),
        "the tensor token_types.weight has the shape [64] instead of [64, 64]",
    );
}

#[test]
fn a_transformer_is_not_a_static_model() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gguf");
    bert().write(&path);
    let error = load_static(&path).err().unwrap().to_string();
    assert!(error.contains("architecture \"bert\" is not supported"), "{error}");
    fixed().write(&path);
    let error = load(&path, &LoadOptions::default()).err().unwrap().to_string();
    assert!(error.contains("architecture \"descry-static\" is not supported"), "{error}");
}
