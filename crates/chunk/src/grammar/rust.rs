//! Rust.

use descry_base::SymbolKind::{Constant, Function, Interface, Macro, Module, Type};
use tree_sitter::Node;

use super::label::{bare_type, field};
use super::rule::{Label, Members, Name, attribute, comment_if, define, open, open_large, wrap};
use super::{Grammar, Rule, Source};

pub(super) static RUST: Grammar = Grammar::new(|| tree_sitter_rust::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment_if("line_comment", is_outer),
    comment_if("block_comment", is_outer),
    attribute("attribute_item"),
    define("function_item", Function, "fn", Name::Field("name")),
    define("function_signature_item", Function, "fn", Name::Field("name")),
    define("struct_item", Type, "struct", Name::Field("name")).members(Members::Never),
    define("union_item", Type, "union", Name::Field("name")).members(Members::Never),
    define("enum_item", Type, "enum", Name::Field("name")),
    define("enum_variant", Constant, "", Name::Field("name")).members(Members::Never),
    define("trait_item", Interface, "trait", Name::Field("name")),
    define("impl_item", Type, "impl", Name::By(implementation)),
    define("mod_item", Module, "mod", Name::By(module)),
    define("type_item", Type, "type", Name::Field("name")).members(Members::Never),
    define("associated_type", Type, "type", Name::Field("name")).members(Members::Never),
    define("const_item", Constant, "const", Name::Field("name")).members(Members::Never),
    define("static_item", Constant, "static", Name::Field("name")).members(Members::Never),
    define("macro_definition", Macro, "macro", Name::Field("name")),
    wrap("foreign_mod_item"),
    open("declaration_list"),
    open("enum_variant_list"),
    open("block"),
    open_large("expression_statement"),
    open_large("unsafe_block"),
];

/// `//!` and `/*!` are about what they stand in, not about what follows.
fn is_outer(comment: &str) -> bool {
    !comment.starts_with("//!") && !comment.starts_with("/*!")
}

fn implementation(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let of = bare_type(field(node, "type", text)?);
    Some(Label::shown(match field(node, "trait", text) {
        Some(implemented) => format!("{} for {of}", bare_type(implemented)),
        None => of,
    }))
}

/// `mod name;` defines nothing here.
fn module(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    node.child_by_field_name("body")?;
    field(node, "name", text).map(Label::named)
}
