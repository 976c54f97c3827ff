//! Folders that cannot be converted: each fails with one sentence and leaves nothing behind.

use std::fs;
use std::path::Path;

use descry_convert::{Options, Type, convert};
use serde_json::{Value, json};

use crate::common::{copy, join, set, set_weight, split, write};

/// Checks that converting an altered copy of a folder fails with a sentence that contains all
/// `words`.
fn check(folder: &str, words: &[&str], alter: impl FnOnce(&Path)) {
    let dir = copy(folder);
    alter(dir.path());
    let out = dir.path().join("out.gguf");
    let error = convert(dir.path(), &out, &Options::default()).unwrap_err().to_string();
    for word in words {
        assert!(error.contains(word), "no {word:?} in {error:?}");
    }
    assert!(!error.contains('\n'), "{error:?}");
    let left = |it: &Path| it.to_string_lossy().contains("out.gguf");
    let mut files = fs::read_dir(dir.path()).unwrap().map(|it| it.unwrap().path());
    assert!(!files.any(|it| left(&it)), "something is left of the output");
}

fn remove(folder: &Path, name: &str) {
    fs::remove_file(folder.join(name)).unwrap();
}

#[test]
fn a_missing_file_is_named() {
    check("bert", &["config.json", "hf download"], |it| remove(it, "config.json"));
    check("bert", &["model.safetensors", "hf download"], |it| remove(it, "model.safetensors"));
    check("bert", &["pytorch_model.bin", "save_pretrained"], |it| {
        fs::rename(it.join("model.safetensors"), it.join("pytorch_model.bin")).unwrap();
    });
    check("bert", &["tokenizer.json", "no such file"], |it| {
        remove(it, "tokenizer.json");
        remove(it, "vocab.txt");
    });
    // The lists alone do not determine its tokenizer.
    check("codesage", &["tokenizer.json", "no such file"], |it| remove(it, "tokenizer.json"));
    check("bert", &["1_Pooling", "no such file"], |it| remove(it, "1_Pooling/config.json"));
}

#[test]
fn an_unknown_architecture_is_named() {
    let words = ["\"T5EncoderModel\"", "CodeSage", "convert_hf_to_gguf.py"];
    check("bert", &words, |it| {
        set(&it.join("config.json"), "architectures", json!(["T5EncoderModel"]));
    });
    check("bert", &["architectures", "missing"], |it| write(&it.join("config.json"), &json!({})));
}

#[test]
fn a_model_that_would_be_run_wrongly_is_refused() {
    let dense = json!([{"type": "sentence_transformers.models.Dense", "path": "2_Dense"}]);
    check("bert", &["modules.json", "Dense"], |it| write(&it.join("modules.json"), &dense));
    check("bert", &["pooling_mode", "max and mean"], |it| {
        set(&it.join("1_Pooling/config.json"), "pooling_mode_max_tokens", json!(true));
    });
    let config = |it: &Path, key, value| set(&it.join("config.json"), key, value);
    check("bert", &["hidden_act", "relu"], |it| config(it, "hidden_act", json!("relu")));
    check("nomic-bert", &["causal"], |it| config(it, "causal", json!(true)));
    check("nomic-bert", &["experts"], |it| config(it, "moe_every_n_layers", json!(2)));
    let tokenizer = |it: &Path, key, value| set(&it.join("tokenizer.json"), key, value);
    check("roberta", &["Unigram", "convert_hf_to_gguf.py"], |it| {
        tokenizer(it, "model", json!({"type": "Unigram"}));
    });
    check("roberta", &["cuts text"], |it| tokenizer(it, "normalizer", json!({"type": "NFKC"})));
    check("bert", &["as BERT's does"], |it| tokenizer(it, "pre_tokenizer", json!(null)));
}

