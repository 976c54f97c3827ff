//! Zig, where types are the values of constants.

use descry_base::SymbolKind::{Constant, Function, Section, Type};
use tree_sitter::Node;

use super::label::{child, one_line, unquoted};
use super::rule::{Label, Members, Name, comment_if, define, open};
use super::{Grammar, Rule, Source};

pub(super) static ZIG: Grammar = Grammar::new(|| tree_sitter_zig::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment_if("comment", |text| !text.starts_with("//!")),
    define("function_declaration", Function, "fn", Name::Field("name")),
    define("variable_declaration", Constant, "const", Name::By(variable)),
    define("test_declaration", Section, "test", Name::By(test)).members(Members::Never),
    open("struct_declaration"),
    open("enum_declaration"),
    open("union_declaration"),
    open("opaque_declaration"),
    open("comptime_declaration"),
    open("block"),
    open("expression_statement"),
    open("return_expression"),
];

fn variable(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let label = Label::named(text.of(child(node, "identifier")?));
    let value = node.named_children(&mut node.walk()).last()?;
    let keyword = match value.kind() {
        "struct_declaration" => "struct",
        "enum_declaration" => "enum",
        "union_declaration" => "union",
        "opaque_declaration" => "opaque",
        "error_set_declaration" => "error",
        // An import.
        "builtin_function" if text.of(value).starts_with("@import") => return None,
        _ => return Some(label),
    };
    Some(label.with_keyword(keyword).with_kind(Type))
}

fn test(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = node.named_child(0).filter(|name| name.kind() != "block")?;
    Some(Label::shown(unquoted(&one_line(text.of(name)))))
}
