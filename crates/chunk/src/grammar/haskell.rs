//! Haskell. A signature and the following equations are one definition.

use descry_base::SymbolKind::{Function, Interface, Type};
use tree_sitter::Node;

use super::label::{child, field, one_line};
use super::rule::{Label, Members, Name, attribute, comment, define, open};
use super::{Grammar, Rule, Source};

pub(super) static HASKELL: Grammar =
    Grammar::new(|| tree_sitter_haskell::LANGUAGE.into(), RULES).joining();

const RULES: &[Rule] = &[
    comment("comment"),
    comment("haddock"),
    attribute("pragma"),
    open("imports"),
    open("declarations"),
    define("signature", Function, "", Name::By(value)).members(Members::Never),
    define("function", Function, "", Name::By(value)).members(Members::Never),
    define("bind", Function, "", Name::By(value)).members(Members::Never),
    define("data_type", Type, "data", Name::Field("name")).members(Members::Never),
    define("newtype", Type, "newtype", Name::Field("name")).members(Members::Never),
    // The grammar's spelling varies across versions.
    define("type_synonym", Type, "type", Name::Field("name")).members(Members::Never),
    define("type_synomym", Type, "type", Name::Field("name")).members(Members::Never),
    define("type_family", Type, "type family", Name::Field("name")).members(Members::Never),
    define("data_family", Type, "data family", Name::Field("name")).members(Members::Never),
    define("class", Interface, "class", Name::Field("name")),
    define("instance", Type, "instance", Name::By(instance)),
    open("class_declarations"),
    open("instance_declarations"),
];

fn value(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = match child(node, "infix") {
        Some(infix) => field(infix, "operator", text)?,
        None => field(node, "name", text).or_else(|| field(node, "names", text))?,
    };
    Some(Label::named(name.trim_matches(['(', ')', '`'])))
}

/// An instance defines no name of its own.
fn instance(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = field(node, "name", text)?;
    let of = field(node, "patterns", text).unwrap_or_default();
    Some(Label::shown(one_line(&format!("{name} {of}"))))
}
