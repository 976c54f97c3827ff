//! The normaliser of a SentencePiece model (`precompiled_charsmap`): a list of characters and their
//! replacements, such as Unicode's NFKC with a few changes.

use candle_core::quantized::gguf_file::Value;
use unicode_segmentation::UnicodeSegmentation;

use crate::error::Cause;
use crate::gguf::Gguf;

const CHARSMAP: &str = "tokenizer.ggml.precompiled_charsmap";
/// Longer grapheme clusters are looked up character by character (the reference's limit).
const MAX_CLUSTER: usize = 5;

/// The format is SentencePiece's (`normalizer.cc`, `Normalizer::DecodePrecompiledCharsMap`): the
/// length in bytes of a double array, the array, and the replacements, each ended by a zero byte.
pub(super) struct Charsmap {
    /// Darts-clone's units: a byte trie whose values are offsets into `texts`.
    units: Vec<u32>,
    texts: String,
    /// One bit for each ASCII character that stays unchanged.
    kept: u128,
}

impl Charsmap {
    /// `None` if the file has no charsmap.
    pub(super) fn load(gguf: &Gguf) -> Result<Option<Charsmap>, Cause> {
        if gguf.get(CHARSMAP).is_none() {
            return Ok(None);
        }
        let byte = |value: &Value| match *value {
            Value::U8(byte) => Ok(byte),
            Value::I8(byte) => Ok(byte as u8),
            _ => Err(gguf.bad(CHARSMAP, "is not a list of bytes")),
        };
        let bytes: Vec<u8> = gguf.array(CHARSMAP)?.iter().map(byte).collect::<Result<_, _>>()?;
        match bytes.is_empty() {
            true => Ok(None),
            false => Charsmap::new(&bytes)
                .map(Some)
                .ok_or_else(|| gguf.bad(CHARSMAP, "is not a list of characters and texts")),
        }
    }

    fn new(bytes: &[u8]) -> Option<Charsmap> {
        let (len, rest) = bytes.split_first_chunk()?;
        let (units, texts) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
        let (units, []) = units.as_chunks() else { return None };
        let units = units.iter().map(|unit| u32::from_le_bytes(*unit)).collect();
        let texts = String::from_utf8(texts.to_vec()).ok()?;
        let mut map = Charsmap { units, texts, kept: 0 };
        let kept = (0..128).filter(|byte| map.replacement(&[*byte]).is_none());
        map.kept = kept.fold(0, |bits, byte| bits | 1 << byte);
        Some(map)
    }

    /// The normalised `text`, held in `buffer` if it differs.
    pub(super) fn normalize<'a>(&self, text: &'a str, buffer: &'a mut String) -> &'a str {
        if text.bytes().all(|byte| byte < 128 && self.kept >> byte & 1 == 1) {
            return text;
        }
        buffer.clear();
        for cluster in text.graphemes(true) {
            // As in the reference, if a cluster begins with listed characters, their replacement
            // replaces the whole cluster: the rest of it is lost.
            if cluster.len() <= MAX_CLUSTER
                && let Some(text) = self.replacement(cluster.as_bytes())
            {
                buffer.push_str(text);
                continue;
            }
            for c in cluster.chars() {
                match self.replacement(c.encode_utf8(&mut [0; 4]).as_bytes()) {
                    Some(text) => buffer.push_str(text),
                    None => buffer.push(c),
                }
            }
        }
        buffer
    }

    /// The replacement of the shortest listed prefix of `text`.
    fn replacement(&self, text: &[u8]) -> Option<&str> {
        let offset = |unit: u32| (unit >> 10) << ((unit & (1 << 9)) >> 6);
        let mut at = offset(*self.units.first()?);
        for &byte in text.iter().take_while(|&&byte| byte != 0) {
            at ^= u32::from(byte);
            let unit = *self.units.get(at as usize)?;
            if unit & (1 << 31 | 0xff) != u32::from(byte) {
                return None;
            }
            at ^= offset(unit);
            if unit >> 8 & 1 == 1 {
                let start = *self.units.get(at as usize)? & !(1 << 31);
                return self.texts.get(start as usize..)?.split('\0').next();
            }
        }
        None
    }
}
