//! Files with zeros from an interrupted download, and models that do not distinguish texts.

use std::ops::Range;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use descry_embed_gguf::{LoadOptions, load, load_static};

use crate::tiny::{DIM, LAYERS, Parts, bert, fixed};

/// The fixture of an architecture.
fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/models");
    std::fs::read(folder.join(format!("{name}.gguf"))).unwrap()
}

fn written(parts: &Parts) -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    parts.write(file.path());
    std::fs::read(file.path()).unwrap()
}

/// Why the bytes are rejected as a transformer, and as a static model.
fn complaints(bytes: &[u8]) -> [Option<String>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.gguf");
    std::fs::write(&path, bytes).unwrap();
    let transformer = load(&path, &LoadOptions::default()).map(drop);
    [transformer, load_static(&path).map(drop)].map(|result| result.err().map(|e| e.to_string()))
}

/// The start of the tensors: after the header, whose last entry is the first tensor's offset.
fn tensors(bytes: &[u8]) -> usize {
    let mut file = std::io::Cursor::new(bytes);
    let content = candle_core::quantized::gguf_file::Content::read(&mut file).unwrap();
    content.tensor_data_offset as usize
}

/// Zeroes the file's tensor bytes from one fraction of them to another.
fn zeroed(mut bytes: Vec<u8>, share: Range<f64>) -> Vec<u8> {
    let start = tensors(&bytes);
    let at = |share: f64| start + ((bytes.len() - start) as f64 * share) as usize;
    let hole = at(share.start)..at(share.end);
    bytes[hole].fill(0);
    bytes
}

#[test]
fn a_download_that_did_not_end_is_refused() {
    #[track_caller]
    fn check(name: &str, share: Range<f64>) {
        let [complaint, _] = complaints(&zeroed(fixture(name), share.clone()));
        let complaint = complaint.unwrap_or_else(|| panic!("{name} {share:?} is refused"));
        let known = ["zeros", "the same vector"];
        assert!(known.iter().any(|known| complaint.contains(known)), "{name}: {complaint}");
    }
    for name in ["bert", "bert-f16", "nomic-bert", "modern-bert", "qwen3", "t5encoder", "codesage"]
    {
        assert_eq!(complaints(&fixture(name))[0], None, "{name} is whole");
        for share in [0.0..1.0, 0.1..1.0, 0.5..1.0, 0.8..1.0, 0.0..0.5, 0.3..0.6] {
            check(name, share);
        }
    }
}

#[test]
fn a_tail_of_zeros_is_seen_however_short() {
    let whole = written(&bert());
    for bytes in [64, 100, 1000, 10_000, 50_000] {
        let mut cut = whole.clone();
        let end = cut.len();
        cut[end - bytes..].fill(0);
        let complaint = complaints(&cut)[0].clone().expect("a tail of zeros is refused");
        assert!(complaint.contains("zeros"), "{bytes}: {complaint}");
    }
}

#[test]
fn a_static_model_of_zeros_is_refused() {
    let whole = written(&fixed());
    assert_eq!(complaints(&whole)[1], None);
    for share in [0.0..1.0, 0.5..1.0, 0.1..0.5, 0.9..1.0] {
        let complaint = complaints(&zeroed(whole.clone(), share.clone()))[1].clone();
        let complaint = complaint.unwrap_or_else(|| panic!("{share:?} is refused"));
        assert!(complaint.contains("zeros"), "{share:?}: {complaint}");
    }
}

/// The complaint about a tiny BERT with one tensor of zeros.
fn without(name: &str) -> Option<String> {
    let mut parts = bert();
    let shape = parts.tensors[name].shape().clone();
    let zeros = Tensor::zeros(shape, DType::F32, &Device::Cpu).unwrap();
    parts.tensors.insert(name.to_owned(), zeros);
    complaints(&written(&parts))[0].clone()
}

#[test]
fn zeros_are_refused_where_weights_cannot_be_zeros() {
    let refused = ["token_embd.weight", "blk.0.attn_q.weight", "blk.1.layer_output_norm.weight"];
    for name in refused {
        let complaint = without(name).expect("it is refused");
        assert!(complaint.contains(&format!("rows of the tensor {name} are zeros")), "{complaint}");
    }
    for name in ["blk.0.attn_k.bias", "blk.2.layer_output_norm.bias"] {
        assert_eq!(without(name), None, "{name} may be zeros");
    }
    // A padded vocabulary, and an unused position 0.
    let mut parts = bert();
    for name in ["token_embd.weight", "position_embd.weight"] {
        let tensor = &parts.tensors[name];
        let rows = tensor.dim(0).unwrap();
        let kept = tensor.narrow(0, 0, rows - 2).unwrap();
        let zeros = Tensor::zeros((2, DIM), DType::F32, &Device::Cpu).unwrap();
        let filled = Tensor::cat(&[&kept, &zeros], 0).unwrap();
        parts.tensors.insert(name.to_owned(), filled);
    }
    assert_eq!(complaints(&written(&parts))[0], None);
}

#[test]
fn a_model_that_tells_no_texts_apart_is_refused() {
    let mut parts = bert();
    let name = format!("blk.{}.layer_output_norm", LAYERS - 1);
    // Small but not zero: next to the bias, the text's contribution is rounded away.
    let tiny = Tensor::full(1e-20f32, DIM, &Device::Cpu).unwrap();
    parts.tensors.insert(format!("{name}.weight"), tiny);
    let complaint = complaints(&written(&parts))[0].clone().expect("it is refused");
    assert!(complaint.contains("it gives different texts the same vector"), "{complaint}");
}
