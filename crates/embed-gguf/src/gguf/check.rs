//! Walks an untrusted GGUF header: allocates nothing by a length that the file merely claims, and
//! checks that every tensor lies inside the file. Only then does candle read it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{BufRead, Read};

use descry_encoder::Format;

use crate::error::Cause;

/// The longest list; vocabularies have at most about 250,000 entries.
const MAX_LIST: u64 = 1 << 24;
/// The longest string; a tokenizer as JSON takes a few megabytes.
const MAX_STRING: u64 = 1 << 26;
/// The deepest nesting of lists, which is rare; more is an attack on the stack.
const MAX_DEPTH: usize = 4;
/// GGML_MAX_DIMS in ggml.h.
const MAX_DIMS: u32 = 4;
/// GGUF's default when `general.alignment` is missing.
const DEFAULT_ALIGNMENT: u64 = 32;

/// The content of a valid header.
pub(super) struct Header {
    /// The length of the header in bytes.
    pub(super) len: u64,
    pub(super) tensors: HashMap<String, Extent>,
}

/// The location and type of a tensor.
pub(super) struct Extent {
    pub(super) format: Format,
    /// Rows first.
    pub(super) shape: Vec<usize>,
    /// The tensor's first byte in the file.
    pub(super) start: u64,
    pub(super) bytes: u64,
}

struct Walker<R> {
    reader: R,
    at: u64,
    len: u64,
}

/// Checks the header of a file of `len` bytes.
pub(super) fn header(reader: &mut impl BufRead, len: u64) -> Result<Header, Cause> {
    let mut walker = Walker { reader, at: 0, len };
    if len < 4 || walker.bytes::<4>("the magic number")? != *b"GGUF" {
        return Err(Cause::NotGguf);
    }
    match walker.u32("the version")? {
        2 | 3 => {}
        version => return Err(Cause::Version(version)),
    }
    let tensors = walker.u64("the header")?;
    let keys = walker.u64("the header")?;
    // The minimum sizes of a tensor entry (name, dims, type, offset) and a key (name, type, value).
    let least = tensors.saturating_mul(24).saturating_add(keys.saturating_mul(13));
    walker.fits(least, || format!("a header of {tensors} tensors and {keys} keys"))?;

    let mut alignment = DEFAULT_ALIGNMENT;
    for _ in 0..keys {
        let key = walker.name("a key")?;
        let value_type = walker.u32(&key)?;
        if key == "general.alignment" && value_type == 4 {
            alignment = u64::from(walker.u32(&key)?);
            if !alignment.is_power_of_two() {
                return Err(Cause::Damaged(format!("tensors are aligned to {alignment} bytes")));
            }
        } else {
            walker.value(&key, value_type, 0)?;
        }
    }
    let mut found = HashMap::new();
    for _ in 0..tensors {
        let name = walker.name("the name of a tensor")?;
        let extent = walker.tensor(&name)?;
        if extent.start % alignment != 0 {
            return Err(Cause::Damaged(format!("the tensor {name} is not aligned")));
        }
        match found.entry(name) {
            Entry::Vacant(entry) => entry.insert(extent),
            Entry::Occupied(entry) => {
                let name = entry.key();
                return Err(Cause::Damaged(format!("the tensor {name} is there twice")));
            }
        };
    }
    let header = walker.at;
    let data = header.next_multiple_of(alignment);
    for (name, extent) in &mut found {
        extent.start = extent.start.saturating_add(data);
        let needed = extent.start.saturating_add(extent.bytes);
        if needed > len {
            return Err(Cause::Truncated { what: format!("the tensor {name}"), needed, len });
        }
    }
    apart(&found)?;
    Ok(Header { len: header, tensors: found })
}

/// Rejects overlapping tensors, which no converter writes.
fn apart(tensors: &HashMap<String, Extent>) -> Result<(), Cause> {
    let mut extents: Vec<_> = tensors.iter().collect();
    extents.sort_by_key(|(_, extent)| extent.start);
    let overlap = extents.array_windows().find(|[(_, a), (_, b)]| a.start + a.bytes > b.start);
    match overlap {
        None => Ok(()),
        Some([(a, _), (b, _)]) => {
            Err(Cause::Damaged(format!("the tensors {a} and {b} lie in one place")))
        }
    }
}

