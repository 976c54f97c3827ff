//! Small queries on nodes, used by the code in the tables.

use tree_sitter::Node;

use super::Source;

/// A symbol path shows at most this many chars of a name.
const MAX_SHOWN: usize = 80;

/// The node's text on one line, shortened.
pub(super) fn shown(node: Node<'_>, text: Source<'_>) -> String {
    one_line(text.of(node))
}

/// The text on one line, shortened.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > MAX_SHOWN {
            out.truncate(out.floor_char_boundary(MAX_SHOWN));
            break;
        }
    }
    out
}

/// The text of the child with this field name.
pub(super) fn field<'t>(node: Node<'_>, name: &str, text: Source<'t>) -> Option<&'t str> {
    Some(text.of(node.child_by_field_name(name)?))
}

/// The first child of this kind, named or not.
pub(super) fn child<'n>(node: Node<'n>, kind: &str) -> Option<Node<'n>> {
    node.children(&mut node.walk()).find(|child| child.kind() == kind)
}

/// The first child of one of these kinds.
pub(super) fn child_of<'n>(node: Node<'n>, kinds: &[&str]) -> Option<Node<'n>> {
    node.children(&mut node.walk()).find(|child| kinds.contains(&child.kind()))
}

/// A type's name without references and type parameters: `&a::Foo<T>` becomes `a::Foo`.
pub(super) fn bare_type(text: &str) -> String {
    let start = text.find(|c: char| c.is_alphanumeric() || c == '_').unwrap_or(0);
    let text = &text[start..];
    let end = text.find(['<', '[', '(', '{']).unwrap_or(text.len());
    one_line(&text[..end])
}

/// The text inside quotes of any kind.
pub(super) fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'', '`'])
}
