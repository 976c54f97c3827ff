//! Byte-level BPE (Radford and others, 2019), rebuilt from GGUF metadata: text is split into words,
//! whose bytes are joined by the list of merges.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use tokenizers::NormalizedString;

use super::merge::{Merger, Symbol};
use super::trie::Trie;
use super::vocabulary::{Kind, Vocabulary, texts};
use super::words::Words;
use crate::error::Cause;
use crate::gguf::Gguf;

const PRE: &str = "tokenizer.ggml.pre";
const MERGES: &str = "tokenizer.ggml.merges";
/// The least number of bytes to normalise in one step.
const BLOCK: usize = 4096;

/// A model's pre-tokenization, by the name in `tokenizer.ggml.pre`.
///
/// The names are llama.cpp's (llama-vocab.cpp), but their meaning follows the models' own
/// tokenizers, which the models were trained with: llama.cpp does not normalise to NFC, as the
/// tokenizers of Qwen2 and of GPT-NeoX's descendants (ModernBERT, OLMo, MPT) do. A file without a
/// name, or with the name `default`, gets GPT-2's words rather than llama.cpp's guess, which
/// matches no model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pre {
    words: Words,
    /// Text is first normalised to NFC.
    nfc: bool,
    /// A word that is a token becomes this token, whatever the merges say.
    whole_words: bool,
    /// The defaults if the file lacks `add_bos_token` and `add_eos_token`.
    pub(super) add_bos: bool,
    pub(super) add_eos: bool,
}

impl Pre {
    pub(super) fn load(gguf: &Gguf) -> Result<Pre, Cause> {
        let name = match gguf.get(PRE) {
            Some(_) => gguf.text(PRE)?,
            None => "default",
        };
        let plain =
            |words| Pre { words, nfc: false, whole_words: false, add_bos: false, add_eos: false };
        Ok(match name {
            "" | "default" | "gpt-2" | "phi-2" | "jina-es" | "jina-de" | "jina-v2-es"
            | "jina-v2-de" => plain(Words::Gpt2),
            // Early files of these encoders lack the flags for the two tokens around a text.
            "roberta-bpe" | "jina-v1-en" | "jina-v2-code" => {
                Pre { add_bos: true, add_eos: true, ..plain(Words::Gpt2) }
            }
            "modern-bert" => Pre { nfc: true, add_bos: true, add_eos: true, ..plain(Words::Gpt2) },
            "mpt" | "olmo" => Pre { nfc: true, ..plain(Words::Gpt2) },
            // CodeSage uses StarCoder's tokenizer and an end token.
            "codesage" => Pre { add_eos: true, ..plain(Words::Gpt2Digits) },
            "starcoder" | "refact" | "smollm" => plain(Words::Gpt2Digits),
            "qwen2" | "f2llmv2" => Pre { nfc: true, ..plain(Words::Qwen2 { digits: 1 }) },
            "llama3" | "llama-v3" | "llama-bpe" | "jina-v5-nano" => {
                Pre { whole_words: true, add_bos: true, ..plain(Words::Qwen2 { digits: 3 }) }
            }
            other => {
                let reason = format!("is {other:?}, a way of cutting text that is not supported");
                return Err(gguf.bad(PRE, reason));
            }
        })
    }
}

pub(super) struct ByteLevel {
    pre: Pre,
    /// The token of each byte, if there is one.
    bytes: Box<[Option<u32>; 256]>,
    /// For two tokens, the rank and id of their merge.
    merges: FxHashMap<(u32, u32), (u32, u32)>,
    /// Tokens by their bytes, if words can be tokens without merges.
    whole: FxHashMap<Box<[u8]>, u32>,
    user_defined: Trie,
    unknown: Option<u32>,
}

impl ByteLevel {
    pub(super) fn load(
        gguf: &Gguf,
        vocabulary: &Vocabulary<'_>,
        pre: Pre,
        unknown: Option<u32>,
    ) -> Result<ByteLevel, Cause> {
        let mut ids: FxHashMap<Cow<'_, str>, u32> = FxHashMap::default();
        let mut whole = FxHashMap::default();
        let letters = letters();
        for (id, text, kind) in vocabulary.iter().filter(|token| token.2 != Kind::Unused) {
            // The converter writes these as they appear in text, but merges name them in byte
            // letters.
            if kind == Kind::UserDefined {
                let written = text.bytes().map(|byte| letters[byte as usize]).collect::<String>();
                ids.entry(written.into()).or_insert(id);
            }
            ids.entry(text.into()).or_insert(id);
        }
        if pre.whole_words {
            let byte: FxHashMap<char, u8> = letters.into_iter().zip(0..=255).collect();
            for (id, text, _) in vocabulary.iter().filter(|token| token.2 == Kind::Normal) {
                let bytes = text.chars().map(|letter| byte.get(&letter).copied());
                if let Some(bytes) = bytes.collect::<Option<Box<[u8]>>>() {
                    whole.entry(bytes).or_insert(id);
                }
            }
        }
        let texts = texts(gguf, MERGES)?;
        let mut merges = FxHashMap::with_capacity_and_hasher(texts.len(), Default::default());
        let mut both = String::new();
        for (rank, merge) in (0..).zip(texts) {
            let Some((left, right)) = merge.split_once(' ') else {
                return Err(gguf.bad(MERGES, format!("has an entry without a blank: {merge:.40?}")));
            };
            both.clear();
            both.extend([left, right]);
            let [one, two, both] = [left, right, &both].map(|text| ids.get(text).copied());
            let (Some(one), Some(two), Some(both)) = (one, two, both) else {
                let reason = format!("names a token that does not exist: {merge:.40?}");
                return Err(gguf.bad(MERGES, reason));
            };
            if vocabulary.kind(both) != Kind::Control {
                merges.entry((one, two)).or_insert((rank, both));
            }
        }
        let byte = |letter: char| ids.get(letter.encode_utf8(&mut [0; 4]) as &str).copied();
        Ok(ByteLevel {
            pre,
            bytes: Box::new(letters.map(byte)),
            merges,
            whole,
            user_defined: user_defined(vocabulary),
            unknown,
        })
    }

