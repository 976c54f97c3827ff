//! Tokenizers rebuilt from GGUF metadata (`tokenizer.ggml.*`).
//!
//! Promises: the tokens of a text equal those of the model's own tokenizer as run by the
//! `tokenizers` crate. Text is never searched for special tokens: `</s>` in a file is four
//! characters, so that no file can end its own text. Does not know: the model's limit on the length
//! of a text.

mod byte_level;
mod charsmap;
mod merge;
mod sentencepiece;
mod trie;
mod unigram;
mod vocabulary;
mod wordpiece;
mod words;

use descry_embed::TextPreprocessing;

use crate::error::Cause;
use crate::gguf::Gguf;
use byte_level::{ByteLevel, Pre};
use sentencepiece::SentencePiece;
use unigram::Unigram;
use vocabulary::{BOS, CLS, EOS, SEP, UNKNOWN, Vocabulary};
use wordpiece::WordPiece;

const MODEL: &str = "tokenizer.ggml.model";

/// Turns text into token ids.
pub(crate) struct Tokenizer {
    algorithm: Algorithm,
    len: usize,
    before: Vec<u32>,
    after: Vec<u32>,
}

enum Algorithm {
    WordPiece(WordPiece),
    ByteLevel(ByteLevel),
    Unigram(Unigram),
    SentencePiece(SentencePiece),
}

impl Tokenizer {
    /// Loads the tokenizer from the keys `tokenizer.ggml.*`.
    pub(crate) fn load(gguf: &Gguf) -> Result<Tokenizer, Cause> {
        let model = gguf.text(MODEL)?;
        let vocabulary = Vocabulary::load(gguf)?;
        let id = |key: &str, default: Option<u32>| vocabulary.id(gguf, key, default);
        let required = |key: &str, default: Option<u32>| {
            id(key, default)?.ok_or_else(|| Cause::MissingKey(key.into()))
        };
        let (bos, eos) = (id(BOS, None)?, id(EOS, None)?);
        let (cls, sep) = (id(CLS, None)?, id(SEP, None)?);
        // The defaults are llama.cpp's (llama_vocab::impl::load).
        let (algorithm, before, after) = match model {
            "bert" => {
                let unknown = required(UNKNOWN, Some(100))?;
                let algorithm = WordPiece::load(gguf, &vocabulary, unknown)?;
                let cls = bos.or(cls).map_or_else(|| required(CLS, Some(101)), Ok)?;
                let sep = required(SEP, Some(102))?;
                return Ok(Tokenizer {
                    algorithm: Algorithm::WordPiece(algorithm),
                    len: vocabulary.len(),
                    before: vec![cls],
                    after: vec![sep],
                });
            }
            "gpt2" => {
                let pre = Pre::load(gguf)?;
                let algorithm = ByteLevel::load(gguf, &vocabulary, pre, id(UNKNOWN, None)?)?;
                (Algorithm::ByteLevel(algorithm), pre.add_bos, pre.add_eos)
            }
            "t5" => {
                let unknown = required(UNKNOWN, Some(2))?;
                let algorithm = Unigram::load(gguf, &vocabulary, unknown)?;
                // T5 has no token before a text. XLM-RoBERTa has one, but early files lack the
                // flag, and llama.cpp then omits the token; those files still name the token, which
                // files of T5 do not.
                (Algorithm::Unigram(algorithm), bos.is_some(), true)
            }
            "llama" => {
                let unknown = id(UNKNOWN, Some(0))?;
                let algorithm = SentencePiece::load(gguf, &vocabulary, unknown)?;
                let both = gguf.text("general.architecture").is_ok_and(|a| a == "gemma-embedding");
                (Algorithm::SentencePiece(algorithm), true, both)
            }
            other => {
                let reason = format!(
                    "is {other:?}; only \"bert\", \"gpt2\", \"t5\" and \"llama\" are known"
                );
                return Err(gguf.bad(MODEL, reason));
            }
        };
        let (mut first, mut last) = (Vec::new(), Vec::new());
        if gguf.flag("tokenizer.ggml.add_bos_token", before)? {
            let default = (model == "llama").then_some(1);
            first.push(bos.or(cls).map_or_else(|| required(BOS, default), Ok)?);
        }
        if gguf.flag("tokenizer.ggml.add_eos_token", after)? {
            let default = match model {
                "t5" => Some(1),
                "llama" => Some(2),
                _ => None,
            };
            last.push(eos.or(sep).map_or_else(|| required(EOS, default), Ok)?);
        }
        Ok(Tokenizer { algorithm, len: vocabulary.len(), before: first, after: last })
    }

    /// The number of tokens, special ones and gaps included.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The preprocessing of code: an uncased tokenizer separates the words of a name only at
    /// spaces.
    pub(crate) fn preprocessing(&self) -> TextPreprocessing {
        match &self.algorithm {
            Algorithm::WordPiece(wordpiece) => wordpiece.preprocessing(),
            _ => TextPreprocessing::AsWritten,
        }
    }

    /// Appends the ids of `text`, without the special tokens around it, until `ids` is `limit`
    /// long. These are the first ids of the whole text, but no more text is read than they need.
    pub(crate) fn encode(&self, text: &str, limit: usize, ids: &mut Vec<u32>) {
        match &self.algorithm {
            Algorithm::WordPiece(wordpiece) => wordpiece.encode(text, limit, ids),
            Algorithm::ByteLevel(byte_level) => byte_level.encode(text, limit, ids),
            Algorithm::Unigram(unigram) => unigram.encode(text, limit, ids),
            Algorithm::SentencePiece(sentencepiece) => sentencepiece.encode(text, limit, ids),
        }
    }

    /// The special tokens before a text, such as `[CLS]`.
    pub(crate) fn before(&self) -> &[u32] {
        &self.before
    }

    /// The special tokens after a text, even a truncated one, such as `[SEP]`.
    pub(crate) fn after(&self) -> &[u32] {
        &self.after
    }

    /// Overrides the tokens after a text for a file known to omit them, if the token exists.
    pub(crate) fn end_with(&mut self, id: u32) {
        if (id as usize) < self.len {
            self.after = vec![id];
        }
    }
}

#[cfg(test)]
mod tests;
