//! Parsing with bounded work, by parsers that each thread keeps.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use descry_base::Language;
use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use super::plain::plain;
use crate::grammar::{self, Grammar, Roles};

/// Parsing stops after this many steps plus [`STEPS_PER_BYTE`] for each byte. Steps, unlike time,
/// give the same chunks on every machine. Real sources take at most 1.3 steps a byte; text that
/// makes a grammar's error recovery explode is cut by lines instead.
const FREE_STEPS: usize = 100_000;
const STEPS_PER_BYTE: usize = 4;

/// A step of error recovery can take 200 microseconds instead of 0.1. Time is therefore a second
/// limit, which a real source reaches only at a fiftieth of the usual speed.
const FREE_TIME: Duration = Duration::from_secs(3);
const TIME_PER_BYTE: Duration = Duration::from_micros(10);

/// Tree-sitter calls back once every this many steps (`OP_COUNT_PER_PARSER_CALLBACK_CHECK`).
const STEPS_PER_CALL: usize = 100;

struct Ready {
    parser: Parser,
    roles: Roles,
    grammar: &'static Grammar,
}

thread_local! {
    /// A parser is expensive to create and must not be shared between threads.
    static READY: RefCell<HashMap<Language, Option<Ready>>> = RefCell::default();
}

/// Calls `then` with the tree of `text`, or with `None` if there is no grammar or parsing stops
/// early.
pub(super) fn with_tree<T>(
    text: &str,
    language: Language,
    then: impl FnOnce(&Tree, &Roles, &'static Grammar) -> T,
) -> Option<T> {
    let language = grammar::dialect(language, text);
    READY.with_borrow_mut(|all| {
        let ready = all.entry(language).or_insert_with(|| ready(language)).as_mut()?;
        let tree = parse(&mut ready.parser, &plain(text, language)?)?;
        Some(then(&tree, &ready.roles, ready.grammar))
    })
}

fn ready(language: Language) -> Option<Ready> {
    let grammar = grammar::of(language)?;
    let syntax = (grammar.syntax)();
    let roles = Roles::new(&syntax, grammar.rules);
    let mut parser = Parser::new();
    parser.set_language(&syntax).ok()?;
    Some(Ready { parser, roles, grammar })
}

fn parse(parser: &mut Parser, text: &[u8]) -> Option<Tree> {
    let mut calls = (FREE_STEPS + text.len() * STEPS_PER_BYTE) / STEPS_PER_CALL;
    let start = Instant::now();
    let limit = FREE_TIME + TIME_PER_BYTE * text.len() as u32;
    let mut progress = |_: &ParseState| match calls.checked_sub(1) {
        Some(left) if start.elapsed() < limit => {
            calls = left;
            ControlFlow::Continue(())
        }
        _ => ControlFlow::Break(()),
    };
    let tree = parser.parse_with_options(
        &mut |at, _| text.get(at..).unwrap_or_default(),
        None,
        Some(ParseOptions::new().progress_callback(&mut progress)),
    );
    // Otherwise the parser would resume this text when given the next one.
    if tree.is_none() {
        parser.reset();
    }
    tree
}