    pub(super) fn encode(&self, text: &str, limit: usize, ids: &mut Vec<u32>) {
        let mut merger = Merger::default();
        let mut rest = text;
        while !rest.is_empty() && ids.len() < limit {
            let found = self.user_defined.find(rest);
            let (start, end) = found.map_or((rest.len(), rest.len()), |(_, s, e)| (s, e));
            self.encode_plain(&rest[..start], limit, &mut merger, ids);
            ids.extend(found.map(|(id, _, _)| id));
            rest = &rest[end..];
        }
        ids.truncate(limit);
    }

    /// Encodes text without user-defined tokens.
    fn encode_plain(&self, mut text: &str, limit: usize, merger: &mut Merger, ids: &mut Vec<u32>) {
        while !text.is_empty() && ids.len() < limit {
            let (block, after) = text.split_at(if self.pre.nfc { block(text) } else { text.len() });
            let normal = if self.pre.nfc { nfc(block) } else { Cow::Borrowed(block) };
            let mut rest = &*normal;
            while !rest.is_empty() && ids.len() < limit {
                let (word, after) = rest.split_at(self.pre.words.first(rest));
                self.encode_word(word.as_bytes(), merger, ids);
                rest = after;
            }
            text = after;
        }
    }

    fn encode_word(&self, word: &[u8], merger: &mut Merger, ids: &mut Vec<u32>) {
        if let Some(&id) = self.whole.get(word) {
            return ids.push(id);
        }
        merger.clear();
        // A byte that is not a token becomes the unknown token; if there is none, it is dropped, as
        // in the reference.
        for (at, &byte) in word.iter().enumerate() {
            if let Some(id) = self.bytes[byte as usize].or(self.unknown) {
                merger.push(id, at, at + 1);
            }
        }
        let join = |left: Symbol, right: Symbol| self.merges.get(&(left.id, right.id)).copied();
        ids.extend(merger.merge(join).iter().map(|symbol| symbol.id));
    }
}

/// The user-defined tokens of a vocabulary: the non-special added tokens of the reference, which it
/// finds in text before anything else.
pub(super) fn user_defined(vocabulary: &Vocabulary<'_>) -> Trie {
    let tokens = vocabulary.iter().filter(|token| token.2 == Kind::UserDefined);
    Trie::new(tokens.map(|(id, text, _)| (id, text.as_bytes())))
}

/// The length of a prefix of `text` that can be normalised and split into words on its own, to
/// avoid normalising more than needed: it ends at a line break between two non-blank characters,
/// which is a word boundary in every expression.
fn block(text: &str) -> usize {
    let bytes = text.as_bytes();
    let alone =
        |part: &[u8]| part[0].is_ascii_graphic() && part[1] == b'\n' && part[2].is_ascii_graphic();
    let found = bytes.get(BLOCK..).and_then(|rest| rest.windows(3).position(alone));
    found.map_or(text.len(), |at| BLOCK + at + 2)
}

/// Unicode normal form C. Line breaks never compose, so lines are normalised one by one; nearly all
/// lines of code are ASCII, hence already normalised.
fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut normal = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.is_ascii() {
            true => normal.push_str(line),
            false => normal.push_str(NormalizedString::from(line).nfc().get()),
        }
    }
    Cow::Owned(normal)
}

/// The letter for each byte in the texts of tokens (`bytes_to_unicode` in GPT-2's encoder.py): the
/// byte itself if it is printable in Latin-1, otherwise the next character from U+0100 on.
fn letters() -> [char; 256] {
    let mut hidden = (0x100..).filter_map(char::from_u32);
    std::array::from_fn(|byte| match byte as u8 {
        byte @ (b'!'..=b'~' | 0xa1..=0xac | 0xae..) => char::from(byte),
        _ => hidden.next().unwrap_or('\0'),
    })
}
