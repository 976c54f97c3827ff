//! Lua.

use descry_base::SymbolKind::{Constant, Function, Method};
use tree_sitter::Node;

use super::label::{child, field};
use super::rule::{Label, Members, Name, comment, define, open, open_large, wrap};
use super::{Grammar, Rule, Source};

pub(super) static LUA: Grammar = Grammar::new(|| tree_sitter_lua::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    define("function_declaration", Function, "function", Name::By(function)),
    wrap("variable_declaration"),
    define("assignment_statement", Function, "function", Name::By(assigned))
        .members(Members::Always),
    define("field", Method, "function", Name::By(field_function)),
    open("expression_list"),
    open("table_constructor"),
    open("return_statement"),
    open("block"),
    open_large("function_definition"),
    open_large("if_statement"),
    open_large("do_statement"),
];

/// `M.foo` and `M:foo` show their table and define `foo`.
fn named(full: &str) -> Label {
    let name = full.rsplit(['.', ':']).next().unwrap_or(full);
    Label { shown: full.into(), ..Label::named(name) }
}

fn function(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    field(node, "name", text).map(named)
}

fn assigned(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let left = child(node, "variable_list")?.child_by_field_name("name")?;
    let value = child(node, "expression_list")?.child_by_field_name("value")?;
    let label = named(text.of(left));
    match value.kind() {
        "function_definition" => Some(label),
        "table_constructor" => Some(label.with_keyword("table").with_kind(Constant)),
        _ => None,
    }
}

fn field_function(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    node.child_by_field_name("value").filter(|value| value.kind() == "function_definition")?;
    field(node, "name", text).map(named)
}
