//! A tokenizer's files in one form: `tokenizer.json` has everything; older repositories have a word
//! list (`vocab.txt`), or `vocab.json` with `merges.txt`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::config::Config;
use crate::error::{Cause, Result};
use crate::folder::{Folder, Object};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    WordPiece,
    /// BPE over bytes.
    Bytes,
}

/// A token outside the vocabulary, or one in it that is matched before all others.
pub(super) struct Added {
    pub(super) text: String,
    pub(super) special: bool,
}

pub(super) struct Source {
    /// The file, for error messages.
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    /// By id; an id may exceed the model's table.
    pub(super) vocabulary: HashMap<u32, String>,
    pub(super) added: HashMap<u32, Added>,
    /// Both parts of each merge, separated by a space.
    pub(super) merges: Vec<String>,
    pub(super) normalizer: Value,
    pub(super) pre_tokenizer: Value,
    pub(super) post_processor: Value,
    /// `tokenizer_config.json`, completed from `special_tokens_map.json`.
    pub(super) config: Object,
}

pub(super) fn read(folder: &Folder, model: &Config) -> Result<Source> {
    let mut config = folder.object(&folder.file("tokenizer_config.json"))?.unwrap_or_default();
    let more = folder.object(&folder.file("special_tokens_map.json"))?.unwrap_or_default();
    for (key, value) in more {
        let known = config.get(&key).is_some_and(|it| !it.is_null());
        if !known {
            config.insert(key, value);
        }
    }
    let path = folder.file("tokenizer.json");
    let mut source = match folder.object(&path)? {
        Some(keys) => of_json(&path, &keys, config)?,
        None => of_lists(folder, model, config)?,
    };
    // Tokens that transformers adds to the tokenizer's own.
    if let Some(Value::Object(decoder)) = source.config.get("added_tokens_decoder") {
        for (id, token) in decoder {
            let Ok(id) = id.parse() else { continue };
            if let (Some(text), false) = (content(token), source.added.contains_key(&id)) {
                let special = token.get("special") == Some(&Value::Bool(true));
                source.added.insert(id, Added { text: text.to_owned(), special });
            }
        }
    }
    Ok(source)
}

impl Source {
    /// StarEncoder's repository has a tokenizer for code generation; its training program adds four
    /// tokens to it, in this order.
    pub(super) fn complete_like_star_encoder(&mut self, rows: u32) {
        const NAMES: [&str; 4] = ["pad", "sep", "cls", "mask"];
        let all = self.vocabulary.keys().chain(self.added.keys());
        let next = all.max().map_or(0, |id| id + 1);
        if next.checked_add(4) != Some(rows) {
            return;
        }
        for (id, name) in (next..).zip(NAMES) {
            let text = format!("<{name}>");
            self.config.insert(format!("{name}_token"), Value::String(text.clone()));
            self.added.insert(id, Added { text, special: true });
        }
        self.post_processor = template("<cls>", "<sep>");
    }
}

/// The text of a token, which is a string or an object with the key `content`.
pub(super) fn content(token: &Value) -> Option<&str> {
    token.as_str().or_else(|| token.get("content")?.as_str())
}

fn of_json(path: &Path, keys: &Object, config: Object) -> Result<Source> {
    let damaged = |what: &str| Cause::Damaged(what.to_owned()).at(path);
    let refused = |why: String| Err(Cause::Tokenizer(why).at(path));
    let part = |key: &str| keys.get(key).cloned().unwrap_or(Value::Null);
    let Some(model) = keys.get("model") else {
        return Err(Cause::MissingKey("model".into()).at(path));
    };
    let kind = match model.get("type").and_then(Value::as_str) {
        Some("WordPiece") => Kind::WordPiece,
        Some("BPE") => Kind::Bytes,
        Some(other) => {
            return refused(format!(
                "its tokenizer has the type {other}; WordPiece and byte-level BPE are supported \
                 here, and llama.cpp's convert_hf_to_gguf.py supports more"
            ));
        }
        None => return Err(damaged("its tokenizer has no type")),
    };
    // Features that llama.cpp's tokenizers cannot express.
    let prefix = if kind == Kind::WordPiece { "##" } else { "" };
    let known = [
        ("continuing_subword_prefix", json!(prefix)),
        ("end_of_word_suffix", json!("")),
        ("byte_fallback", json!(false)),
        ("ignore_merges", json!(false)),
    ];
    for (key, only) in known {
        if model.get(key).is_some_and(|it| !it.is_null() && *it != only) {
            return refused(format!("the key {key} of its tokenizer is not {only}"));
        }
    }
    let Some(Value::Object(words)) = model.get("vocab") else {
        return Err(Cause::MissingKey("model.vocab".into()).at(path));
    };
    let merges = match (kind, model.get("merges")) {
        (Kind::WordPiece, _) => Vec::new(),
        (Kind::Bytes, Some(Value::Array(merges))) => {
            let merges = merges.iter().map(merge).collect::<Option<_>>();
            merges.ok_or_else(|| damaged("a merge is not a pair of texts"))?
        }
        (Kind::Bytes, _) => return Err(Cause::MissingKey("model.merges".into()).at(path)),
    };
    let mut added = HashMap::new();
    for token in keys.get("added_tokens").and_then(Value::as_array).into_iter().flatten() {
        let id = token.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok());
        let (Some(id), Some(text)) = (id, content(token)) else {
            return Err(damaged("an added token has no id or no text"));
        };
        let special = token.get("special") == Some(&Value::Bool(true));
        added.insert(id, Added { text: text.to_owned(), special });
    }
    Ok(Source {
        path: path.to_owned(),
        kind,
        vocabulary: by_id(words, path)?,
        added,
        merges,
        normalizer: part("normalizer"),
        pre_tokenizer: part("pre_tokenizer"),
        post_processor: part("post_processor"),
        config,
    })
}

