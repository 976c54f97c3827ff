//! The words in which a grammar's table says what passes a name on from elsewhere.

use tree_sitter::Node;

use super::Source;

/// A node kind that may pass names on (`pub use a::B`, `export { B } from 'a'`).
pub(crate) struct PassOn {
    pub(crate) node: &'static str,
    /// Only in a file that has nothing of its own: Python says by a file's name that what it imports
    /// is meant to be imported from it, and the name is not known here.
    pub(crate) only_gathering: bool,
    /// The nodes whose texts are the names.
    pub(crate) names: for<'t> fn(Node<'t>, Source<'_>) -> Vec<Node<'t>>,
}

/// A node that passes on the names that `names` finds in it.
pub(crate) const fn pass_on(
    node: &'static str,
    names: for<'t> fn(Node<'t>, Source<'_>) -> Vec<Node<'t>>,
) -> PassOn {
    PassOn { node, only_gathering: false, names }
}

impl PassOn {
    /// Only in a file that has nothing of its own.
    pub(crate) const fn only_gathering(self) -> PassOn {
        PassOn { only_gathering: true, ..self }
    }
}
