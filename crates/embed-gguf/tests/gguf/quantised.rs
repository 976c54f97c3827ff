//! Compares every quantisation with its own dequantised weights.

use candle_core::quantized::{GgmlDType, QTensor};
use descry_embed::Input;
use descry_embed_gguf::{Device, LoadOptions, load};

use crate::tiny::{Parts, bert_of};

/// Rows of whole super-blocks, and an inner width of more than one block of columns.
const DIM: usize = 256;
const INNER: usize = 768;

fn vectors(parts: &Parts, device: Device) -> Vec<Vec<f32>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    parts.write(&path);
    let mut model = load(&path, &LoadOptions { device, ..LoadOptions::default() }).unwrap();
    let texts =
        ["a", "find the word", "the quick brown fox jumps over the lazy dog again and again"];
    model.embed(&texts.map(Input::Document)).unwrap()
}

#[track_caller]
fn check(kind: GgmlDType) {
    let mut stored = bert_of(DIM, INNER);
    let mut plain = stored.clone();
    for (name, tensor) in &mut plain.tensors {
        let is_matrix = name.contains("attn_q.weight")
            || name.contains("attn_v.weight")
            || name.contains("ffn_")
            || name.contains("token_embd.weight");
        if is_matrix && name.ends_with("weight") {
            let quantised = QTensor::quantize(tensor, kind).unwrap();
            *tensor = quantised.dequantize(&candle_core::Device::Cpu).unwrap();
            stored.types.insert(name.clone(), kind);
        }
    }
    // Products use 8-bit numbers if the machine has them; 16-bit weights lose nothing.
    let rounded = if kind.block_size() == 1 { 0.99999 } else { 0.999 };
    for (device, least) in [(Device::CpuF32, 0.99999), (Device::Cpu, rounded)] {
        let expected = vectors(&plain, Device::CpuF32);
        for (found, expected) in vectors(&stored, device).iter().zip(expected) {
            let cosine: f32 = found.iter().zip(&expected).map(|(a, b)| a * b).sum();
            assert!(cosine >= least, "{kind:?} on {device:?}: {cosine}");
        }
    }
}

#[test]
fn every_quantisation_gives_what_its_weights_stand_for() {
    for kind in [
        GgmlDType::F16,
        GgmlDType::BF16,
        GgmlDType::Q4_0,
        GgmlDType::Q4_1,
        GgmlDType::Q5_0,
        GgmlDType::Q5_1,
        GgmlDType::Q8_0,
        GgmlDType::Q8_1,
        GgmlDType::Q2K,
        GgmlDType::Q3K,
        GgmlDType::Q4K,
        GgmlDType::Q5K,
        GgmlDType::Q6K,
        GgmlDType::Q8K,
    ] {
        check(kind);
    }
}