fn by_id(words: &Object, path: &Path) -> Result<HashMap<u32, String>> {
    let mut vocabulary = HashMap::with_capacity(words.len());
    for (text, id) in words {
        let id = id.as_u64().and_then(|id| u32::try_from(id).ok());
        let twice = id.map(|id| vocabulary.insert(id, text.clone()));
        if !matches!(twice, Some(None)) {
            let what = format!("the token {text:?} has no id of its own");
            return Err(Cause::Damaged(what).at(path));
        }
    }
    Ok(vocabulary)
}

/// A string with a space or, for tokens that contain spaces, a list of two.
fn merge(value: &Value) -> Option<String> {
    match value {
        Value::String(both) => Some(both.clone()),
        Value::Array(parts) => match &parts[..] {
            // A space in a token is written as GPT-2 writes that byte.
            [Value::String(a), Value::String(b)] => {
                Some(format!("{} {}", a.replace(' ', "\u{120}"), b.replace(' ', "\u{120}")))
            }
            _ => None,
        },
        _ => None,
    }
}

fn of_lists(folder: &Folder, model: &Config, mut config: Object) -> Result<Source> {
    let (words, list) = (folder.file("vocab.txt"), folder.file("vocab.json"));
    let (path, kind, names, vocabulary) = if let Some(text) = folder.text(&words)? {
        let lines = (0..).zip(text.lines().map(|it| it.trim_end().to_owned())).collect();
        let names = ["unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];
        let names = names.map(|key| (key, format!("[{}]", key[..key.len() - 6].to_uppercase())));
        (words, Kind::WordPiece, names.to_vec(), lines)
    } else if let Some(keys) = folder.object(&list)? {
        // RoBERTa's tokenizer, the only supported one with these files.
        let class = config.get("tokenizer_class").and_then(Value::as_str);
        let known = match class {
            Some(class) => class.starts_with("Roberta"),
            None => model.text("model_type") == Some("roberta"),
        };
        if !known {
            return Err(Cause::Missing.at(&folder.file("tokenizer.json")));
        }
        let names = [("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>")]
            .into_iter()
            .chain([("sep_token", "</s>"), ("cls_token", "<s>"), ("pad_token", "<pad>")])
            .chain([("mask_token", "<mask>")]);
        let names = names.map(|(key, text)| (key, text.to_owned())).collect();
        let vocabulary = by_id(&keys, &list)?;
        (list, Kind::Bytes, names, vocabulary)
    } else {
        return Err(Cause::Missing.at(&folder.file("tokenizer.json")));
    };
    for (key, text) in names {
        config.entry(key).or_insert(Value::String(text));
    }
    let mut added = HashMap::new();
    let path_of_added = folder.file("added_tokens.json");
    if let Some(more) = folder.object(&path_of_added)? {
        for (id, text) in by_id(&more, &path_of_added)? {
            added.insert(id, Added { text, special: false });
        }
    }
    let special: Vec<&str> = config
        .iter()
        .filter(|(key, _)| key.ends_with("_token"))
        .filter_map(|(_, it)| content(it))
        .chain(
            config
                .get("additional_special_tokens")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(content),
        )
        .collect();
    added.values_mut().for_each(|it| it.special = special.contains(&it.text.as_str()));
    for (&id, text) in &vocabulary {
        if special.contains(&text.as_str()) {
            added.insert(id, Added { text: text.clone(), special: true });
        }
    }
    let flag = |key: &str| config.get(key).cloned().filter(|it| !it.is_null());
    let (normalizer, pre_tokenizer, post_processor) = match kind {
        Kind::WordPiece => (
            json!({
                "type": "BertNormalizer",
                "lowercase": flag("do_lower_case").unwrap_or(json!(true)),
                "strip_accents": flag("strip_accents"),
            }),
            json!({"type": "BertPreTokenizer"}),
            template("[CLS]", "[SEP]"),
        ),
        Kind::Bytes => (
            Value::Null,
            json!({
                "type": "ByteLevel",
                "add_prefix_space": flag("add_prefix_space").unwrap_or(json!(false)),
            }),
            json!({"type": "RobertaProcessing"}),
        ),
    };
    let merges = if kind == Kind::Bytes { merges(folder)? } else { Vec::new() };
    Ok(Source {
        path,
        kind,
        vocabulary,
        added,
        merges,
        normalizer,
        pre_tokenizer,
        post_processor,
        config,
    })
}

/// The post-processor of tokenizer.json with `first` before and `last` after every text.
fn template(first: &str, last: &str) -> Value {
    let special = |text: &str| json!({"SpecialToken": {"id": text}});
    let text = |name: &str| json!({"Sequence": {"id": name}});
    let (first, last) = (special(first), special(last));
    json!({
        "type": "TemplateProcessing",
        "single": [first, text("A"), last],
        "pair": [first, text("A"), last, text("B"), last],
    })
}

fn merges(folder: &Folder) -> Result<Vec<String>> {
    let path = folder.file("merges.txt");
    let Some(text) = folder.text(&path)? else { return Err(Cause::Missing.at(&path)) };
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(n, line)| !(*n == 0 && line.starts_with("#version")));
    let lines = lines.map(|(_, line)| line.trim()).filter(|line| !line.is_empty());
    lines
        .map(|line| match line.split_whitespace().count() {
            2 => Ok(line.to_owned()),
            _ => Err(Cause::Damaged(format!("{line:?} is not a pair of texts")).at(&path)),
        })
        .collect()
}
