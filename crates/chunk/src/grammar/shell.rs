//! Shell scripts.

use descry_base::SymbolKind::{Constant, Function};
use tree_sitter::Node;

use super::label::field;
use super::rule::{Label, Members, Name, comment, define, open, wrap};
use super::{Grammar, Rule, Source};

pub(super) static BASH: Grammar = Grammar::new(|| tree_sitter_bash::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    define("function_definition", Function, "function", Name::Field("name"))
        .members(Members::Never),
    wrap("declaration_command"),
    define("variable_assignment", Constant, "", Name::By(variable)).members(Members::Never),
    open("if_statement"),
    open("elif_clause"),
    open("else_clause"),
];

/// Only names in capitals are meant for use elsewhere.
fn variable(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = field(node, "name", text)?;
    (!name.contains(char::is_lowercase)).then(|| Label::named(name))
}
