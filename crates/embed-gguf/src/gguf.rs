//! Typed access to a validated GGUF file.

mod check;
mod hollow;

use std::collections::HashMap;
use std::io::{Cursor, Read};

use candle_core::quantized::gguf_file::{Content, Value};
use descry_encoder::Matrix;
use sha2::{Digest, Sha256};

use self::check::Extent;
use crate::error::{Cause, LoadError};
use crate::memory;
use crate::source::{Input, Source};

/// An open GGUF file with a valid header.
pub(crate) struct Gguf {
    input: Input,
    metadata: HashMap<String, Value>,
    tensors: HashMap<String, Extent>,
    /// The start of the last tensor.
    last: u64,
    pub(crate) sha256: String,
}

impl Gguf {
    /// Opens `source` and passes it to `build`; any error is reported with the source's name.
    pub(crate) fn load<T>(
        source: &Source,
        build: impl FnOnce(&mut Gguf) -> Result<T, Cause>,
    ) -> Result<T, LoadError> {
        Gguf::open(source)
            .and_then(|mut gguf| build(&mut gguf))
            .map_err(|cause| LoadError { model: source.clone(), cause })
    }

    fn open(source: &Source) -> Result<Gguf, Cause> {
        let mut input = Input::open(source)?;
        let len = input.len()?;
        let checked = check::header(&mut input.reader()?, len)?;
        // Candle seeks at every value: fast in memory, a system call in a file.
        let header = input.read(0, checked.len)?;
        let content = Content::read(&mut Cursor::new(header))
            .map_err(|error| Cause::Damaged(error.to_string()))?;
        let tensors = checked.tensors.values();
        let weights = tensors.clone().map(|it| it.shape.iter().product::<usize>() as u64).sum();
        memory::check(tensors.clone().map(|extent| extent.bytes).sum(), weights)?;
        let last = tensors.map(|extent| extent.start).max().unwrap_or_default();
        let sha256 = sha256(&mut input.reader()?)?;
        let (metadata, tensors) = (content.metadata, checked.tensors);
        Ok(Gguf { input, metadata, tensors, last, sha256 })
    }

    /// Rejects a file of another architecture.
    pub(crate) fn expect_architecture(&self, supported: &'static str) -> Result<(), Cause> {
        match self.text("general.architecture")? {
            found if found == supported => Ok(()),
            found => Err(Cause::Architecture {
                found: found.to_owned(),
                supported: supported.to_owned(),
            }),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.metadata.get(key)
    }

    /// A non-negative integer of any width.
    pub(crate) fn number(&self, key: &str) -> Result<usize, Cause> {
        let value = self.get(key).ok_or_else(|| Cause::MissingKey(key.into()))?;
        let number = value.to_u64().ok().or_else(|| match *value {
            Value::I8(v) => u64::try_from(v).ok(),
            Value::I16(v) => u64::try_from(v).ok(),
            Value::I32(v) => u64::try_from(v).ok(),
            Value::I64(v) => u64::try_from(v).ok(),
            _ => None,
        });
        let number = number.and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| self.bad(key, "is not a whole number"))
    }

    /// A positive number.
    pub(crate) fn positive(&self, key: &str) -> Result<usize, Cause> {
        match self.number(key)? {
            0 => Err(self.bad(key, "is 0")),
            number => Ok(number),
        }
    }

    /// A token id; `default` if the key is missing.
    pub(crate) fn token_id(&self, key: &str, default: u32) -> Result<u32, Cause> {
        if self.get(key).is_none() {
            return Ok(default);
        }
        u32::try_from(self.number(key)?).map_err(|_| self.bad(key, "is not a token id"))
    }

    pub(crate) fn float(&self, key: &str) -> Result<f32, Cause> {
        let value = self.get(key).ok_or_else(|| Cause::MissingKey(key.into()))?;
        match *value {
            Value::F32(v) if v.is_finite() => Ok(v),
            _ => Err(self.bad(key, "is not a 32-bit number")),
        }
    }

    /// A boolean; `default` if the key is missing.
    pub(crate) fn flag(&self, key: &str, default: bool) -> Result<bool, Cause> {
        match self.get(key) {
            None => Ok(default),
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(self.bad(key, "is neither true nor false")),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Result<&str, Cause> {
        match self.get(key) {
            None => Err(Cause::MissingKey(key.into())),
            Some(Value::String(value)) => Ok(value),
            Some(_) => Err(self.bad(key, "is not text")),
        }
    }

    pub(crate) fn array(&self, key: &str) -> Result<&[Value], Cause> {
        match self.get(key) {
            None => Err(Cause::MissingKey(key.into())),
            Some(Value::Array(values)) => Ok(values),
            Some(_) => Err(self.bad(key, "is not a list")),
        }
    }

    /// An error about a key's value; `reason` follows the key.
    pub(crate) fn bad(&self, key: &str, reason: impl Into<String>) -> Cause {
        Cause::Key { key: key.into(), reason: reason.into() }
    }

    pub(crate) fn has_tensor(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The shape of a tensor, rows first.
    pub(crate) fn shape(&self, name: &str) -> Result<&[usize], Cause> {
        let extent = self.tensors.get(name);
        extent.map(|extent| &*extent.shape).ok_or_else(|| Cause::MissingTensor(name.into()))
    }

    /// All weights of a tensor of the given shape (rows first), as f32, checked to be finite.
    pub(crate) fn weights(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Cause> {
        Ok(self.tensor(name, shape)?.values())
    }

    /// The same, or nothing if the tensor does not exist.
    pub(crate) fn optional(
        &mut self,
        name: &str,
        shape: &[usize],
    ) -> Result<Option<Vec<f32>>, Cause> {
        self.has_tensor(name).then(|| self.weights(name, shape)).transpose()
    }

    /// A matrix in its stored format, checked to be finite.
    pub(crate) fn matrix(
        &mut self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Matrix, Cause> {
        self.tensor(name, &[rows, columns])
    }

    /// A stack of `count` matrices of one shape.
    pub(crate) fn stacked(
        &mut self,
        name: &str,
        count: usize,
        rows: usize,
        columns: usize,
    ) -> Result<Matrix, Cause> {
        self.tensor(name, &[count, rows, columns])
    }

    fn tensor(&mut self, name: &str, expected: &[usize]) -> Result<Matrix, Cause> {
        let found = self.shape(name)?;
        if found != expected {
            let (found, expected) = (found.to_vec(), expected.to_vec());
            return Err(Cause::Shape { tensor: name.into(), found, expected });
        }
        // The tensor exists, as it has a shape.
        let extent = &self.tensors[name];
        let Extent { format, start, bytes: len, .. } = *extent;
        let bytes = self.input.read(start, len)?;
        let read = bytes.len() as u64;
        if read != len {
            let what = format!("the tensor {name}");
            return Err(Cause::Truncated { what, needed: start + len, len: start + read });
        }
        if !format.finite(&bytes) {
            return Err(Cause::NotFinite(name.into()));
        }
        if let Some(complaint) = hollow::complaint(name, extent, &bytes, start == self.last) {
            return Err(Cause::Damaged(complaint));
        }
        let columns = expected.last().copied().unwrap_or(1);
        Ok(Matrix { format, columns, bytes })
    }
}

/// The SHA-256 in lower-case hex.
fn sha256(file: &mut impl Read) -> Result<String, Cause> {
    let mut hasher = Sha256::new();
    std::io::copy(file, &mut hasher)?;
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
