//! Go.

use descry_base::SymbolKind::{Constant, Function, Interface, Method, Type};
use tree_sitter::Node;

use super::label::{bare_type, field};
use super::rule::{Label, Members, Name, comment, define, open, wrap};
use super::{Grammar, Rule, Source};

pub(super) static GO: Grammar = Grammar::new(|| tree_sitter_go::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    wrap("type_declaration"),
    define("type_spec", Type, "type", Name::By(type_spec)),
    define("type_alias", Type, "type", Name::Field("name")).members(Members::Never),
    open("interface_type"),
    define("method_elem", Method, "func", Name::Field("name")).members(Members::Never),
    wrap("const_declaration"),
    define("const_spec", Constant, "const", Name::Field("name")).members(Members::Never),
    wrap("var_declaration"),
    open("var_spec_list"),
    define("var_spec", Constant, "var", Name::Field("name")).members(Members::Never),
    define("function_declaration", Function, "func", Name::Field("name")).members(Members::Never),
    define("method_declaration", Method, "func", Name::By(method)).members(Members::Never),
];

fn type_spec(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let label = Label::named(field(node, "name", text)?);
    let is_interface = node.child_by_field_name("type")?.kind() == "interface_type";
    Some(if is_interface { label.with_kind(Interface) } else { label })
}

/// The receiver's type is the owner: `func (c *Context) Bind` is `Context > func Bind`.
fn method(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let receiver = node.child_by_field_name("receiver")?.named_child(0)?;
    let owner = field(receiver, "type", text).map(bare_type);
    Some(Label { owner, ..Label::named(field(node, "name", text)?) })
}
