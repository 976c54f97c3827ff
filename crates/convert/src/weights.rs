//! Tensors in safetensors files: the headers are read and checked first, then the data of one
//! tensor in parts.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use safetensors::Dtype;
use safetensors::tensor::Metadata;
use serde_json::Value;

use crate::error::{Cause, Result};
use crate::folder::Folder;

/// The largest header that the format's own library accepts.
const MAX_HEADER: u64 = 100_000_000;
/// The number of weights in memory at a time; a multiple of the 32 of a quantisation block.
const PART: usize = 1 << 18;

pub(crate) struct Tensors {
    shards: Vec<Shard>,
    tensors: BTreeMap<String, Stored>,
}

struct Shard {
    path: PathBuf,
    file: File,
}

/// The location of a tensor.
pub(crate) struct Stored {
    /// Rows first.
    pub(crate) shape: Vec<usize>,
    dtype: Dtype,
    shard: usize,
    /// The offset of the first byte in the file.
    start: u64,
}

impl Tensors {
    pub(crate) fn open(folder: &Folder) -> Result<Tensors> {
        let mut weights = Tensors { shards: Vec::new(), tensors: BTreeMap::new() };
        let single = folder.file("model.safetensors");
        let index = folder.file("model.safetensors.index.json");
        match folder.object(&index)? {
            None => weights.add(&single, &|| match folder.file("pytorch_model.bin").exists() {
                true => Cause::Pickled,
                false => Cause::Missing,
            })?,
            Some(keys) => {
                let Some(Value::Object(map)) = keys.get("weight_map") else {
                    return Err(Cause::MissingKey("weight_map".into()).at(&index));
                };
                let shards: BTreeSet<&str> = map.values().filter_map(Value::as_str).collect();
                for shard in shards {
                    weights.add(&folder.named(shard, &index)?, &|| Cause::Missing)?;
                }
                if let Some(name) = map.keys().find(|name| !weights.tensors.contains_key(*name)) {
                    return Err(Cause::MissingTensor(name.clone()).at(&index));
                }
            }
        }
        Ok(weights)
    }

    /// Adds the tensors of a file; `missing` is the error if it does not exist.
    fn add(&mut self, path: &Path, missing: &dyn Fn() -> Cause) -> Result<()> {
        let file = File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => missing().at(path),
            _ => Cause::Io(error).at(path),
        })?;
        let (metadata, data) = header(&file).map_err(|cause| cause.at(path))?;
        let shard = self.shards.len();
        self.shards.push(Shard { path: path.to_owned(), file });
        for (name, info) in metadata.tensors() {
            let start = data + info.data_offsets.0 as u64;
            let stored = Stored { shape: info.shape.clone(), dtype: info.dtype, shard, start };
            if self.tensors.insert(name.clone(), stored).is_some() {
                let twice = format!("the tensor {name} is in another file, too");
                return Err(Cause::Damaged(twice).at(path));
            }
        }
        Ok(())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Stored> {
        self.tensors.get(name)
    }

    /// The file of a tensor, for error messages.
    pub(crate) fn path_of(&self, stored: &Stored) -> &Path {
        &self.shards[stored.shard].path
    }

    /// The first file, for errors about a tensor that is in none.
    pub(crate) fn path(&self) -> &Path {
        self.shards.first().map_or(Path::new("model.safetensors"), |shard| &shard.path)
    }

    /// Passes the weights of a tensor from index `skip` on to `use_part`, in parts, in order,
    /// checked to be finite. The length of each part but the last is a multiple of 32.
    pub(crate) fn read(
        &mut self,
        name: &str,
        skip: usize,
        mut use_part: impl FnMut(&[f32]) -> Result<()>,
    ) -> Result<()> {
        let Some(stored) = self.tensors.get(name) else {
            return Err(Cause::MissingTensor(name.into()).at(self.path()));
        };
        let shard = &mut self.shards[stored.shard];
        let Some(size) = size_of(stored.dtype) else {
            let found = format!("{:?}", stored.dtype);
            return Err(Cause::TensorType { tensor: name.into(), found }.at(&shard.path));
        };
        let io = |error| Cause::Io(error).at(&shard.path);
        let start = stored.start + (skip * size) as u64;
        shard.file.seek(SeekFrom::Start(start)).map_err(io)?;
        let mut left = stored.shape.iter().product::<usize>().saturating_sub(skip);
        let (mut bytes, mut part) = (Vec::new(), Vec::new());
        while left > 0 {
            let count = left.min(PART);
            bytes.resize(count * size, 0);
            shard.file.read_exact(&mut bytes).map_err(io)?;
            decode(stored.dtype, &bytes, &mut part);
            if !part.iter().all(|weight| weight.is_finite()) {
                return Err(Cause::NotFinite(name.into()).at(&shard.path));
            }
            use_part(&part)?;
            left -= count;
        }
        Ok(())
    }
}

/// Reads the header, which locates each tensor, and the start of the data. The library checks that
/// the tensors fill the data without gaps and match their shapes in length.
fn header(mut file: &File) -> std::result::Result<(Metadata, u64), Cause> {
    let len = file.metadata()?.len();
    let damaged = |what: &str| Cause::Damaged(what.to_owned());
    let mut prefix = [0; 8];
    if len < 8 {
        return Err(damaged("it is too short for a safetensors file"));
    }
    file.read_exact(&mut prefix)?;
    let header = u64::from_le_bytes(prefix);
    if header > MAX_HEADER || header > len - 8 {
        return Err(damaged("it does not begin like a safetensors file"));
    }
    let mut text = vec![0; header as usize];
    file.read_exact(&mut text)?;
    let metadata: Metadata =
        serde_json::from_slice(&text).map_err(|error| Cause::Damaged(error.to_string()))?;
    let (data, needed) = (8 + header, metadata.data_len() as u64);
    match data.checked_add(needed) {
        Some(end) if end == len => Ok((metadata, data)),
        Some(end) if end > len => {
            Err(Cause::Damaged(format!("it is cut short: {len} bytes of {end}")))
        }
        _ => Err(damaged("it is longer than its tensors")),
    }
}

fn size_of(dtype: Dtype) -> Option<usize> {
    match dtype {
        Dtype::F64 => Some(8),
        Dtype::F32 => Some(4),
        Dtype::F16 | Dtype::BF16 => Some(2),
        _ => None,
    }
}

fn decode(dtype: Dtype, bytes: &[u8], weights: &mut Vec<f32>) {
    weights.clear();
    match dtype {
        Dtype::F64 => weights.extend(words(bytes).map(|it| f64::from_le_bytes(it) as f32)),
        Dtype::F32 => weights.extend(words(bytes).map(f32::from_le_bytes)),
        Dtype::F16 => {
            let halves: Vec<f16> = words(bytes).map(f16::from_le_bytes).collect();
            weights.resize(halves.len(), 0.0);
            halves.convert_to_f32_slice(weights);
        }
        _ => weights.extend(words(bytes).map(|it| bf16::from_le_bytes(it).to_f32())),
    }
}

fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> + '_ {
    bytes.as_chunks::<N>().0.iter().copied()
}
