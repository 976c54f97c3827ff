//! The tokens that begin, end, separate and pad texts, and which of them the tokenizer itself adds.
//! The rules are those of llama.cpp's converter (gguf-py's `SpecialVocab`).

use serde_json::Value;

use super::Wrap;
use super::source::{Source, content};
use super::tokens::Tokens;
use crate::config::Config;
use crate::error::Result;

/// The kinds of special tokens with names in GGUF, besides "eot".
const KINDS: [&str; 6] = ["bos", "eos", "unk", "sep", "pad", "mask"];

#[derive(Default)]
pub(super) struct Special {
    pub(super) ids: Vec<(&'static str, u32)>,
    /// Whether the tokenizer adds each token.
    pub(super) added: Vec<(&'static str, bool)>,
}

pub(super) fn read(
    source: &Source,
    config: &Config,
    rows: u32,
    tokens: &Tokens,
) -> Result<Special> {
    let named = |kind: &str| source.config.get(&format!("{kind}_token")).and_then(content);
    let (cls, sep) = (named("cls"), named("sep"));
    let mut names =
        Names { bos: named("bos").or(cls), eos: named("eos").or(sep), cls, sep, eot: None };
    let mut special = Special::default();
    let processors = source.post_processor.get("processors").and_then(Value::as_array);
    let alone = std::slice::from_ref(&source.post_processor);
    for processor in processors.map_or(alone, |all| all) {
        match processor.get("type").and_then(Value::as_str) {
            Some("ByteLevel") => {
                ["bos", "eos"].iter().for_each(|kind| special.add_if_new(kind, false))
            }
            Some("RobertaProcessing") => {
                ["bos", "eos", "sep"].iter().for_each(|kind| special.add(kind, true));
                let of = |key: &str| processor.get(key)?.get(0)?.as_str();
                names.cls = names.cls.or(of("cls")).or(names.bos);
                names.sep = names.sep.or(of("sep")).or(names.eos);
            }
            Some("TemplateProcessing") => template(processor, &mut names, &mut special),
            _ => {}
        }
    }
    for kind in ["bos", "eos", "sep"] {
        if let Some(Value::Bool(add)) = source.config.get(&format!("add_{kind}_token")) {
            special.add_if_new(kind, *add);
        }
    }
    let ids = tokens.ids();
    for kind in KINDS.into_iter().chain(["eot"]) {
        let text = match kind {
            "bos" => names.bos,
            "eos" => names.eos,
            "sep" => names.sep,
            "eot" => names.eot,
            kind => named(kind),
        };
        let added = source.added.iter().filter(|(_, it)| text == Some(it.text.as_str()));
        let id = match added.map(|(id, _)| *id).min() {
            Some(id) => Some(id),
            None => config
                .id(&format!("{kind}_token_id"))?
                .filter(|&id| id < rows)
                .or_else(|| ids.get(text?).copied()),
        };
        special.ids.extend(id.map(|id| (kind, id)));
    }
    Ok(special)
}

/// The texts of special tokens.
struct Names<'a> {
    bos: Option<&'a str>,
    eos: Option<&'a str>,
    cls: Option<&'a str>,
    sep: Option<&'a str>,
    /// The end token before a template replaced it.
    eot: Option<&'a str>,
}

/// The tokens around one text, and between two.
fn template<'a>(processor: &'a Value, names: &mut Names<'a>, special: &mut Special) {
    let list = |key: &str| processor.get(key).and_then(Value::as_array).map_or(&[][..], |it| it);
    let token = |entry: Option<&'a Value>| entry?.get("SpecialToken")?.get("id")?.as_str();
    let (single, mut pair) = (list("single"), list("pair"));
    let (mut first, mut last) = (None, None);
    if single.len() > 1 {
        first = token(single.first());
        last = token(single.last());
    }
    if first.is_some() {
        names.bos = names.bos.or(first);
        names.cls = names.cls.or(first);
        special.add("bos", first == names.bos || first == names.cls);
    }
    if last.is_some() {
        if last != names.eos {
            names.eot = names.eos;
            names.eos = last;
        }
        special.add("eos", true);
    }
    if first.is_some() && token(pair.first()) == first {
        pair = &pair[1..];
    }
    if last.is_some() && token(pair.last()) == last {
        pair = &pair[..pair.len() - 1];
    }
    let sequence = |entry: Option<&'a Value>| entry?.get("Sequence")?.get("id")?.as_str();
    let [_, middle @ .., _] = pair else { return };
    if middle.is_empty()
        || sequence(pair.first()) != Some("A")
        || sequence(pair.last()) != Some("B")
    {
        return;
    }
    let separates = |entry: Option<&'a Value>| {
        let found = token(entry);
        found.is_some() && (found == names.sep || found == names.eos)
    };
    let add = separates(middle.first()) && last.is_none()
        || middle.len() == 2 && separates(middle.get(1));
    special.add("sep", add);
    if add {
        names.sep = names.sep.or(names.eos);
    }
}

impl Special {
    fn add(&mut self, kind: &'static str, add: bool) {
        match self.added.iter_mut().find(|it| it.0 == kind) {
            Some(known) => known.1 = add,
            None => self.added.push((kind, add)),
        }
    }

    fn add_if_new(&mut self, kind: &'static str, add: bool) {
        if !self.added.iter().any(|it| it.0 == kind) {
            self.added.push((kind, add));
        }
    }

    fn name(&mut self, kind: &'static str, id: u32) {
        match self.ids.iter_mut().find(|it| it.0 == kind) {
            Some(known) => known.1 = id,
            None => self.ids.push((kind, id)),
        }
    }

    /// Replaces the settings of the tokenizer's files by what the model's own code does.
    pub(super) fn wrap(&mut self, wrap: Wrap, tokens: &Tokens) {
        match wrap {
            Wrap::AsTokenizerSays => {}
            Wrap::Ended => self.add("eos", true),
            Wrap::LikeStarEncoder => {
                self.wrap(Wrap::Between { first: "<cls>", last: "<sep>" }, tokens);
            }
            Wrap::Between { first, last } => {
                let ids = tokens.ids();
                if let (Some(&first), Some(&last)) = (ids.get(first), ids.get(last)) {
                    self.name("bos", first);
                    self.name("eos", last);
                    self.add("bos", true);
                    self.add("eos", true);
                }
            }
        }
    }
}
