//! Names that a file re-exports: a search for such a name may lead to the file.

use std::collections::HashSet;

use descry_base::SymbolKind;
use tree_sitter::Node;

use super::Item;
use crate::grammar::{Grammar, Source};

/// A re-exported name.
#[derive(Debug)]
pub(crate) struct PassedOn {
    pub(crate) name: String,
    /// Where the name is.
    pub(crate) at: usize,
    /// Counts only if the file defines nothing itself.
    only_gathering: bool,
}

/// Adds the names that a node re-exports.
pub(super) fn add(node: Node<'_>, text: Source<'_>, grammar: &Grammar, out: &mut Vec<PassedOn>) {
    for pass in grammar.passes.iter().filter(|pass| pass.node == node.kind()) {
        let names = (pass.names)(node, text).into_iter();
        out.extend(names.filter(|name| !text.of(*name).is_empty()).map(|name| PassedOn {
            name: text.of(name).to_owned(),
            at: text.range(name).start,
            only_gathering: pass.only_gathering,
        }));
    }
}

/// The names from elsewhere: `export { a }` may name a definition of this file.
pub(super) fn from_elsewhere(mut passed: Vec<PassedOn>, items: &[Item]) -> Vec<PassedOn> {
    let mut own = HashSet::new();
    add_names(items, &mut own);
    let gathers = items.iter().all(|item| item.kind == SymbolKind::Constant);
    passed.retain(|name| (gathers || !name.only_gathering) && !own.contains(name.name.as_str()));
    passed
}

fn add_names<'i>(items: &'i [Item], out: &mut HashSet<&'i str>) {
    for item in items {
        out.extend(item.names.iter().map(String::as_str));
        add_names(&item.children, out);
    }
}
