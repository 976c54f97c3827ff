//! The definitions of a text as a tree, along which [`pack`](crate::pack) cuts.

mod component;
mod markdown;
mod parse;
mod passed;
mod plain;
mod walk;

use std::ops::Range;

use descry_base::{Language, SymbolKind};

pub(crate) use passed::PassedOn;

/// A definition with its leading comments and attributes, or several definitions written as one
/// (`const ( A = 1; B = 2 )`).
#[derive(Debug)]
pub(crate) struct Item {
    /// The bytes of the item, from the first of its comments, attributes and decorators.
    pub(crate) range: Range<usize>,
    /// Where the definition itself starts.
    pub(crate) at: usize,
    /// The bytes of its doc comment.
    pub(crate) doc: Option<Range<usize>>,
    /// The item's part of the symbol path (`fn route`); "" for several definitions written as one.
    pub(crate) component: String,
    pub(crate) kind: SymbolKind,
    /// The bare names that the item defines; none if it only declares names defined elsewhere.
    pub(crate) names: Vec<String>,
    /// The definitions inside it, in order, disjoint.
    pub(crate) children: Vec<Item>,
}

/// What a text defines and re-exports.
#[derive(Default)]
pub(crate) struct Outline {
    /// The outermost definitions, in order, disjoint.
    pub(crate) items: Vec<Item>,
    /// The re-exported names, in order.
    pub(crate) passed: Vec<PassedOn>,
}

/// The outline of `text`; empty if the language has no grammar or parsing takes too long. Functions
/// are searched for definitions only if they are larger than `large` bytes.
pub(crate) fn of(text: &str, language: Language, large: usize) -> Outline {
    match language {
        Language::Markdown => Outline { items: markdown::sections(text), ..Outline::default() },
        // A component is imported as a whole; the re-exports of its scripts are seldom searched
        // for.
        Language::Vue | Language::Svelte => {
            let items = component::scripts(text).into_iter().flat_map(|(range, language)| {
                let start = range.start;
                component::moved(parsed(&text[range], language, large).items, start)
            });
            Outline { items: items.collect(), ..Outline::default() }
        }
        _ => parsed(text, language, large),
    }
}

fn parsed(text: &str, language: Language, large: usize) -> Outline {
    parse::with_tree(text, language, |tree, roles, grammar| {
        let (items, passed) = walk::outline(text, tree, roles, grammar, large);
        let passed = passed::from_elsewhere(passed, &items);
        Outline { items, passed }
    })
    .unwrap_or_default()
}
