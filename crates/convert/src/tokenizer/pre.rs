//! Recognises a byte-level tokenizer's pre-tokenization as one of llama.cpp's names
//! (`tokenizer.ggml.pre`). An unrecognised one is rejected: another's rules would silently produce
//! other tokens than the model was trained on.

use serde_json::{Value, json};

use super::source::Source;
use crate::error::{Cause, Result};

/// Qwen2's rule, as in its tokenizer.json.
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

pub(super) fn recognise(source: &Source) -> Result<&'static str> {
    let steps = match source.pre_tokenizer.get("pretokenizers").and_then(Value::as_array) {
        Some(steps) => &steps[..],
        None => std::slice::from_ref(&source.pre_tokenizer),
    };
    let pre = match steps {
        [bytes] if is_byte_level(bytes, true) => match wraps_like_roberta(source) {
            true => Some("roberta-bpe"),
            false => Some("gpt-2"),
        },
        [digits, bytes] if is_digits(digits) && is_byte_level(bytes, true) => Some("starcoder"),
        [split, bytes] if is_qwen2(split) && is_byte_level(bytes, false) => Some("qwen2"),
        _ => None,
    };
    // Qwen2's name implies NFC; the others imply no normalisation.
    let normal = match source.normalizer.get("type").and_then(Value::as_str) {
        None => source.normalizer.is_null(),
        Some(kind) => kind == "NFC" && pre == Some("qwen2"),
    };
    pre.filter(|_| normal).ok_or_else(|| {
        let reason = "its tokenizer cuts text in a way that is not supported; GPT-2's, \
                      StarCoder's and Qwen2's are, and llama.cpp's convert_hf_to_gguf.py has more";
        Cause::Tokenizer(reason.to_owned()).at(&source.path)
    })
}

fn is(step: &Value, kind: &str) -> bool {
    step.get("type").and_then(Value::as_str) == Some(kind)
}

fn is_byte_level(step: &Value, use_regex: bool) -> bool {
    // A missing key means true, which would be wrong for a space before the text.
    let flag = |key: &str| step.get(key).and_then(Value::as_bool).unwrap_or(true);
    is(step, "ByteLevel") && flag("use_regex") == use_regex && !flag("add_prefix_space")
}

fn is_digits(step: &Value) -> bool {
    is(step, "Digits") && step.get("individual_digits") == Some(&json!(true))
}

fn is_qwen2(step: &Value) -> bool {
    let rule = step.get("pattern").and_then(|it| it.get("Regex")).and_then(Value::as_str);
    let isolated = step.get("behavior") == Some(&json!("Isolated"));
    is(step, "Split") && rule == Some(QWEN2) && isolated && step.get("invert") != Some(&json!(true))
}

/// llama.cpp's `roberta-bpe` splits like `gpt-2`, and separates two texts by two tokens.
fn wraps_like_roberta(source: &Source) -> bool {
    let steps = source.post_processor.get("processors").and_then(Value::as_array);
    let alone = std::slice::from_ref(&source.post_processor);
    steps.map_or(alone, |all| all).iter().any(|step| is(step, "RobertaProcessing"))
}
