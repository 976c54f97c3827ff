//! Python.

use descry_base::SymbolKind::{Constant, Function, Type};
use tree_sitter::Node;

use super::rule::{Label, Members, Name, comment, define, open, wrap};
use super::{Grammar, Rule, Source};

pub(super) static PYTHON: Grammar = Grammar {
    inner_doc: Some(docstring),
    ..Grammar::new(|| tree_sitter_python::LANGUAGE.into(), RULES)
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

fn assigned(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let left = node.child_by_field_name("left")?;
    (left.kind() == "identifier").then(|| Label::named(text.of(left)))
}

fn docstring(node: Node<'_>) -> Option<Node<'_>> {
    let statement = node.child_by_field_name("body")?.named_child(0)?;
    let string = statement.named_child(0)?;
    (statement.kind() == "expression_statement" && string.kind() == "string").then_some(string)
}
