//! Invariants for every text: mutated real sources, and any bytes that pass as text.

use descry_base::{ChunkMeta, Language};
use descry_chunk::{ChunkConfig, Text, chunks};
use proptest::prelude::*;

const SOURCES: &[(Language, &str)] = &[
    (Language::Rust, include_str!("../../src/outline/walk.rs")),
    (Language::Rust, include_str!("../../src/grammar/c.rs")),
    (Language::Python, include_str!("../fixtures/sample.py")),
    (Language::JavaScript, include_str!("../fixtures/sample.js")),
    (Language::Cpp, include_str!("../fixtures/sample.cpp")),
    (Language::Haskell, include_str!("../fixtures/sample.hs")),
    (Language::Yaml, include_str!("../fixtures/sample.yaml")),
    (Language::Markdown, include_str!("../fixtures/sample.md")),
    (Language::Dart, include_str!("../fixtures/sample.dart")),
    (Language::R, include_str!("../fixtures/sample.r")),
    (Language::Vue, include_str!("../fixtures/sample.vue")),
    (Language::Svelte, include_str!("../fixtures/sample.svelte")),
    (Language::Protobuf, include_str!("../fixtures/sample.proto")),
    (Language::GraphQl, include_str!("../fixtures/sample.graphql")),
    (Language::Terraform, include_str!("../fixtures/sample.tf")),
    (Language::Dockerfile, include_str!("../fixtures/sample.dockerfile")),
];

fn config() -> impl Strategy<Value = ChunkConfig> {
    prop_oneof![
        Just(ChunkConfig::default()),
        (0usize..400, 0usize..400, 0usize..300, 0usize..100).prop_map(
            |(max_bytes, target_bytes, alone_bytes, min_bytes)| ChunkConfig {
                max_bytes,
                target_bytes,
                alone_bytes,
                min_bytes
            }
        ),
    ]
}

fn language() -> impl Strategy<Value = Language> {
    proptest::sample::select(Language::ALL)
}

/// A few edits anywhere in a source: deletions, and insertions of brackets and odd characters.
fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, prop::sample::Index, String)>> {
    let put = prop_oneof![
        Just(String::new()),
        Just("{".into()),
        Just("}\n".into()),
        Just("\"".into()),
        Just("/*".into()),
        Just("\r\n\u{2028}\u{a0}\n".into()),
        Just("é日本🦀".into()),
        Just("x".repeat(300)),
        Just("\n\n\t\t\n".into()),
        "\\PC{0,12}",
    ];
    proptest::collection::vec(
        (any::<prop::sample::Index>(), any::<prop::sample::Index>(), put),
        0..6,
    )
}

fn edited(source: &str, edits: &[(prop::sample::Index, prop::sample::Index, String)]) -> String {
    let mut text = source.to_string();
    for (at, len, put) in edits {
        let start = text.floor_char_boundary(at.index(text.len() + 1));
        let cut = len.index(200).min(text.len() - start);
        let end = text.floor_char_boundary(start + cut);
        text.replace_range(start..end, put);
    }
    text
}

fn check(text: &str, language: Language, config: &ChunkConfig) -> Result<(), TestCaseError> {
    let all = chunks(text, language, config);
    let mut end = 0;
    for chunk in &all {
        let span = chunk.span;
        prop_assert!(span.start as usize >= end && span.end > span.start, "order: {span:?}");
        let gap = text.get(end..span.start as usize);
        prop_assert!(gap.is_some_and(|gap| gap.trim().is_empty()), "left out: {gap:?}");
        prop_assert!(text.is_char_boundary(span.end as usize), "inside a char: {span:?}");
        prop_assert!(span.bytes().len() <= config.max_bytes.max(4), "too large: {span:?}");
        let line = |byte: u32| text[..byte as usize].matches('\n').count() as u32;
        let last = text.floor_char_boundary(span.end as usize - 1) as u32;
        prop_assert_eq!(span.first_line, line(span.start));
        prop_assert_eq!(span.end_line, line(last) + 1);
        prop_assert!(inside(chunk), "doc: {chunk:?}");
        end = span.end as usize;
    }
    prop_assert!(text[end..].trim().is_empty(), "left out at the end: {:?}", &text[end..]);
    prop_assert_eq!(&all, &chunks(text, language, config));
    Ok(())
}

fn inside(chunk: &ChunkMeta) -> bool {
    let span = chunk.span;
    chunk.doc.as_ref().is_none_or(|doc| span.start <= doc.start && doc.end <= span.end)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn of_edited_sources(
        (language, source) in proptest::sample::select(SOURCES),
        edits in edits(),
        config in config(),
    ) {
        check(&edited(source, &edits), language, &config)?;
    }

    #[test]
    fn of_any_text_in_any_language(text in "(?s).{0,400}", language in language(), config in config()) {
        check(&text, language, &config)?;
    }

    #[test]
    fn of_a_source_in_the_wrong_language(
        (_, source) in proptest::sample::select(SOURCES),
        language in language(),
    ) {
        check(source, language, &ChunkConfig::default())?;
    }

    #[test]
    fn of_any_bytes(
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        language in language(),
        config in config(),
    ) {
        if let Ok(text) = Text::read("file", &bytes, true) {
            check(text.as_str(), language, &config)?;
        }
    }
}

#[test]
fn of_deep_nesting() {
    for (language, open, close) in [
        (Language::Json, "[", "]"),
        (Language::JavaScript, "(function(){", "})()"),
        (Language::Rust, "mod a {", "}"),
        (Language::Html, "<div id=a>", "</div>"),
        (Language::C, "{", "}"),
        (Language::Lua, "f{", "}"),
        (Language::Dart, "f() {", "}"),
        (Language::R, "f({", "})"),
        (Language::Protobuf, "message A {", "}"),
        (Language::GraphQl, "{ a ", "}"),
        (Language::Terraform, "a { b = \"${", "}\" }"),
        (Language::Terraform, "a = <<A ", "A"),
        (Language::Dockerfile, "RUN <<A ", "A"),
        (Language::Vue, "<script>{", "}</script>"),
    ] {
        for break_line in ["", "\n"] {
            let depth = 5_000;
            let text = format!("{open}{break_line}").repeat(depth) + &close.repeat(depth);
            assert!(check(&text, language, &ChunkConfig::default()).is_ok(), "{language:?}");
        }
    }
}
