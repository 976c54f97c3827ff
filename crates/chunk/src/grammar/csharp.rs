//! C#.

use descry_base::SymbolKind::{Constant, Function, Interface, Method, Module, Type};
use tree_sitter::Node;

use super::label::{child, field, shown};
use super::rule::{Label, Members, Name, comment, define, open, open_large, wrap};
use super::{Grammar, Rule, Source};

pub(super) static CSHARP: Grammar = Grammar::new(|| tree_sitter_c_sharp::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    define("namespace_declaration", Module, "namespace", Name::Field("name")),
    define("class_declaration", Type, "class", Name::Field("name")),
    define("struct_declaration", Type, "struct", Name::Field("name")),
    define("record_declaration", Type, "record", Name::Field("name")),
    define("record_struct_declaration", Type, "record struct", Name::Field("name")),
    define("enum_declaration", Type, "enum", Name::Field("name")),
    define("interface_declaration", Interface, "interface", Name::Field("name")),
    define("delegate_declaration", Type, "delegate", Name::Field("name")).members(Members::Never),
    define("enum_member_declaration", Constant, "", Name::Field("name")).members(Members::Never),
    define("method_declaration", Method, "method", Name::Field("name")),
    define("constructor_declaration", Method, "constructor", Name::Field("name")),
    define("destructor_declaration", Method, "destructor", Name::Field("name")),
    define("operator_declaration", Method, "operator", Name::By(operator)),
    define("conversion_operator_declaration", Method, "operator", Name::By(conversion)),
    define("indexer_declaration", Method, "indexer", Name::By(indexer)),
    define("property_declaration", Method, "property", Name::Field("name")).members(Members::Never),
    define("event_declaration", Method, "event", Name::Field("name")).members(Members::Never),
    define("field_declaration", Constant, "", Name::By(variable)).members(Members::Never),
    define("local_function_statement", Function, "function", Name::Field("name")),
    wrap("global_statement"),
    open("declaration_list"),
    open("enum_member_declaration_list"),
    open("preproc_if"),
    open("preproc_else"),
    open("preproc_elif"),
    open("preproc_region"),
    open_large("block"),
];

fn operator(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    field(node, "operator", text).map(Label::shown)
}

fn conversion(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    field(node, "type", text).map(Label::shown)
}

fn indexer(_: Node<'_>, _: Source<'_>) -> Option<Label> {
    Some(Label::shown("this[]"))
}

/// `const int Max = 1;` is a constant whatever its case.
fn variable(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let declarator = child(child(node, "variable_declaration")?, "variable_declarator")?;
    let name = field(declarator, "name", text)?;
    let is_const = node
        .children(&mut node.walk())
        .any(|child| child.kind() == "modifier" && shown(child, text) == "const");
    let is_capitals = !name.contains(char::is_lowercase);
    (is_const || is_capitals).then(|| Label::named(name))
}
