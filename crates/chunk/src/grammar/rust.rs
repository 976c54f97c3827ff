//! Rust.

use descry_base::SymbolKind::{Constant, Function, Interface, Macro, Module, Type};
use tree_sitter::Node;

use super::label::{bare_type, child, field};
use super::passes::{PassOn, pass_on};
use super::rule::{Label, Members, Name, attribute, comment_if, define, open, open_large, wrap};
use super::{Grammar, Rule, Source};

pub(super) static RUST: Grammar =
    Grammar::new(|| tree_sitter_rust::LANGUAGE.into(), RULES).passing(PASSES);

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

const PASSES: &[PassOn] = &[pass_on("use_declaration", public_use)];

/// `//!` and `/*!` document the enclosing item, not the following one.
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

/// The names of `pub use a::{B, c::{self, D}, E as F}`: B, c, D and F.
fn public_use<'t>(node: Node<'t>, text: Source<'_>) -> Vec<Node<'t>> {
    let mut out = Vec::new();
    if child(node, "visibility_modifier").is_none() {
        return out;
    }
    let mut rest: Vec<Node<'_>> = node.child_by_field_name("argument").into_iter().collect();
    while let Some(used) = rest.pop() {
        match used.kind() {
            "identifier" => out.push(used),
            "scoped_identifier" => out.extend(used.child_by_field_name("name")),
            "use_as_clause" => out.extend(used.child_by_field_name("alias")),
            "scoped_use_list" => rest.extend(used.child_by_field_name("list")),
            "use_list" => {
                let end = rest.len();
                rest.extend(used.named_children(&mut used.walk()));
                rest[end..].reverse();
            }
            // In the list of a path, the path itself.
            "self" => out.extend(used.parent().and_then(|list| path_of(list.parent()?))),
            _ => {}
        }
    }
    out.retain(|name| text.of(*name) != "_");
    out
}

fn path_of(scoped_list: Node<'_>) -> Option<Node<'_>> {
    let path = scoped_list.child_by_field_name("path")?;
    match path.kind() {
        "scoped_identifier" => path.child_by_field_name("name"),
        "identifier" => Some(path),
        _ => None,
    }
}