impl<R: BufRead> Walker<R> {
    fn fits(&self, bytes: u64, what: impl FnOnce() -> String) -> Result<(), Cause> {
        let needed = self.at.saturating_add(bytes);
        if needed <= self.len {
            return Ok(());
        }
        Err(Cause::Truncated { what: what(), needed, len: self.len })
    }

    fn bytes<const N: usize>(&mut self, what: &str) -> Result<[u8; N], Cause> {
        self.fits(N as u64, || what.to_owned())?;
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes)?;
        self.at += N as u64;
        Ok(bytes)
    }

    fn u32(&mut self, what: &str) -> Result<u32, Cause> {
        self.bytes(what).map(u32::from_le_bytes)
    }

    fn u64(&mut self, what: &str) -> Result<u64, Cause> {
        self.bytes(what).map(u64::from_le_bytes)
    }

    fn skip(&mut self, bytes: u64, what: &str) -> Result<(), Cause> {
        self.fits(bytes, || what.to_owned())?;
        let skipped = std::io::copy(&mut self.reader.by_ref().take(bytes), &mut std::io::sink())?;
        self.at += skipped;
        if skipped == bytes { Ok(()) } else { self.fits(u64::MAX, || what.to_owned()) }
    }

    /// The name of a key or tensor, which is shorter than other strings.
    fn name(&mut self, what: &str) -> Result<String, Cause> {
        let len = self.u64(what)?;
        if len > 256 {
            return Err(Cause::Damaged(format!("{what} is {len} bytes long")));
        }
        self.fits(len, || what.to_owned())?;
        let mut name = vec![0; len as usize];
        self.reader.read_exact(&mut name)?;
        self.at += len;
        Ok(String::from_utf8_lossy(&name).into_owned())
    }

    fn value(&mut self, key: &str, value_type: u32, depth: usize) -> Result<(), Cause> {
        if let Some(bytes) = scalar_bytes(value_type) {
            return self.skip(bytes, key);
        }
        let too_long = |len| Cause::Damaged(format!("the key {key} has the length {len}"));
        match value_type {
            8 => match self.u64(key)? {
                len if len > MAX_STRING => Err(too_long(len)),
                len => self.skip(len, key),
            },
            9 if depth < MAX_DEPTH => {
                let item_type = self.u32(key)?;
                let len = self.u64(key)?;
                if len > MAX_LIST {
                    return Err(too_long(len));
                }
                if let Some(bytes) = scalar_bytes(item_type) {
                    return self.skip(len * bytes, key);
                }
                (0..len).try_for_each(|_| self.value(key, item_type, depth + 1))
            }
            9 => Err(Cause::Damaged(format!("the key {key} has lists in lists"))),
            _ => Err(Cause::Damaged(format!("the key {key} has the type {value_type}"))),
        }
    }

    /// A tensor, with `start` still relative to the data section.
    fn tensor(&mut self, name: &str) -> Result<Extent, Cause> {
        let dims = self.u32(name)?;
        let shaped = || Cause::Damaged(format!("the tensor {name} has an impossible shape"));
        if dims == 0 || dims > MAX_DIMS {
            return Err(shaped());
        }
        let mut shape = Vec::new();
        for _ in 0..dims {
            shape.push(usize::try_from(self.u64(name)?).map_err(|_| shaped())?);
        }
        let ggml_type = self.u32(name)?;
        let format = Format::from_ggml(ggml_type)
            .ok_or_else(|| Cause::TensorType { tensor: name.into(), ggml_type })?;
        let (block, bytes) = format.block();
        let row_bytes = (shape[0] / block).checked_mul(bytes).ok_or_else(shaped)?;
        let rows = shape[1..].iter().try_fold(1usize, |rows, dim| rows.checked_mul(*dim));
        let rows = rows.ok_or_else(shaped)?;
        if shape[0] == 0 || rows == 0 || shape[0] % block != 0 {
            return Err(shaped());
        }
        // The total number of weights must not overflow either.
        let bytes = row_bytes.checked_mul(rows).ok_or_else(shaped)? as u64;
        shape[0].checked_mul(rows).ok_or_else(shaped)?;
        shape.reverse();
        Ok(Extent { format, shape, start: self.u64(name)?, bytes })
    }
}

/// The size of a value type of fixed size (enum gguf_type in gguf.h).
fn scalar_bytes(value_type: u32) -> Option<u64> {
    match value_type {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}