#[test]
fn a_config_that_contradicts_the_weights_is_refused() {
    let config = |it: &Path, key, value: Value| set(&it.join("config.json"), key, value);
    check("bert", &["word_embeddings", "[420, 48]", "[421, 48]"], |it| {
        config(it, "vocab_size", json!(421));
    });
    check("bert", &["encoder.layer.2.", "missing"], |it| {
        config(it, "num_hidden_layers", json!(3));
    });
    check("bert", &["encoder.layer.1.", "no place"], |it| {
        config(it, "num_hidden_layers", json!(1));
    });
    check("bert", &["num_attention_heads", "5", "48"], |it| {
        config(it, "num_attention_heads", json!(5));
    });
    check("bert", &["hidden_size", "-48"], |it| config(it, "hidden_size", json!(-48)));
    check("bert", &["hidden_size", "missing"], |it| config(it, "hidden_size", json!(null)));
    check("roberta", &["max_position_embeddings"], |it| {
        config(it, "pad_token_id", json!(4_294_967_295u32));
    });
    check("roberta", &["tokenizer.json", "360"], |it| {
        set(
            &it.join("tokenizer.json"),
            "added_tokens",
            json!([{"id": 360, "content": "<x>", "special": true}]),
        );
    });
}

#[test]
fn damaged_weights_are_refused() {
    let weights = |it: &Path| it.join("model.safetensors");
    let cut = |it: &Path, len: usize| {
        let bytes = fs::read(weights(it)).unwrap();
        fs::write(weights(it), &bytes[..len]).unwrap();
    };
    check("codesage", &["model.safetensors", "cut short"], |it| cut(it, 100_000));
    check("codesage", &["does not begin"], |it| cut(it, 100));
    check("codesage", &["too short"], |it| cut(it, 5));
    check("codesage", &["does not begin"], |it| fs::write(weights(it), [0xff; 64]).unwrap());
    check("codesage", &["damaged"], |it| {
        let (mut header, data) = split(&weights(it));
        header["wte.weight"]["shape"] = json!([u64::MAX, 2]);
        join(&weights(it), &Value::Object(header), &data);
    });
    check("codesage", &["wte.weight", "I32"], |it| {
        let (mut header, data) = split(&weights(it));
        header["wte.weight"]["dtype"] = json!("I32");
        join(&weights(it), &Value::Object(header), &data);
    });
    check("codesage", &["index.json", "not in the folder"], |it| {
        let index = it.join("model.safetensors.index.json");
        write(&index, &json!({"weight_map": {"wte.weight": "../other.safetensors"}}));
    });
}

#[test]
fn weights_that_cannot_be_stored_are_refused() {
    check("codesage", &["h.1.mlp.c_fc.weight", "not finite"], |it| {
        set_weight(it, "h.1.mlp.c_fc.weight", f32::NAN);
    });
    check("codesage", &["ln_f.bias", "not finite"], |it| {
        set_weight(it, "ln_f.bias", f32::INFINITY);
    });
    check("codesage", &["wte.weight", "f32"], |it| set_weight(it, "wte.weight", 1e6));
}

#[test]
fn what_is_there_already_is_replaced_only_by_force() {
    let dir = copy("codesage");
    let out = dir.path().join("out.gguf");
    fs::write(&out, "precious").unwrap();
    let error = convert(dir.path(), &out, &Options::default()).unwrap_err().to_string();
    assert!(error.contains("out.gguf") && error.contains("--force"), "{error}");
    assert_eq!(fs::read(&out).unwrap(), b"precious");
    let done = convert(dir.path(), &out, &Options { weights: Type::F16, force: true }).unwrap();
    assert_eq!(fs::metadata(&out).unwrap().len(), done.bytes);
}

/// Bytes changed anywhere: success or an error, but no panic.
#[test]
fn no_damage_makes_it_panic() {
    let files = ["config.json", "tokenizer.json", "model.safetensors", "modules.json"];
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    for folder in ["bert", "codesage", "nomic-bert", "roberta"] {
        let dir = copy(folder);
        let out = dir.path().join("out.gguf");
        for file in files {
            let path = dir.path().join(file);
            let bytes = fs::read(&path).unwrap();
            for _ in 0..40 {
                let mut damaged = bytes.clone();
                for _ in 0..=random(3) {
                    // The weights themselves are many and much alike.
                    let at = random(damaged.len().min(20_000));
                    damaged[at] = b"0123456789{}[]\",:\xff\x00"[random(19)];
                }
                fs::write(&path, &damaged).unwrap();
                let _ = convert(dir.path(), &out, &Options { force: true, ..Options::default() });
            }
            fs::write(&path, &bytes).unwrap();
        }
    }
}
