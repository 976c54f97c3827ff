//! `descry embed`: texts in, vectors out.

use descry_e2e::Desk;
use serde_json::{Value, json};

/// The bundled model's tokens before and after a text, and its maximum number of tokens.
const CLS: u64 = 101;
const SEP: u64 = 102;
const LONGEST: usize = 512;
const DIM: usize = 384;

/// One answer per text: its tokens and its vector.
fn embed(texts: &[&str]) -> Vec<(Vec<u64>, Vec<f64>)> {
    let input: String = texts.iter().map(|text| json!(text).to_string() + "\n").collect();
    let ended = Desk::new().descry_reading(&["embed", "--json"], &input);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let answer = |line: &str| {
        let value: Value = serde_json::from_str(line).expect("each line is JSON");
        let list = |key: &str| value[key].as_array().expect("a list").clone();
        let tokens = list("tokens").iter().filter_map(Value::as_u64).collect();
        (tokens, list("vector").iter().filter_map(Value::as_f64).collect())
    };
    ended.stdout.lines().map(answer).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn every_text_becomes_a_unit_vector() {
    let long = "word ".repeat(5000);
    let texts = ["hello world", "", "naïve\n\"quoted\" 漢字 🦀", &long];
    let answers = embed(&texts);
    assert_eq!(answers.len(), texts.len());
    for (text, (tokens, vector)) in texts.iter().zip(&answers) {
        assert_eq!((tokens.first(), tokens.last()), (Some(&CLS), Some(&SEP)), "{text:.20}");
        assert!(tokens.len() <= LONGEST, "{}", tokens.len());
        assert_eq!(vector.len(), DIM, "{text:.20}");
        assert!((dot(vector, vector) - 1.0).abs() < 1e-4, "{text:.20}");
    }
    // From the vocabulary of bert-base-uncased.
    assert_eq!(answers[0].0, [CLS, 7592, 2088, SEP]);
}

#[test]
fn a_converted_model_embeds() {
    let desk = Desk::new();
    let folder = "/../crates/embed-gguf/tests/fixtures/hf/bert";
    let folder = format!("{}{folder}", env!("CARGO_MANIFEST_DIR"));
    let convert = || desk.descry(&["model", "convert", &folder, "tiny.gguf"]);
    let first = convert();
    assert_eq!(first.code, Some(0), "{first:?}");
    assert!(first.stderr.starts_with("tiny.gguf: bert, architecture bert, "), "{first:?}");
    let second = convert();
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.stderr.contains("tiny.gguf: it is there already; --force"), "{second:?}");
    let ended = desk.descry_reading(&["embed", "--json", "--model", "tiny.gguf"], "\"a text\"\n");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let answer: Value = serde_json::from_str(&ended.stdout).expect("one line of JSON");
    assert_eq!(answer["vector"].as_array().map(Vec::len), Some(48), "{ended:?}");
}

#[test]
fn near_in_meaning_is_near_in_the_vectors() {
    let answers = embed(&["a dog runs", "a puppy is running", "quarterly tax report"]);
    let near = dot(&answers[0].1, &answers[1].1);
    let far = dot(&answers[0].1, &answers[2].1);
    assert!(near > 0.5 && far < 0.3, "near {near}, far {far}");
}
