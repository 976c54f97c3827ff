//! Ruby.

use descry_base::SymbolKind::{Constant, Function, Method, Module, Section, Type};
use tree_sitter::Node;

use super::label::{child_of, field, one_line, shown, unquoted};
use super::rule::{Label, Name, comment, define, open, open_large};
use super::{Grammar, Rule, Source};

pub(super) static RUBY: Grammar = Grammar::new(|| tree_sitter_ruby::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    define("module", Module, "module", Name::By(scoped)),
    define("class", Type, "class", Name::By(scoped)),
    define("singleton_class", Type, "class", Name::By(singleton_class)),
    define("method", Function, "def", Name::Field("name")),
    define("singleton_method", Method, "def", Name::By(singleton_method)),
    define("assignment", Constant, "", Name::By(constant)),
    define("call", Section, "", Name::By(call)),
    open("argument_list"),
    open("body_statement"),
    open("block_body"),
    open("do_block"),
    open("block"),
    open_large("if"),
    open_large("unless"),
    open_large("then"),
    open_large("begin"),
];

fn scoped(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let full = field(node, "name", text)?;
    let name = full.rsplit("::").next().unwrap_or(full);
    Some(Label { shown: full.into(), ..Label::named(name) })
}

fn singleton_class(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    Some(Label::shown(format!("<< {}", field(node, "value", text)?)))
}

fn singleton_method(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = field(node, "name", text)?;
    let object = field(node, "object", text)?;
    Some(Label { shown: format!("{object}.{name}"), ..Label::named(name) })
}

fn constant(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let left = node.child_by_field_name("left").filter(|left| left.kind() == "constant")?;
    Some(Label::named(text.of(left)))
}

/// Calls that define something (`attr_reader :name`) or name a block (`describe "name" do`).
fn call(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    const ACCESSORS: [&str; 3] = ["attr_accessor", "attr_reader", "attr_writer"];
    const DEFINERS: [&str; 3] = ["define_method", "scope", "task"];
    const BLOCKS: [&str; 7] =
        ["describe", "context", "it", "namespace", "feature", "scenario", "test"];
    let method = field(node, "method", text)?;
    let word = |words: &[&'static str]| words.iter().copied().find(|word| *word == method);
    let arguments = node.child_by_field_name("arguments")?;
    let symbol = |node: Node<'_>| text.of(node).trim_matches([':', '"']).to_string();
    if let Some(keyword) = word(&ACCESSORS) {
        let mut cursor = arguments.walk();
        let symbols = arguments.named_children(&mut cursor);
        let names: Vec<_> =
            symbols.filter(|node| node.kind() == "simple_symbol").map(symbol).collect();
        let label = Label { names: names.clone(), ..Label::shown(one_line(&names.join(", "))) };
        return Some(label.with_keyword(keyword).with_kind(Method));
    }
    if let Some(keyword) = word(&DEFINERS) {
        let name = symbol(child_of(arguments, &["simple_symbol"])?);
        return Some(Label::named(&name).with_keyword(keyword).with_kind(Method));
    }
    let keyword = word(&BLOCKS)?;
    node.child_by_field_name("block")?;
    let name = shown(arguments.named_child(0)?, text);
    Some(Label::shown(unquoted(&name)).with_keyword(keyword))
}
