//! The definitions of a text as a tree: what [`pack`](crate::pack) cuts along.

mod component;
mod markdown;
mod parse;
mod plain;
mod walk;

use std::ops::Range;

use descry_base::{Language, SymbolKind};

/// A definition with what belongs to it, or several that are written as one (`const ( A = 1; B = 2 )`).
#[derive(Debug)]
pub(crate) struct Item {
    /// Its bytes, from the first of its comments, attributes and decorators.
    pub(crate) range: Range<usize>,
    /// Where the definition proper starts.
    pub(crate) at: usize,
    /// The bytes of its doc comment.
    pub(crate) doc: Option<Range<usize>>,
    /// Its part of the symbol path (`fn route`); "" for several written as one.
    pub(crate) component: String,
    pub(crate) kind: SymbolKind,
    /// The bare names that it defines; none for a declaration of what is defined elsewhere.
    pub(crate) names: Vec<String>,
    /// The definitions inside it, in order, disjoint.
    pub(crate) children: Vec<Item>,
}

/// The outermost definitions of `text`, in order, disjoint; none where the language has no grammar
/// or parsing takes too long. Functions are looked into only if they are larger than `large` bytes.
pub(crate) fn of(text: &str, language: Language, large: usize) -> Vec<Item> {
    match language {
        Language::Markdown => markdown::sections(text),
        Language::Vue | Language::Svelte => component::scripts(text)
            .into_iter()
            .flat_map(|(range, language)| {
                let start = range.start;
                component::moved(parsed(&text[range], language, large), start)
            })
            .collect(),
        _ => parsed(text, language, large),
    }
}

fn parsed(text: &str, language: Language, large: usize) -> Vec<Item> {
    parse::with_tree(text, language, |tree, roles, grammar| {
        walk::items(text, tree, roles, grammar, large)
    })
    .unwrap_or_default()
}
