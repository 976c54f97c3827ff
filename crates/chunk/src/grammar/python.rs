//! Python.

use descry_base::SymbolKind::{Constant, Function, Type};
use tree_sitter::Node;

use super::label::{child, field};
use super::passes::{PassOn, pass_on};
use super::rule::{Label, Members, Name, comment, define, open, wrap};
use super::{Grammar, Rule, Source};

pub(super) static PYTHON: Grammar = Grammar {
    inner_doc: Some(docstring),
    ..Grammar::new(|| tree_sitter_python::LANGUAGE.into(), RULES).passing(PASSES)
};

const RULES: &[Rule] = &[
    comment("comment"),
    wrap("decorated_definition"),
    define("class_definition", Type, "class", Name::Field("name")),
    define("function_definition", Function, "def", Name::Field("name")),
    define("type_alias_statement", Type, "type", Name::Field("left")).members(Members::Never),
    wrap("expression_statement"),
    define("assignment", Constant, "", Name::By(assigned))
        .members(Members::Never)
        .capitals_in_types(),
    open("block"),
    open("if_statement"),
    open("elif_clause"),
    open("else_clause"),
    open("try_statement"),
    open("except_clause"),
    open("finally_clause"),
    open("with_statement"),
];

const PASSES: &[PassOn] = &[
    pass_on("import_from_statement", as_itself),
    pass_on("import_from_statement", from_beside).only_gathering(),
    pass_on("assignment", listed),
];

fn assigned(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let left = node.child_by_field_name("left")?;
    (left.kind() == "identifier").then(|| Label::named(text.of(left)))
}

fn docstring(node: Node<'_>) -> Option<Node<'_>> {
    let statement = node.child_by_field_name("body")?.named_child(0)?;
    let string = statement.named_child(0)?;
    (statement.kind() == "expression_statement" && string.kind() == "string").then_some(string)
}

/// `from a import B as B` declares that B may be imported from this file.
fn as_itself<'t>(node: Node<'t>, text: Source<'_>) -> Vec<Node<'t>> {
    let itself = |import: Node<'t>| {
        let alias = import.child_by_field_name("alias")?;
        (field(import, "name", text) == Some(text.of(alias))).then_some(alias)
    };
    node.children_by_field_name("name", &mut node.walk()).filter_map(itself).collect()
}

/// `from .a import B`: the names that a package's `__init__.py` gathers.
fn from_beside<'t>(node: Node<'t>, _: Source<'_>) -> Vec<Node<'t>> {
    let is_beside = node
        .child_by_field_name("module_name")
        .is_some_and(|module| module.kind() == "relative_import");
    let name = |import: Node<'t>| import.child_by_field_name("alias").unwrap_or(import);
    match is_beside {
        true => node.children_by_field_name("name", &mut node.walk()).map(name).collect(),
        false => Vec::new(),
    }
}

/// The names in `__all__ = ["a", "b"]`.
fn listed<'t>(node: Node<'t>, text: Source<'_>) -> Vec<Node<'t>> {
    let list =
        node.child_by_field_name("right").filter(|_| field(node, "left", text) == Some("__all__"));
    let Some(list) = list.filter(|list| matches!(list.kind(), "list" | "tuple")) else {
        return Vec::new();
    };
    let mut walk = list.walk();
    let strings = list.named_children(&mut walk);
    strings.filter_map(|string| child(string, "string_content")).collect()
}
