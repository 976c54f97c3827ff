//! The effect of each limit, in a language that shows all of them.

use descry_base::{Language, SymbolKind};
use descry_chunk::{ChunkConfig, chunks, supports};

use crate::{SMALL, check, shown};

const ROUTER: &str = "\
//! Routing.

use std::fmt;

/// Finds the handler of a path.
#[derive(Debug)]
pub struct Router {
    routes: Vec<Route>,
}

impl Router {
    /// Adds a route.
    pub fn route(&mut self, path: &str) {
        self.routes.push(Route::new(path));
    }

    fn len(&self) -> usize {
        self.routes.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

const LIMIT: usize = 10;
";

#[test]
fn whole_definitions_with_their_comments_and_attributes() {
    check(
        Language::Rust,
        ROUTER,
        &[
            "1-9 | struct Router | Router",
            "11-15 | impl Router > fn route | route",
            "17-19 | impl Router > fn len | len",
            "21-24 | impl Router > fn is_empty | is_empty",
            "26-26 | const LIMIT | LIMIT",
        ],
    );
}

#[test]
fn small_neighbours_are_merged() {
    let roomy = ChunkConfig { max_bytes: 400, target_bytes: 300, alone_bytes: 200, min_bytes: 30 };
    assert_eq!(
        shown(Language::Rust, ROUTER, &roomy),
        [
            "1-9 | struct Router | Router",
            "11-24 | impl Router | route, len, is_empty",
            "26-26 | const LIMIT | LIMIT"
        ]
    );
}

#[test]
fn a_large_function_is_cut_between_statements() {
    let source = "\
/// Doc.
fn long() {
    first();

    if second() {
        some_call(1);
        some_call(2);
    } else {
        some_call(3);
    }

    third();
    a_call_with_a_long_name(4);
    a_call_with_a_long_name(5);
}
";
    check(Language::Rust, source, &["1-10 | fn long | long", "12-15 | fn long | "]);
}

#[test]
fn kind_and_doc_are_those_of_the_definition_in_the_symbol() {
    let chunks = chunks(ROUTER, Language::Rust, &SMALL);
    let doc = |i: usize| {
        let doc = chunks[i].doc.clone()?;
        ROUTER.get(doc.start as usize..doc.end as usize)
    };
    assert_eq!(chunks[0].kind, Some(SymbolKind::Type));
    assert_eq!(doc(0), Some("/// Finds the handler of a path."));
    assert_eq!(chunks[1].kind, Some(SymbolKind::Method));
    assert_eq!(doc(1), Some("/// Adds a route."));
    assert_eq!(chunks[2].kind, Some(SymbolKind::Method));
    assert_eq!(doc(2), None);
}

#[test]
fn text_without_a_grammar_is_cut_at_blank_lines() {
    let paragraph = "some words that fill a line\nand some more on the next\n";
    let source = format!("{paragraph}\n{paragraph}\n\n\n{paragraph}");
    check(Language::Plain, &source, &["1-2 |  | ", "4-5 |  | ", "9-10 |  | "]);
}

#[test]
fn a_giant_line_is_cut_at_spaces() {
    let source = format!("short\n{}\nshort\n", "word ".repeat(60));
    let spans: Vec<_> =
        chunks(&source, Language::Plain, &SMALL).iter().map(|chunk| chunk.span).collect();
    let lines: Vec<_> = spans.iter().map(|span| (span.first_line, span.end_line)).collect();
    assert_eq!(lines, [(0, 1), (1, 2), (1, 3)]);
    assert!(spans.iter().all(|span| !source[span.bytes()].ends_with("wor")));
}

#[test]
fn blank_text_has_no_chunks() {
    check(Language::Rust, "", &[]);
    check(Language::Plain, " \n\t\r\n\n", &[]);
}

#[test]
fn windows_line_breaks_change_no_line() {
    let lines = |source: &str| shown(Language::Rust, source, &ChunkConfig::default());
    assert_eq!(lines(ROUTER), lines(&ROUTER.replace('\n', "\r\n")));
}

#[test]
fn most_languages_have_a_grammar() {
    assert!(supports(Language::Rust) && supports(Language::Markdown));
    assert!(supports(Language::Vue) && supports(Language::Dockerfile));
    assert!(!supports(Language::Plain));
}
