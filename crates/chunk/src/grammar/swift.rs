//! Swift.

use descry_base::SymbolKind::{Constant, Function, Interface, Method, Type};
use tree_sitter::Node;

use super::label::{bare_type, field};
use super::rule::{Label, Members, Name, comment, define, open};
use super::{Grammar, Rule, Source};

pub(super) static SWIFT: Grammar = Grammar::new(|| tree_sitter_swift::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    comment("multiline_comment"),
    define("class_declaration", Type, "class", Name::By(class)),
    define("protocol_declaration", Interface, "protocol", Name::Field("name")),
    define("typealias_declaration", Type, "typealias", Name::Field("name")).members(Members::Never),
    define("function_declaration", Function, "func", Name::Field("name")),
    define("protocol_function_declaration", Method, "func", Name::Field("name"))
        .members(Members::Never),
    define("init_declaration", Method, "init", Name::By(init)).members(Members::Never),
    define("subscript_declaration", Method, "subscript", Name::By(init)).members(Members::Never),
    define("property_declaration", Constant, "let", Name::By(property)).members(Members::Never),
    define("enum_entry", Constant, "case", Name::By(cases)).members(Members::Never),
    open("class_body"),
    open("enum_class_body"),
    open("protocol_body"),
];

/// A class, struct, enum, actor or extension; an extension defines no name.
fn class(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = bare_type(field(node, "name", text)?);
    let keyword = match field(node, "declaration_kind", text)? {
        "struct" => "struct",
        "enum" => "enum",
        "actor" => "actor",
        "extension" => return Some(Label::shown(name).with_keyword("extension")),
        _ => "class",
    };
    Some(Label::named(&name).with_keyword(keyword))
}

fn init(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let parameters = text.of(node).split_once('(').map_or("", |(_, rest)| rest);
    let parameters = parameters.split(')').next().unwrap_or_default();
    let labels: Vec<_> = parameters
        .split(',')
        .filter_map(|parameter| parameter.split([':', ' ']).find(|word| !word.is_empty()))
        .collect();
    Some(Label::shown(super::label::one_line(&format!("({})", labels.join(", ")))))
}

/// A computed property anywhere, or a variable outside types.
fn property(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = field(node, "name", text).filter(|name| !name.contains(['(', ' ']))?;
    let is_computed = node.child_by_field_name("computed_value").is_some();
    let in_type = node.parent().is_some_and(|parent| parent.kind() == "class_body");
    let label = Label::named(name);
    match (is_computed, in_type) {
        (true, _) => Some(label.with_keyword("var").with_kind(Method)),
        (false, false) => Some(label),
        (false, true) => None,
    }
}

fn cases(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let mut cursor = node.walk();
    let names = node.children_by_field_name("name", &mut cursor);
    let names: Vec<_> = names.map(|name| text.of(name).to_string()).collect();
    Some(Label { shown: names.join(", "), names, ..Label::default() })
}
