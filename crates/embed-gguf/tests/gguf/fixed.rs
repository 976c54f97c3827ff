//! Compares the static model with its formula, in f64.

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use descry_embed::StaticEmbedder;
use descry_embed_gguf::load_static;

use crate::tiny::{DIM, fixed};

/// The tensor's values after storage in its file.
fn stored(tensor: &Tensor, kind: GgmlDType) -> Vec<f64> {
    let stored = QTensor::quantize(tensor, kind).unwrap().dequantize(&Device::Cpu).unwrap();
    let values: Vec<f32> = stored.flatten_all().unwrap().to_vec1().unwrap();
    values.into_iter().map(f64::from).collect()
}

#[test]
fn the_static_model_follows_its_formula() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    for kind in [GgmlDType::Q8_0, GgmlDType::F32, GgmlDType::Q4_0] {
        let mut parts = fixed();
        parts.types.insert("token_embd.weight".into(), kind);
        parts.write(&path);
        let model = load_static(&path).unwrap();
        assert_eq!(model.info().teacher.as_ref().map(|teacher| &*teacher.weights), Some("ab12"));
        let table = stored(&parts.tensors["token_embd.weight"], kind);
        let weights = stored(&parts.tensors["token_weight"], GgmlDType::F32);
        let map = stored(&parts.tensors["map.weight"], GgmlDType::F16);
        let bias = stored(&parts.tensors["map.bias"], GgmlDType::F32);
        for text in ["", "a", "hello world", "Don't panic: ünknown 7"] {
            let ids = model.tokens(text);
            let total: f64 = ids.iter().map(|&id| weights[id as usize]).sum();
            let mean = |column: usize| {
                let part = |&id: &u32| weights[id as usize] * table[id as usize * 32 + column];
                ids.iter().map(part).sum::<f64>() / total.max(1e-9)
            };
            let mean: Vec<f64> = (0..32).map(mean).collect();
            let row = |n: usize| {
                bias[n] + mean.iter().zip(&map[n * 32..]).map(|(x, m)| x * m).sum::<f64>()
            };
            let mapped: Vec<f64> = (0..DIM).map(row).collect();
            let norm = mapped.iter().map(|x| x * x).sum::<f64>().sqrt();
            for (ours, exact) in model.embed(text).iter().zip(mapped) {
                assert!((f64::from(*ours) - exact / norm).abs() < 1e-6, "{kind:?} {text:?}");
            }
        }
    }
}
