//! The tokenizer of a folder, as `tokenizer.ggml.*` keys.

mod pre;
mod source;
mod special;
mod tokens;

use serde_json::Value;

use crate::config::Config;
use crate::error::{Cause, Result};
use crate::folder::Folder;
use crate::gguf::Metadata;

use source::{Kind, Source};
use special::Special;
use tokens::Tokens;

/// The special tokens around a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrap {
    /// As the tokenizer's files specify.
    AsTokenizerSays,
    /// These tokens, if the tokenizer has them, as the model's own code adds them.
    Between { first: &'static str, last: &'static str },
    /// StarEncoder's tokens, which its own code adds to a tokenizer without them.
    LikeStarEncoder,
    /// The end token after the text.
    Ended,
}

/// A tokenizer, ready to be written.
pub(crate) struct Tokenizer {
    model: &'static str,
    pre: &'static str,
    tokens: Tokens,
    merges: Vec<String>,
    special: Special,
    lowercase: Option<bool>,
    strip_accents: Option<bool>,
}

/// Reads the tokenizer of a model whose table has `rows` rows.
pub(crate) fn read(folder: &Folder, config: &Config, rows: u32, wrap: Wrap) -> Result<Tokenizer> {
    let mut source = source::read(folder, config)?;
    if wrap == Wrap::LikeStarEncoder && source.kind == Kind::Bytes {
        source.complete_like_star_encoder(rows);
    }
    let mut tokens = tokens::list(&source, rows)?;
    let mut special = special::read(&source, config, rows, &tokens)?;
    special.wrap(wrap, &tokens);
    let normalizer = &source.normalizer;
    let named = |key: &str| normalizer.get(key).and_then(Value::as_bool);
    let (lowercase, strip_accents) = (named("lowercase"), named("strip_accents"));
    let (model, pre) = match source.kind {
        Kind::WordPiece => {
            check_word_piece(&source)?;
            tokens.mark_word_starts();
            // One of llama.cpp's converter's names for it; nothing depends on the choice.
            ("bert", "bert-bge")
        }
        Kind::Bytes => ("gpt2", pre::recognise(&source)?),
    };
    let merges = std::mem::take(&mut source.merges);
    Ok(Tokenizer { model, pre, tokens, merges, special, lowercase, strip_accents })
}

fn check_word_piece(source: &Source) -> Result<()> {
    let kind = source.normalizer.get("type").and_then(Value::as_str);
    let pre = source.pre_tokenizer.get("type").and_then(Value::as_str);
    if kind == Some("BertNormalizer") && pre == Some("BertPreTokenizer") {
        return Ok(());
    }
    let reason = "its WordPiece tokenizer does not split text as BERT's does".to_owned();
    Err(Cause::Tokenizer(reason).at(&source.path))
}

impl Tokenizer {
    pub(crate) fn write(self, metadata: &mut Metadata) {
        let key = |key: &str| format!("tokenizer.ggml.{key}");
        metadata.text(key("model"), self.model);
        metadata.text(key("pre"), self.pre);
        metadata.texts(key("tokens"), self.tokens.texts);
        metadata.numbers(key("token_type"), self.tokens.types);
        if !self.merges.is_empty() {
            metadata.texts(key("merges"), self.merges);
        }
        for (name, id) in self.special.ids {
            metadata.number(key(&format!("{}_token_id", long_name(name))), id);
        }
        for (name, add) in self.special.added {
            metadata.flag(key(&format!("add_{name}_token")), add);
        }
        let normalizer = [("lowercase", self.lowercase), ("strip_accents", self.strip_accents)];
        for (name, value) in normalizer.into_iter().filter(|_| self.model == "bert") {
            if let Some(value) = value {
                metadata.flag(key(&format!("normalizer.{name}")), value);
            }
        }
    }
}

/// llama.cpp's name for a special token, in its own spelling.
fn long_name(name: &str) -> &str {
    match name {
        "unk" => "unknown",
        "sep" => "seperator",
        "pad" => "padding",
        other => other,
    }
}
