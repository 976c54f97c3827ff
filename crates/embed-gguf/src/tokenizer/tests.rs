//! Compares tokens with the models' own tokenizers, and tests deliberately damaged files.

use std::collections::BTreeMap;
use std::path::PathBuf;

use candle_core::quantized::gguf_file::{self, Value};
use proptest::prelude::*;

use super::*;
use crate::Source;

const KINDS: [&str; 10] = [
    "jina-v2-code",
    "modern-bert",
    "qwen2",
    "roberta-bpe",
    "spm-gemma",
    "starcoder",
    "unigram-t5",
    "unigram-xlmr",
    "wordpiece-cased",
    "wordpiece-uncased",
];

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tokens").join(name)
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    serde_json::from_slice(&std::fs::read(fixture(name)).unwrap()).unwrap()
}

fn tokenizer(kind: &str) -> Tokenizer {
    Gguf::load(&Source::from(&fixture(&format!("{kind}.gguf"))), |gguf| Tokenizer::load(gguf))
        .unwrap()
}

fn encode(tokenizer: &Tokenizer, text: &str, limit: usize) -> Vec<u32> {
    let mut ids = Vec::new();
    tokenizer.encode(text, limit, &mut ids);
    ids
}

#[test]
fn tokens_are_those_of_the_reference() {
    let lines: Vec<String> = read("lines.json");
    for kind in KINDS {
        let tokenizer = tokenizer(kind);
        let expected: Vec<Vec<u32>> = read(&format!("{kind}.json"));
        assert_eq!(expected.len(), lines.len());
        let wrong = lines.iter().zip(&expected);
        let wrong = wrong.filter(|(line, ids)| encode(&tokenizer, line, usize::MAX) != **ids);
        let wrong: Vec<_> = wrong.collect();
        let first = wrong.first().map(|(line, ids)| {
            format!(
                "{line:?}\nexpected {ids:?}\ngot      {:?}",
                encode(&tokenizer, line, usize::MAX)
            )
        });
        assert!(wrong.is_empty(), "{kind}: {} lines, such as {}", wrong.len(), first.unwrap());
    }
}

#[test]
fn a_limit_gives_the_first_tokens() {
    let lines: Vec<String> = read("lines.json");
    let text = lines.join("\n");
    for kind in KINDS {
        let tokenizer = tokenizer(kind);
        let whole = encode(&tokenizer, &text, usize::MAX);
        for limit in [0, 1, 2, 10, 100, 1000, 5000, whole.len() - 1, whole.len() + 1] {
            let cut = encode(&tokenizer, &text, limit);
            assert!(cut == whole[..limit.min(whole.len())], "{kind} {limit}");
        }
    }
}

/// The keys of a fixture.
fn keys(kind: &str) -> BTreeMap<String, Value> {
    let mut file = std::fs::File::open(fixture(&format!("{kind}.gguf"))).unwrap();
    gguf_file::Content::read(&mut file).unwrap().metadata.into_iter().collect()
}

/// A tokenizer with these keys.
fn load(keys: &BTreeMap<String, Value>) -> Result<Tokenizer, Cause> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let keys: Vec<(&str, &Value)> = keys.iter().map(|(key, value)| (&**key, value)).collect();
    gguf_file::write(&mut file, &keys, &[]).unwrap();
    Gguf::load(&file.path().into(), |gguf| Tokenizer::load(gguf)).map_err(|error| error.cause)
}

#[test]
fn what_stands_around_a_text_is_as_the_file_says_or_as_is_usual() {
    let check = |kind: &str, change: &[(&str, Option<Value>)], before: &[&str], after: &[&str]| {
        let mut keys = keys(kind);
        for (key, value) in change {
            let key = match key.starts_with("general.") {
                true => (*key).to_owned(),
                false => format!("tokenizer.ggml.{key}"),
            };
            match value.clone() {
                Some(value) => drop(keys.insert(key, value)),
                None => drop(keys.remove(&key)),
            }
        }
        let tokenizer = load(&keys).unwrap();
        let Value::Array(tokens) = &keys["tokenizer.ggml.tokens"] else { panic!() };
        let texts = |ids: &[u32]| {
            ids.iter()
                .map(|&id| tokens[id as usize].to_string().unwrap())
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(tokenizer.before()), before, "before {kind} {change:?}");
        assert_eq!(texts(tokenizer.after()), after, "after {kind} {change:?}");
    };
    let unsaid = [("add_bos_token", None), ("add_eos_token", None), ("add_sep_token", None)];
    let said = |bos, eos| {
        [("add_bos_token", Some(Value::Bool(bos))), ("add_eos_token", Some(Value::Bool(eos)))]
    };
    for kind in ["wordpiece-cased", "wordpiece-uncased", "modern-bert"] {
        check(kind, &unsaid, &["[CLS]"], &["[SEP]"]);
    }
    for kind in ["roberta-bpe", "jina-v2-code", "unigram-xlmr"] {
        check(kind, &unsaid, &["<s>"], &["</s>"]);
        check(kind, &said(true, true), &["<s>"], &["</s>"]);
    }
    check("unigram-t5", &unsaid, &[], &["</s>"]);
    check("starcoder", &unsaid, &[], &[]);
    check("qwen2", &unsaid, &[], &[]);
    check("spm-gemma", &unsaid, &["<bos>"], &["<eos>"]);
    let llama = ("general.architecture", Some(Value::String("llama".into())));
    check("spm-gemma", &[&unsaid[..], &[llama]].concat(), &["<bos>"], &[]);
    check("spm-gemma", &said(false, true), &[], &["<eos>"]);
    let mut qwen2 = tokenizer("qwen2");
    let len = qwen2.len() as u32;
    for (id, after) in [(len, &[][..]), (len - 1, &[len - 1][..]), (len, &[len - 1][..])] {
        qwen2.end_with(id);
        assert_eq!(qwen2.after(), after);
    }
}

