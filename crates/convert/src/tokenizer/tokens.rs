//! The tokens by id, with their types.

use std::collections::HashMap;

use super::source::{Source, content};
use crate::error::{Cause, Result};

// enum llama_token_type in llama.h.
const NORMAL: i32 = 1;
const CONTROL: i32 = 3;
const USER_DEFINED: i32 = 4;
const UNUSED: i32 = 5;

/// The prefix of a token that begins a word (SentencePiece's mark for a space).
const WORD_START: char = '\u{2581}';

pub(super) struct Tokens {
    pub(super) texts: Vec<String>,
    pub(super) types: Vec<i32>,
}

/// One token for each row of the model's table; a row without a token gets the text `[PADn]`.
pub(super) fn list(source: &Source, rows: u32) -> Result<Tokens> {
    let all = source.vocabulary.keys().chain(source.added.keys());
    if let Some(id) = all.max().filter(|&&id| id >= rows) {
        let reason =
            format!("its tokenizer has a token {id}, but config.json has only {rows} tokens");
        return Err(Cause::Tokenizer(reason).at(&source.path));
    }
    // transformers makes every token that these keys name a special token.
    let named: Vec<&str> = source
        .config
        .iter()
        .filter(|(key, _)| key.ends_with("_token"))
        .filter_map(|(_, it)| content(it))
        .collect();
    let token = |id: u32| match (source.added.get(&id), source.vocabulary.get(&id)) {
        (Some(added), _) if added.special || looks_special(&added.text) => {
            (added.text.clone(), CONTROL)
        }
        (Some(added), _) => (added.text.replace(WORD_START, " "), USER_DEFINED),
        (None, Some(text)) if named.contains(&text.as_str()) => (text.clone(), CONTROL),
        (None, Some(text)) => (text.clone(), NORMAL),
        (None, None) => (format!("[PAD{id}]"), UNUSED),
    };
    let (texts, types) = (0..rows).map(token).unzip();
    Ok(Tokens { texts, types })
}

/// Some models do not mark tokens that are not text.
fn looks_special(text: &str) -> bool {
    text == "<pad>"
        || text == "<mask>"
        || text.starts_with("<|") && text.ends_with("|>")
        || text.starts_with("<unused") && text.ends_with('>')
}

impl Tokens {
    /// Ids by text; of two tokens with the same text, the first.
    pub(super) fn ids(&self) -> HashMap<&str, u32> {
        let mut ids = HashMap::with_capacity(self.texts.len());
        for (text, id) in self.texts.iter().zip(0..) {
            ids.entry(text.as_str()).or_insert(id);
        }
        ids
    }

    /// BERT marks tokens that continue a word (`##ing`), llama.cpp those that begin one.
    pub(super) fn mark_word_starts(&mut self) {
        for (text, kind) in self.texts.iter_mut().zip(&self.types) {
            match text.strip_prefix("##") {
                _ if *kind == CONTROL => {}
                Some(rest) => *text = rest.to_owned(),
                None => text.insert(0, WORD_START),
            }
        }
    }
}
