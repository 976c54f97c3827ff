//! The tokens of a GGUF file with their types and scores, validated.

use candle_core::quantized::gguf_file::Value;

use crate::error::Cause;
use crate::gguf::Gguf;

pub(super) const BOS: &str = "tokenizer.ggml.bos_token_id";
pub(super) const CLS: &str = "tokenizer.ggml.cls_token_id";
pub(super) const EOS: &str = "tokenizer.ggml.eos_token_id";
// llama.cpp's own spelling.
pub(super) const SEP: &str = "tokenizer.ggml.seperator_token_id";
pub(super) const UNKNOWN: &str = "tokenizer.ggml.unknown_token_id";
/// The keys of special tokens; each must name an existing token.
const SPECIAL: [&str; 7] = [
    BOS,
    CLS,
    EOS,
    SEP,
    UNKNOWN,
    "tokenizer.ggml.padding_token_id",
    "tokenizer.ggml.mask_token_id",
];
const TOKENS: &str = "tokenizer.ggml.tokens";
const TYPES: &str = "tokenizer.ggml.token_type";
const SCORES: &str = "tokenizer.ggml.scores";
/// The longest token allowed, longer than any in use; token searches take time and memory in
/// proportion to it.
const MAX_TOKEN: usize = 4096;
/// The mark for a space before a word in SentencePiece and llama.cpp's converter.
pub(super) const SPACE_MARK: char = '\u{2581}';

/// `tokenizer.ggml.token_type` (enum llama_token_type in llama.h).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Normal,
    Unknown,
    /// A special token, never matched in text.
    Control,
    /// Matched literally in text before anything else.
    UserDefined,
    /// Fills a gap in the list, never matched in text.
    Unused,
    /// `<0xXX>`: one byte.
    Byte,
}

/// Texts and types by token id. A text may occur twice or be empty.
pub(super) struct Vocabulary<'a> {
    texts: Vec<&'a str>,
    kinds: Vec<Kind>,
}

impl<'a> Vocabulary<'a> {
    pub(super) fn load(gguf: &'a Gguf) -> Result<Vocabulary<'a>, Cause> {
        let texts = texts(gguf, TOKENS)?;
        if texts.is_empty() {
            return Err(gguf.bad(TOKENS, "has no tokens"));
        }
        if let Some(long) = texts.iter().map(|text| text.len()).find(|&len| len > MAX_TOKEN) {
            let reason = format!("has a token of {long} bytes; {MAX_TOKEN} is the limit");
            return Err(gguf.bad(TOKENS, reason));
        }
        let mut vocabulary = Vocabulary { kinds: vec![Kind::Normal; texts.len()], texts };
        let special = SPECIAL.iter().map(|key| vocabulary.id(gguf, key, None));
        let special: Vec<Option<u32>> = special.collect::<Result<_, _>>()?;
        if gguf.get(TYPES).is_some() {
            let kinds = gguf.array(TYPES)?;
            same_length(gguf, TYPES, kinds.len(), vocabulary.len())?;
            vocabulary.kinds = kinds.iter().map(kind).collect();
        } else {
            for id in special.into_iter().flatten() {
                vocabulary.kinds[id as usize] = Kind::Control;
            }
        }
        Ok(vocabulary)
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Every token with a text, in order: id, text, type.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &'a str, Kind)> {
        let tokens = (0..).zip(&self.texts).filter(|(_, text)| !text.is_empty());
        tokens.map(|(id, text)| (id, *text, self.kind(id)))
    }

    pub(super) fn kind(&self, id: u32) -> Kind {
        self.kinds.get(id as usize).copied().unwrap_or(Kind::Normal)
    }

    /// The token that a key names; if the key is missing, `default`, provided that token exists.
    pub(super) fn id(
        &self,
        gguf: &Gguf,
        key: &str,
        default: Option<u32>,
    ) -> Result<Option<u32>, Cause> {
        let exists = |id: &u32| (*id as usize) < self.len();
        if gguf.get(key).is_none() {
            return Ok(default.filter(exists));
        }
        let id = gguf.token_id(key, 0)?;
        let reason = || format!("names the token {id}, but there are {}", self.len());
        Some(id).filter(exists).map(Some).ok_or_else(|| gguf.bad(key, reason()))
    }

    /// One score for each token.
    pub(super) fn scores(&self, gguf: &Gguf) -> Result<Vec<f32>, Cause> {
        let scores = gguf.array(SCORES)?;
        same_length(gguf, SCORES, scores.len(), self.len())?;
        let score = |score: &Value| match *score {
            Value::F32(score) if score.is_finite() => Ok(score),
            Value::I32(score) => Ok(score as f32),
            _ => Err(gguf.bad(SCORES, "is not a list of finite numbers")),
        };
        scores.iter().map(score).collect()
    }
}

/// A list of texts.
pub(super) fn texts<'a>(gguf: &'a Gguf, key: &str) -> Result<Vec<&'a str>, Cause> {
    let text = |value: &'a Value| match value {
        Value::String(text) => Ok(text.as_str()),
        _ => Err(gguf.bad(key, "is not a list of texts")),
    };
    gguf.array(key)?.iter().map(text).collect()
}

fn same_length(gguf: &Gguf, key: &str, len: usize, tokens: usize) -> Result<(), Cause> {
    match len == tokens {
        true => Ok(()),
        false => Err(gguf.bad(key, format!("has {len} entries for {tokens} tokens"))),
    }
}

fn kind(value: &Value) -> Kind {
    let number = match *value {
        Value::I32(number) => i64::from(number),
        Value::U32(number) => i64::from(number),
        _ => 1,
    };
    match number {
        2 => Kind::Unknown,
        3 => Kind::Control,
        4 => Kind::UserDefined,
        5 => Kind::Unused,
        6 => Kind::Byte,
        _ => Kind::Normal,
    }
}