#[test]
fn damaged_keys_are_refused_with_the_cause() {
    let text = |text: &str| Value::String(text.into());
    let texts = |texts: &[&str]| Value::Array(texts.iter().map(|one| text(one)).collect());
    for (kind, key, value, expected) in [
        ("qwen2", "model", text("rwkv"), "is \"rwkv\"; only"),
        ("qwen2", "pre", text("chameleon"), "is \"chameleon\", a way of cutting"),
        ("qwen2", "merges", texts(&["Ġt"]), "has an entry without a blank: \"Ġt\""),
        ("qwen2", "merges", texts(&["Ġ 漢"]), "names a token that does not exist: \"Ġ 漢\""),
        ("qwen2", "merges", Value::Array(vec![Value::U8(1)]), "is not a list of texts"),
        ("qwen2", "tokens", Value::Array(vec![]), "has no tokens"),
        ("qwen2", "tokens", texts(&[&"x".repeat(5000)]), "has a token of 5000 bytes"),
        ("qwen2", "token_type", Value::Array(vec![Value::I32(1)]), "has 1 entries for"),
        ("qwen2", "eos_token_id", Value::U32(1 << 30), "names the token 1073741824, but there are"),
        ("qwen2", "mask_token_id", Value::I32(-1), "is not a whole number"),
        ("qwen2", "add_bos_token", Value::U8(1), "is neither true nor false"),
        ("spm-gemma", "scores", Value::Array(vec![Value::F32(0.0)]), "has 1 entries for"),
        ("unigram-t5", "unknown_token_id", text("?"), "is not a whole number"),
        (
            "unigram-t5",
            "precompiled_charsmap",
            Value::Array(vec![Value::U8(1)]),
            "is not a list of c",
        ),
        ("unigram-t5", "precompiled_charsmap", Value::U8(1), "is not a list"),
    ] {
        let mut keys = keys(kind);
        keys.insert(format!("tokenizer.ggml.{key}"), value);
        let error = load(&keys).err().unwrap().to_string();
        assert!(error.contains(&format!("the key tokenizer.ggml.{key} {expected}")), "{error}");
    }
    for (kind, key) in [("qwen2", "merges"), ("spm-gemma", "scores"), ("unigram-xlmr", "scores")] {
        let mut keys = keys(kind);
        keys.remove(&format!("tokenizer.ggml.{key}"));
        let error = load(&keys).err().unwrap().to_string();
        assert_eq!(error, format!("the key tokenizer.ggml.{key} is missing"));
    }
    let mut keys = keys("unigram-t5");
    let Some(Value::Array(scores)) = keys.get_mut("tokenizer.ggml.scores") else { panic!() };
    scores[7] = Value::F32(f32::NAN);
    let error = load(&keys).err().unwrap().to_string();
    assert_eq!(error, "the key tokenizer.ggml.scores is not a list of finite numbers");
}

/// Values that may replace others.
fn value() -> impl Strategy<Value = Value> {
    let one = prop_oneof![
        any::<u32>().prop_map(Value::U32),
        (-3..9i32).prop_map(Value::I32),
        any::<f32>().prop_map(Value::F32),
        any::<u8>().prop_map(Value::U8),
        any::<bool>().prop_map(Value::Bool),
        "(\\PC|\u{2581}|Ġ){0,4}".prop_map(Value::String),
    ];
    one.prop_flat_map(|one| prop_oneof![Just(one.clone()), Just(Value::Array(vec![one]))])
}

#[test]
fn neither_damaged_keys_nor_any_text_make_it_panic() {
    let all = KINDS.map(keys);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) };
    let damage = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), value());
    let damage = prop::collection::vec(damage, 0..4);
    let text = prop_oneof![any::<String>(), "(\\PC|\\s|[a-z]|\u{2581}){0,60}"];
    let kinds = 0..KINDS.len();
    proptest!(config, |(kind in kinds, damage in damage, text in text, limit in 0..50usize)| {
        let mut keys = all[kind].clone();
        for (key, place, value) in damage {
            let key = key.index(keys.len());
            let damaged = keys.values_mut().nth(key).unwrap();
            match (damaged, value) {
                // One entry of a list.
                (Value::Array(list), Value::Array(mut one)) if !list.is_empty() => {
                    let place = place.index(list.len());
                    list[place] = one.remove(0);
                }
                (Value::Array(list), Value::Bool(_)) => list.truncate(place.index(list.len() + 1)),
                (damaged, value) => *damaged = value,
            }
        }
        // Only lists of one type can be written.
        keys.retain(|_, value| match value {
            Value::Array(list) => !list.is_empty(),
            _ => true,
        });
        for value in keys.values_mut() {
            if let Value::Array(list) = value {
                let first = list[0].value_type();
                list.retain(|value| value.value_type() == first);
            }
        }
        if let Ok(tokenizer) = load(&keys) {
            let ids = encode(&tokenizer, &text, limit);
            prop_assert!(ids.len() <= limit);
            prop_assert!(ids.iter().all(|&id| (id as usize) < tokenizer.len()));
        }
    });
}

#[test]
fn a_long_run_of_one_character_is_cut_like_other_text() {
    for kind in KINDS {
        let tokenizer = tokenizer(kind);
        for run in ["a", " ", "\n", "\t ", "1", "'", "_", "中", "e\u{301}", "\u{2581}"] {
            let text = format!("{}x", run.repeat(100_000 / run.len()));
            let whole = encode(&tokenizer, &text, usize::MAX);
            assert_eq!(encode(&tokenizer, &text, 9), whole[..whole.len().min(9)], "{kind} {run:?}");
        }
    }
}
