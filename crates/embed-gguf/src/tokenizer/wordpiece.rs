//! BERT's WordPiece tokenizer, rebuilt from GGUF metadata.
//!
//! Source code is nearly all ASCII, for which the rules are simple enough to apply byte by byte,
//! about fifty times as fast as the `tokenizers` crate; that crate handles only text with other
//! characters. A test checks on arbitrary text that both agree. Text is never searched for special
//! tokens: `[SEP]` in a file is three words.

use descry_embed::TextPreprocessing;
use rustc_hash::FxHashMap;
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::{
    NormalizedString, Normalizer, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer,
};

use super::vocabulary::{self, Kind, SPACE_MARK};
use crate::error::Cause;
use crate::gguf::Gguf;

/// A longer word becomes one unknown token (BERT's `max_input_chars_per_word`).
const MAX_WORD_CHARS: usize = 100;

pub(super) struct WordPiece {
    /// Tokens that begin a word.
    first: Vocabulary,
    /// Tokens inside a word, without BERT's `##`.
    inner: Vocabulary,
    normalizer: BertNormalizer,
    unknown: u32,
}

#[derive(Default)]
struct Vocabulary {
    ids: FxHashMap<Box<str>, u32>,
    longest: usize,
}

impl Vocabulary {
    fn insert(&mut self, token: &str, id: u32) {
        self.longest = self.longest.max(token.len());
        // A second token with the same text can never be chosen; its row of the table is unused.
        self.ids.entry(token.into()).or_insert(id);
    }

    /// The longest token that is a prefix of `text`, and its length in bytes.
    #[inline]
    fn longest_prefix(&self, text: &str) -> Option<(u32, usize)> {
        let mut end = text.floor_char_boundary(self.longest);
        while end > 0 {
            if let Some(&id) = self.ids.get(&text[..end]) {
                return Some((id, end));
            }
            end = text.floor_char_boundary(end - 1);
        }
        None
    }
}

impl WordPiece {
    /// Loads the tokenizer from the `tokenizer.ggml.*` keys. llama.cpp's converter puts a space
    /// mark before a token that begins a word, and removes BERT's `##` from the others.
    pub(super) fn load(
        gguf: &Gguf,
        vocabulary: &vocabulary::Vocabulary<'_>,
        unknown: u32,
    ) -> Result<WordPiece, Cause> {
        let (mut first, mut inner) = (Vocabulary::default(), Vocabulary::default());
        for (id, token, kind) in vocabulary.iter() {
            match token.strip_prefix(SPACE_MARK) {
                _ if kind == Kind::Control => {}
                Some(word) => first.insert(word, id),
                None => inner.insert(token, id),
            }
        }
        let lowercase = gguf.flag("tokenizer.ggml.normalizer.lowercase", true)?;
        let strip = gguf.flag("tokenizer.ggml.normalizer.strip_accents", lowercase)?;
        let normalizer = BertNormalizer::new(true, true, Some(strip), lowercase);
        Ok(WordPiece { first, inner, normalizer, unknown })
    }

    /// The preprocessing of code: an uncased tokenizer separates the words of a name only at
    /// spaces.
    pub(super) fn preprocessing(&self) -> TextPreprocessing {
        match self.normalizer.lowercase {
            true => TextPreprocessing::WordsApart,
            false => TextPreprocessing::AsWritten,
        }
    }

    /// Appends the ids of `text`, without special tokens, until `ids` is `limit` long.
    pub(super) fn encode(&self, text: &str, limit: usize, ids: &mut Vec<u32>) {
        let mut word = String::new();
        for piece in text.split([' ', '\t', '\n', '\r']) {
            if ids.len() >= limit {
                break;
            }
            if piece.is_ascii() {
                self.encode_ascii(piece, limit, &mut word, ids);
            } else {
                self.encode_any(piece, ids);
            }
        }
        ids.truncate(limit);
    }

    /// Encodes a piece without white space: lower-cases it, removes control characters and splits
    /// off punctuation.
    fn encode_ascii(&self, piece: &str, limit: usize, word: &mut String, ids: &mut Vec<u32>) {
        word.clear();
        for byte in piece.bytes() {
            if byte.is_ascii_alphanumeric() {
                let lower = self.normalizer.lowercase;
                word.push(char::from(if lower { byte.to_ascii_lowercase() } else { byte }));
            } else if byte.is_ascii_punctuation() {
                self.encode_word(word, ids);
                word.clear();
                self.encode_word(char::from(byte).encode_utf8(&mut [0; 1]), ids);
                if ids.len() >= limit {
                    return;
                }
            }
        }
        self.encode_word(word, ids);
    }

