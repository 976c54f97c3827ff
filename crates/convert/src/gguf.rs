//! Writes GGUF: the header in one piece, the weights in parts.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use half::f16;

use crate::Type;
use crate::error::{Cause, Result};
use crate::plan::Planned;
use crate::weights::Tensors;

/// GGUF's default when `general.alignment` is missing.
const ALIGNMENT: u64 = 32;

/// Keys with their values, in order.
#[derive(Default)]
pub(crate) struct Metadata(Vec<(String, Value)>);

enum Value {
    Number(u32),
    Float(f32),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
    Numbers(Vec<i32>),
}

impl Metadata {
    pub(crate) fn number(&mut self, key: impl Into<String>, value: u32) {
        self.0.push((key.into(), Value::Number(value)));
    }

    pub(crate) fn float(&mut self, key: impl Into<String>, value: f32) {
        self.0.push((key.into(), Value::Float(value)));
    }

    pub(crate) fn flag(&mut self, key: impl Into<String>, value: bool) {
        self.0.push((key.into(), Value::Flag(value)));
    }

    pub(crate) fn text(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.0.push((key.into(), Value::Text(value.into())));
    }

    pub(crate) fn texts(&mut self, key: impl Into<String>, values: Vec<String>) {
        self.0.push((key.into(), Value::Texts(values)));
    }

    pub(crate) fn numbers(&mut self, key: impl Into<String>, values: Vec<i32>) {
        self.0.push((key.into(), Value::Numbers(values)));
    }

    pub(crate) fn append(&mut self, other: &mut Metadata) {
        self.0.append(&mut other.0);
    }
}

/// `general.file_type`: enum llama_ftype in llama.h.
pub(crate) fn file_type(weights: Type) -> u32 {
    match weights {
        Type::F32 => 0,
        Type::F16 => 1,
        Type::Q8_0 => 7,
    }
}

/// Writes a file and returns its length. It has a temporary name until it is complete.
pub(crate) fn write(
    path: &Path,
    metadata: &Metadata,
    tensors: &[Planned],
    weights: &mut Tensors,
    wanted: Type,
) -> Result<u64> {
    let io = |error| Cause::Io(error).at(path);
    let part = Part::create(path).map_err(io)?;
    let mut out = BufWriter::with_capacity(1 << 20, &part.file);
    header(&mut out, metadata, tensors, wanted).map_err(io)?;
    for tensor in tensors {
        pad(&mut out).map_err(io)?;
        let stored_as = tensor.stored_as(wanted);
        let mut bytes = Vec::new();
        let mut put = |weights: &[f32]| {
            bytes.clear();
            encode(weights, stored_as, &mut bytes).map_err(|cause| cause(tensor).at(path))?;
            out.write_all(&bytes).map_err(io)
        };
        if tensor.transposed {
            let mut whole = Vec::new();
            weights.read(&tensor.source, 0, |part| {
                whole.extend_from_slice(part);
                Ok(())
            })?;
            put(&transpose(&whole, tensor.shape[0]))?;
        } else {
            let skip = tensor.skip_rows * tensor.shape.iter().skip(1).product::<usize>();
            weights.read(&tensor.source, skip, put)?;
        }
    }
    // Readers may map whole blocks.
    pad(&mut out).map_err(io)?;
    let bytes = out.stream_position().map_err(io)?;
    out.flush().map_err(io)?;
    drop(out);
    part.rename_to(path).map_err(io)?;
    Ok(bytes)
}

fn header(
    out: &mut impl Write,
    metadata: &Metadata,
    tensors: &[Planned],
    wanted: Type,
) -> std::io::Result<()> {
    out.write_all(b"GGUF")?;
    out.write_all(&3u32.to_le_bytes())?;
    out.write_all(&(tensors.len() as u64).to_le_bytes())?;
    out.write_all(&(metadata.0.len() as u64).to_le_bytes())?;
    for (key, value) in &metadata.0 {
        text(out, key)?;
        self::value(out, value)?;
    }
    let mut offset = 0u64;
    for tensor in tensors {
        let stored_as = tensor.stored_as(wanted);
        text(out, &tensor.name)?;
        out.write_all(&(tensor.shape.len() as u32).to_le_bytes())?;
        for &dim in tensor.shape.iter().rev() {
            out.write_all(&(dim as u64).to_le_bytes())?;
        }
        out.write_all(&ggml_type(stored_as).to_le_bytes())?;
        out.write_all(&offset.to_le_bytes())?;
        let count = tensor.shape.iter().product::<usize>() as u64;
        offset += bytes_of(stored_as, count).next_multiple_of(ALIGNMENT);
    }
    Ok(())
}

