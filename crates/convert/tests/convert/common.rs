//! Model folders for tests to alter.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

pub(crate) type Object = Map<String, Value>;

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../embed-gguf/tests/fixtures")
}

/// A copy of one of the folders in `hf`.
pub(crate) fn copy(folder: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy_into(&fixtures().join("hf").join(folder), dir.path());
    dir
}

fn copy_into(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if from.is_dir() {
            fs::create_dir(&to).unwrap();
            copy_into(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}

pub(crate) fn write(path: &Path, value: &Value) {
    fs::write(path, value.to_string()).unwrap();
}

/// Sets a key of a JSON file; null removes it.
pub(crate) fn set(path: &Path, key: &str, value: Value) {
    let mut keys: Object = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    if value.is_null() {
        keys.remove(key);
    } else {
        keys.insert(key.to_owned(), value);
    }
    write(path, &Value::Object(keys));
}

/// The header and the data of a safetensors file.
pub(crate) fn split(path: &Path) -> (Object, Vec<u8>) {
    let bytes = fs::read(path).unwrap();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let (header, data) = bytes[8..].split_at(header);
    (serde_json::from_slice(header).unwrap(), data.to_vec())
}

/// Writes a safetensors file.
pub(crate) fn join(path: &Path, header: &Value, data: &[u8]) {
    let header = header.to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    fs::write(path, bytes).unwrap();
}

/// Sets the first weight of a tensor of 32-bit weights.
pub(crate) fn set_weight(folder: &Path, tensor: &str, weight: f32) {
    let path = folder.join("model.safetensors");
    let (header, mut data) = split(&path);
    let at = header[tensor]["data_offsets"][0].as_u64().unwrap() as usize;
    data[at..at + 4].copy_from_slice(&weight.to_le_bytes());
    join(&path, &Value::Object(header), &data);
}

/// A CodeT5+ with one layer and an attention width of 64; and the path for its output.
pub(crate) fn wide() -> (TempDir, PathBuf) {
    let dir = copy("codet5p");
    let config = dir.path().join("config.json");
    for (key, value) in [("d_model", 64), ("d_kv", 32), ("d_ff", 96), ("num_heads", 2)] {
        set(&config, key, json!(value));
    }
    set(&config, "num_layers", json!(1));
    let block = |part: &str| format!("encoder.block.0.layer.{part}.weight");
    let mut shapes = vec![
        ("shared.weight".to_owned(), vec![360, 64]),
        ("encoder.final_layer_norm.weight".to_owned(), vec![64]),
        (block("0.layer_norm"), vec![64]),
        (block("0.SelfAttention.relative_attention_bias"), vec![32, 2]),
        (block("1.layer_norm"), vec![64]),
        (block("1.DenseReluDense.wi"), vec![96, 64]),
        (block("1.DenseReluDense.wo"), vec![64, 96]),
        ("proj.weight".to_owned(), vec![24, 64]),
        ("proj.bias".to_owned(), vec![24]),
    ];
    for part in ["q", "k", "v", "o"] {
        shapes.push((block(&format!("0.SelfAttention.{part}")), vec![64, 64]));
    }
    let (mut header, mut data) = (Object::new(), Vec::new());
    for (name, shape) in shapes {
        let start = data.len();
        for n in 0..shape.iter().product::<usize>() {
            data.extend(((n as f32) * 0.7).sin().to_le_bytes());
        }
        let offsets = [start, data.len()];
        let info = json!({"dtype": "F32", "shape": shape, "data_offsets": offsets});
        header.insert(name, info);
    }
    join(&dir.path().join("model.safetensors"), &Value::Object(header), &data);
    let out = dir.path().join("out.gguf");
    (dir, out)
}
