//! Blobs with a checksum: a flipped bit makes one row unreadable, and never another value of it.

use serde::{Deserialize, Serialize};

/// The length of a CRC-32.
const CRC: usize = 4;

/// A row that does not have the content that was written.
#[derive(Debug)]
pub(crate) struct Damaged;

/// The value in postcard's format, [sealed](seal_bytes).
pub(crate) fn seal(key: &[u8], value: &impl Serialize) -> Vec<u8> {
    // Writing to memory fails for no type that is sealed here.
    seal_bytes(key, postcard::to_stdvec(value).unwrap_or_default())
}

/// The value that was sealed under this key.
pub(crate) fn unseal<'a, T: Deserialize<'a>>(key: &[u8], sealed: &'a [u8]) -> Result<T, Damaged> {
    postcard::from_bytes(unseal_bytes(key, sealed)?).map_err(|_| Damaged)
}

/// Appends a CRC-32 of the bytes and of the row's key: a row under another key is damaged, too.
pub(crate) fn seal_bytes(key: &[u8], mut bytes: Vec<u8>) -> Vec<u8> {
    let crc = checksum(&[key, &bytes]);
    bytes.extend(crc.to_le_bytes());
    bytes
}

/// The bytes that were sealed under this key.
pub(crate) fn unseal_bytes<'a>(key: &[u8], sealed: &'a [u8]) -> Result<&'a [u8], Damaged> {
    let (bytes, crc) = sealed.split_last_chunk::<CRC>().ok_or(Damaged)?;
    let same = u32::from_le_bytes(*crc) == checksum(&[key, bytes]);
    if same { Ok(bytes) } else { Err(Damaged) }
}

/// The CRC-32 of all parts.
pub(crate) fn checksum(parts: &[&[u8]]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    parts.iter().for_each(|part| crc.update(part));
    crc.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_is_found() {
        let sealed = seal(b"key", &("a text", 4711_u32));
        let read = |bytes: &[u8]| unseal::<(String, u32)>(b"key", bytes).ok();
        assert_eq!(read(&sealed), Some(("a text".to_owned(), 4711)));
        for bit in 0..8 * sealed.len() {
            let mut flipped = sealed.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&flipped), None, "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(read(&sealed[..length]), None, "{length} bytes");
        }
        assert!(unseal::<(String, u32)>(b"another key", &sealed).is_err());
    }
}
