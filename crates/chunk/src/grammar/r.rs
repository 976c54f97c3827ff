//! R, where a definition is an assignment to a name.

use descry_base::SymbolKind::{Constant, Function, Method, Section, Type};
use tree_sitter::Node;

use super::label::{field, one_line, unquoted};
use super::rule::{Label, Members, Name, comment, define, open, open_large};
use super::{Grammar, Rule, Source};

pub(super) static R: Grammar = Grammar::new(|| tree_sitter_r::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    define("binary_operator", Constant, "", Name::By(assigned)),
    define("call", Section, "", Name::By(call)),
    define("argument", Method, "function", Name::By(member)).members(Members::Always),
    open("arguments"),
    open("braced_expression"),
    open("if_statement"),
    open_large("function_definition"),
];

/// `name <- value`, `name = value`, `value -> name`. Values other than functions and classes count
/// only at the top level.
fn assigned(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let (name, value) = match field(node, "operator", text)? {
        "<-" | "<<-" | "=" | ":=" => ("lhs", "rhs"),
        "->" | "->>" => ("rhs", "lhs"),
        _ => return None,
    };
    let name = node.child_by_field_name(name)?;
    let value = node.child_by_field_name(value)?;
    let is_name = matches!(name.kind(), "identifier" | "string");
    if !is_name && name.kind() != "extract_operator" {
        return None;
    }
    let full = one_line(unquoted(text.of(name)));
    let own = full.rsplit(['$', '@']).next().filter(|_| !is_name).unwrap_or(&full);
    let label = Label { shown: full.clone(), ..Label::named(unquoted(own)) };
    let is_outermost = || node.parent().is_some_and(|parent| parent.kind() == "program");
    match value.kind() {
        "function_definition" => Some(label.with_keyword("function").with_kind(Function)),
        "call" if is_class(value, text) => Some(label.with_keyword("class").with_kind(Type)),
        _ if is_name && is_outermost() => Some(label),
        _ => None,
    }
}

/// Calls that create a class with methods (R6, reference classes), slots (S4) or properties (S7).
fn is_class(call: Node<'_>, text: Source<'_>) -> bool {
    let name = field(call, "function", text).and_then(|name| name.rsplit("::").next());
    matches!(name, Some("R6Class" | "setRefClass" | "setClass" | "new_class" | "ggproto"))
}

/// Calls that define something (`setGeneric("total", ...)`) or name a block (`test_that("...", {`).
fn call(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let mut cursor = node.walk();
    let arguments = node.child_by_field_name("arguments")?;
    let mut values = arguments
        .children_by_field_name("argument", &mut cursor)
        .filter_map(|argument| field(argument, "value", text))
        .map(|value| one_line(unquoted(value)));
    let is_assigned = || node.parent().is_some_and(|parent| parent.kind() == "binary_operator");
    let name = field(node, "function", text)?;
    match name.rsplit("::").next()? {
        "setClass" | "setRefClass" if !is_assigned() => {
            Some(Label::named(&values.next()?).with_keyword("class").with_kind(Type))
        }
        "setGeneric" => {
            Some(Label::named(&values.next()?).with_keyword("setGeneric").with_kind(Function))
        }
        "setMethod" => {
            let (name, of) = (values.next()?, values.next()?);
            let label = Label { shown: format!("{name}({of})"), ..Label::named(&name) };
            Some(label.with_keyword("setMethod").with_kind(Method))
        }
        "test_that" => Some(Label::shown(values.next()?).with_keyword("test_that")),
        "describe" => Some(Label::shown(values.next()?).with_keyword("describe")),
        "it" => Some(Label::shown(values.next()?).with_keyword("it")),
        _ => None,
    }
}

/// A function in one of the lists that make up a class.
fn member(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    node.child_by_field_name("value").filter(|value| value.kind() == "function_definition")?;
    let name = field(node, "name", text)?;
    let list =
        node.parent()?.parent().filter(|call| field(*call, "function", text) == Some("list"));
    let part = field(list?.parent()?, "name", text)?;
    let is_member = matches!(part, "public" | "private" | "active" | "methods");
    is_member.then(|| Label::named(unquoted(name)))
}