    /// Encodes a piece with any characters.
    fn encode_any(&self, piece: &str, ids: &mut Vec<u32>) {
        let mut normalized = NormalizedString::from(piece);
        let mut pretokenized = match self.normalizer.normalize(&mut normalized) {
            Ok(()) => PreTokenizedString::from(normalized),
            Err(_) => return ids.push(self.unknown),
        };
        match BertPreTokenizer.pre_tokenize(&mut pretokenized) {
            Ok(()) => {
                let words =
                    pretokenized.get_splits(OffsetReferential::Normalized, OffsetType::Byte);
                words.iter().for_each(|(word, _, _)| self.encode_word(word, ids));
            }
            Err(_) => ids.push(self.unknown),
        }
    }

    /// Greedy longest match; a word with an unknown part becomes one unknown token.
    #[inline]
    fn encode_word(&self, word: &str, ids: &mut Vec<u32>) {
        if word.is_empty() {
            return;
        }
        let before = ids.len();
        let (mut rest, mut vocabulary) = (word, &self.first);
        if word.len() > MAX_WORD_CHARS && word.chars().count() > MAX_WORD_CHARS {
            return ids.push(self.unknown);
        }
        while !rest.is_empty() {
            match vocabulary.longest_prefix(rest) {
                Some((id, len)) => {
                    ids.push(id);
                    rest = &rest[len..];
                    vocabulary = &self.inner;
                }
                None => {
                    ids.truncate(before);
                    return ids.push(self.unknown);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use tokenizers::models::wordpiece::WordPiece as Reference;
    use tokenizers::{DecoderWrapper, PostProcessorWrapper, TokenizerBuilder, TokenizerImpl};

    use super::*;
    use crate::Source;

    type Oracle = TokenizerImpl<
        Reference,
        BertNormalizer,
        BertPreTokenizer,
        PostProcessorWrapper,
        DecoderWrapper,
    >;

    /// Our tokenizer of the bundled model, and one of the `tokenizers` crate with the same
    /// vocabulary.
    fn both() -> (WordPiece, Oracle) {
        let path = "../../models/descry-code-22m-q8_0.gguf";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let load =
            |gguf: &mut Gguf| WordPiece::load(gguf, &vocabulary::Vocabulary::load(gguf)?, 100);
        let ours = Gguf::load(&Source::from(&path), load).unwrap();
        let words = |vocabulary: &Vocabulary, prefix: &str| {
            let ids = vocabulary.ids.iter();
            ids.map(|(word, &id)| (format!("{prefix}{word}"), id)).collect::<Vec<_>>()
        };
        let mut vocabulary = words(&ours.first, "");
        vocabulary.extend(words(&ours.inner, "##"));
        vocabulary.push(("[UNK]".into(), ours.unknown));
        let vocabulary: ahash::AHashMap<String, u32> = vocabulary.into_iter().collect();
        let model = Reference::builder().vocab(vocabulary).build().unwrap();
        let oracle = TokenizerBuilder::new()
            .with_model(model)
            .with_normalizer(Some(ours.normalizer))
            .with_pre_tokenizer(Some(BertPreTokenizer))
            .with_post_processor(None)
            .with_decoder(None)
            .build()
            .unwrap();
        (ours, oracle)
    }

    #[test]
    fn ids_are_those_of_the_tokenizers_crate() {
        let (ours, oracle) = both();
        let check = |text: &str| {
            let mut ids = Vec::new();
            ours.encode(text, usize::MAX, &mut ids);
            let expected = oracle.encode(text, false).unwrap();
            assert_eq!(ids, expected.get_ids(), "{text:?}");
            let mut cut = Vec::new();
            ours.encode(text, 5, &mut cut);
            assert_eq!(cut, ids[..ids.len().min(5)], "the limit cuts {text:?}");
        };
        for text in [
            "",
            "fn getUserName(&self) -> Result<String, std::io::Error> {",
            "[SEP] [CLS] ## ##ing \u{2581}the",
            "a\u{0}b\u{b}c\u{c}d\u{7f}e\tf\rg\u{85}h\u{a0}i\u{2028}j\u{3000}k",
            "Ünïcödé naïve Straße ΑΣ İstanbul ﬁne e\u{301} \u{301}x K\u{212a}",
            "中文字符mixed日本語 한국어 ไทย 🦀code — “quoted”…",
            &"x".repeat(100),
            &"x".repeat(101),
            &"é".repeat(101),
            &"ab_".repeat(300),
        ] {
            check(text);
        }
        let config =
            ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) };
        let text = prop_oneof![any::<String>(), "[ -~\\t\n]{0,200}", "([a-zA-Z_.]|\\PC|\\s){0,80}"];
        proptest!(config, |(text in text)| check(&text));
    }
}
