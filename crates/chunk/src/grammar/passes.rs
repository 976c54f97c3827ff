//! The vocabulary for node kinds that re-export names.

use tree_sitter::Node;

use super::Source;

/// A node kind that may re-export names (`pub use a::B`, `export { B } from 'a'`).
pub(crate) struct PassOn {
    pub(crate) node: &'static str,
    /// Counts only in a file without definitions of its own. Python marks a re-exporting file by
    /// its name (`__init__.py`), which is not known here.
    pub(crate) only_gathering: bool,
    /// The nodes whose texts are the names.
    pub(crate) names: for<'t> fn(Node<'t>, Source<'_>) -> Vec<Node<'t>>,
}

/// A node that re-exports the names that `names` finds in it.
pub(crate) const fn pass_on(
    node: &'static str,
    names: for<'t> fn(Node<'t>, Source<'_>) -> Vec<Node<'t>>,
) -> PassOn {
    PassOn { node, only_gathering: false, names }
}

impl PassOn {
    /// Restricts the rule to files without definitions of their own.
    pub(crate) const fn only_gathering(self) -> PassOn {
        PassOn { only_gathering: true, ..self }
    }
}
