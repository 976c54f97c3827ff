//! PHP.

use descry_base::SymbolKind::{Constant, Function, Interface, Method, Module, Type};
use tree_sitter::Node;

use super::label::field;
use super::rule::{Label, Members, Name, comment, define, open, open_large, wrap};
use super::{Grammar, Rule, Source};

pub(super) static PHP: Grammar = Grammar::new(|| tree_sitter_php::LANGUAGE_PHP.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    define("namespace_definition", Module, "namespace", Name::By(namespace)),
    define("class_declaration", Type, "class", Name::Field("name")),
    define("trait_declaration", Type, "trait", Name::Field("name")),
    define("enum_declaration", Type, "enum", Name::Field("name")),
    define("interface_declaration", Interface, "interface", Name::Field("name")),
    define("enum_case", Constant, "case", Name::Field("name")).members(Members::Never),
    define("method_declaration", Method, "function", Name::Field("name")).members(Members::Never),
    define("function_definition", Function, "function", Name::Field("name")),
    wrap("const_declaration"),
    define("const_element", Constant, "const", Name::Child("name")).members(Members::Never),
    open("declaration_list"),
    open("enum_declaration_list"),
    open("compound_statement"),
    open_large("if_statement"),
    open_large("else_clause"),
];

/// `namespace A;` applies to the whole file and contains nothing.
fn namespace(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    node.child_by_field_name("body")?;
    field(node, "name", text).map(Label::named)
}
