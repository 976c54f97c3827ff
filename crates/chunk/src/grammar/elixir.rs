//! Elixir, where every definition is a call.

use descry_base::SymbolKind::{Function, Interface, Macro, Module, Section, Type};
use tree_sitter::Node;

use super::label::{child, field, one_line, unquoted};
use super::rule::{Label, Members, Name, comment, comment_if, define, open};
use super::{Grammar, Rule, Source};

pub(super) static ELIXIR: Grammar =
    Grammar::new(|| tree_sitter_elixir::LANGUAGE.into(), RULES).joining();

const RULES: &[Rule] = &[
    comment("comment"),
    comment_if("unary_operator", is_about_next),
    define("call", Section, "", Name::By(call)).members(Members::Always),
    open("do_block"),
];

/// Module attributes that belong to the function after them.
fn is_about_next(text: &str) -> bool {
    ["@doc", "@spec", "@impl", "@typedoc", "@deprecated", "@since", "@tag", "@decorate"]
        .iter()
        .any(|attribute| text.starts_with(attribute))
}

fn call(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let (keyword, kind) = match field(node, "target", text)? {
        "defmodule" => ("defmodule", Module),
        "defprotocol" => ("defprotocol", Interface),
        "defimpl" => ("defimpl", Type),
        "def" => ("def", Function),
        "defp" => ("defp", Function),
        "defmacro" => ("defmacro", Macro),
        "defmacrop" => ("defmacrop", Macro),
        "defguard" => ("defguard", Function),
        "defguardp" => ("defguardp", Function),
        "defdelegate" => ("defdelegate", Function),
        "describe" => ("describe", Section),
        "test" => ("test", Section),
        _ => return None,
    };
    let first = child(node, "arguments")?.named_child(0)?;
    let named = |name: &str| Some(Label::named(name).with_keyword(keyword).with_kind(kind));
    let shown = |name: String| Some(Label::shown(name).with_keyword(keyword).with_kind(kind));
    match keyword {
        "describe" | "test" => shown(one_line(unquoted(text.of(first)))),
        "defimpl" => shown(one_line(text.of(first))),
        "defmodule" | "defprotocol" => {
            let full = text.of(first);
            let name = full.rsplit('.').next().unwrap_or(full);
            Some(Label { shown: full.into(), ..named(name)? })
        }
        _ => named(text.of(head(first, text)?)),
    }
}

/// The name in `name(a, b) when guard`, `name(a)`, `name` or `a <~> b`.
fn head<'n>(mut node: Node<'n>, text: Source<'_>) -> Option<Node<'n>> {
    loop {
        node = match node.kind() {
            "binary_operator" if field(node, "operator", text)? == "when" => {
                node.child_by_field_name("left")?
            }
            "binary_operator" | "unary_operator" => return node.child_by_field_name("operator"),
            "call" => node.child_by_field_name("target")?,
            _ => return Some(node),
        };
    }
}