/// Type numbers: enum gguf_type in gguf.h.
fn value(out: &mut impl Write, value: &Value) -> std::io::Result<()> {
    let mut kind = |kind: u32| out.write_all(&kind.to_le_bytes());
    match value {
        Value::Number(number) => kind(4).and_then(|()| out.write_all(&number.to_le_bytes())),
        Value::Float(number) => kind(6).and_then(|()| out.write_all(&number.to_le_bytes())),
        Value::Flag(flag) => kind(7).and_then(|()| out.write_all(&[u8::from(*flag)])),
        Value::Text(value) => kind(8).and_then(|()| text(out, value)),
        Value::Texts(values) => {
            kind(9).and_then(|()| kind(8))?;
            out.write_all(&(values.len() as u64).to_le_bytes())?;
            values.iter().try_for_each(|value| text(out, value))
        }
        Value::Numbers(values) => {
            kind(9).and_then(|()| kind(5))?;
            out.write_all(&(values.len() as u64).to_le_bytes())?;
            values.iter().try_for_each(|value| out.write_all(&value.to_le_bytes()))
        }
    }
}

fn text(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    out.write_all(&(text.len() as u64).to_le_bytes())?;
    out.write_all(text.as_bytes())
}

fn pad(out: &mut (impl Write + Seek)) -> std::io::Result<()> {
    let at = out.stream_position()?;
    let zeros = [0; ALIGNMENT as usize];
    out.write_all(&zeros[..(at.next_multiple_of(ALIGNMENT) - at) as usize])
}

/// enum ggml_type in ggml.h.
fn ggml_type(weights: Type) -> u32 {
    match weights {
        Type::F32 => 0,
        Type::F16 => 1,
        Type::Q8_0 => 8,
    }
}

fn bytes_of(weights: Type, count: u64) -> u64 {
    match weights {
        Type::F32 => 4 * count,
        Type::F16 => 2 * count,
        Type::Q8_0 => count / 32 * 34,
    }
}

/// Why weights cannot be encoded; the caller knows the tensor.
type Complaint = fn(&Planned) -> Cause;

/// Encodes weights as bytes; quantised ones in multiples of 32.
fn encode(
    weights: &[f32],
    stored_as: Type,
    bytes: &mut Vec<u8>,
) -> std::result::Result<(), Complaint> {
    const TOO_LARGE: Complaint = |tensor| Cause::TooLargeForF16(tensor.source.clone());
    match stored_as {
        Type::F32 => bytes.extend(weights.iter().flat_map(|it| it.to_le_bytes())),
        Type::F16 => {
            for &weight in weights {
                let half = f16::from_f32(weight);
                if !half.is_finite() {
                    return Err(TOO_LARGE);
                }
                bytes.extend(half.to_le_bytes());
            }
        }
        Type::Q8_0 => {
            // The scale of a block, its largest weight / 127, is an F16.
            let largest = weights.iter().fold(0f32, |largest, it| largest.max(it.abs()));
            if !f16::from_f32(largest / 127.0).is_finite() {
                return Err(TOO_LARGE);
            }
            let quantised = Tensor::from_slice(weights, weights.len(), &Device::Cpu)
                .and_then(|it| QTensor::quantize(&it, GgmlDType::Q8_0));
            let data = quantised.as_ref().map(QTensor::data);
            match data {
                Ok(Ok(data)) => bytes.extend_from_slice(&data),
                _ => {
                    return Err(|tensor| {
                        Cause::Damaged(format!("{} does not fill whole blocks", tensor.name))
                    });
                }
            }
        }
    }
    Ok(())
}

/// The transpose of a matrix, with `rows` rows.
fn transpose(matrix: &[f32], rows: usize) -> Vec<f32> {
    (0..rows).flat_map(|row| matrix[row..].iter().step_by(rows).copied()).collect()
}

/// A file that is removed on drop unless it was renamed to its final name.
struct Part {
    file: File,
    path: PathBuf,
    renamed: bool,
}

impl Part {
    fn create(path: &Path) -> std::io::Result<Part> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let path = path.with_file_name(name);
        Ok(Part { file: File::create(&path)?, path, renamed: false })
    }

    fn rename_to(mut self, path: &Path) -> std::io::Result<()> {
        self.file.sync_all()?;
        std::fs::rename(&self.path, path)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.renamed {
            // Nothing to do if the file is already gone.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
