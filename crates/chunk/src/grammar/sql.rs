//! SQL.

use descry_base::SymbolKind::{Constant, Function, Module, Type};
use tree_sitter::Node;

use super::label::{child_of, field};
use super::rule::{Label, Members, Name, Rule, comment, define, wrap};
use super::{Grammar, Source};

pub(super) static SQL: Grammar = Grammar::new(|| tree_sitter_sequel::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    comment("marginalia"),
    wrap("statement"),
    define("create_table", Type, "table", Name::By(created)).members(Members::Never),
    define("create_view", Type, "view", Name::By(created)).members(Members::Never),
    define("create_materialized_view", Type, "view", Name::By(created)).members(Members::Never),
    define("create_type", Type, "type", Name::By(created)).members(Members::Never),
    define("create_function", Function, "function", Name::By(created)).members(Members::Never),
    define("create_procedure", Function, "procedure", Name::By(created)).members(Members::Never),
    define("create_trigger", Function, "trigger", Name::By(created)).members(Members::Never),
    define("create_index", Constant, "index", Name::Field("column")).members(Members::Never),
    define("create_sequence", Constant, "sequence", Name::By(created)).members(Members::Never),
    define("create_schema", Module, "schema", Name::Child("identifier")).members(Members::Never),
];

fn created(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let reference = child_of(node, &["object_reference"])?;
    let name = field(reference, "name", text)?.trim_matches(['"', '`', '[', ']']);
    Some(Label::named(name))
}
