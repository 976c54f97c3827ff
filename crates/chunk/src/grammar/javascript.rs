//! JavaScript, TypeScript and both with JSX.

use descry_base::SymbolKind::{Constant, Function, Interface, Method, Module, Section, Type};
use tree_sitter::Node;

use super::label::{child, field, one_line, unquoted};
use super::passes::{PassOn, pass_on};
use super::rule::{Label, Members, Name, attribute, comment, define, open, open_large, wrap};
use super::{Grammar, Rule, Source};

pub(super) static JAVASCRIPT: Grammar =
    Grammar::new(|| tree_sitter_javascript::LANGUAGE.into(), RULES).passing(PASSES);
pub(super) static TYPESCRIPT: Grammar =
    Grammar::new(|| tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(), RULES)
        .passing(PASSES)
        .joining();
pub(super) static TSX: Grammar =
    Grammar::new(|| tree_sitter_typescript::LANGUAGE_TSX.into(), RULES).passing(PASSES).joining();

const RULES: &[Rule] = &[
    comment("comment"),
    attribute("decorator"),
    wrap("export_statement"),
    wrap("ambient_declaration"),
    wrap("expression_statement"),
    wrap("lexical_declaration"),
    wrap("variable_declaration"),
    define("variable_declarator", Constant, "const", Name::By(variable)),
    define("assignment_expression", Function, "function", Name::By(assigned))
        .members(Members::Always),
    define("function_declaration", Function, "function", Name::Field("name")),
    define("generator_function_declaration", Function, "function", Name::Field("name")),
    define("function_signature", Function, "function", Name::Field("name")),
    define("class_declaration", Type, "class", Name::Field("name")),
    define("abstract_class_declaration", Type, "class", Name::Field("name")),
    open("class"),
    open("class_body"),
    define("method_definition", Method, "method", Name::Field("name")),
    define("method_signature", Method, "method", Name::Field("name")).members(Members::Never),
    define("abstract_method_signature", Method, "method", Name::Field("name"))
        .members(Members::Never),
    define("field_definition", Method, "method", Name::By(function_field)),
    define("public_field_definition", Method, "method", Name::By(function_field)),
    define("interface_declaration", Interface, "interface", Name::Field("name")),
    open("interface_body"),
    define("type_alias_declaration", Type, "type", Name::Field("name")).members(Members::Never),
    define("enum_declaration", Type, "enum", Name::Field("name")),
    open("enum_body"),
    define("enum_assignment", Constant, "", Name::Field("name")).members(Members::Never),
    define("property_identifier", Constant, "", Name::By(bare_member)).members(Members::Never),
    define("internal_module", Module, "namespace", Name::By(namespace)),
    define("module", Module, "module", Name::By(namespace)),
    open("object"),
    // Nested objects are searched too: `export default { methods: { add() {} } }`.
    define("pair", Method, "method", Name::By(function_pair)).members(Members::Always),
    define("call_expression", Section, "", Name::By(test_case)).members(Members::Large),
    open("arguments"),
    open("parenthesized_expression"),
    open("statement_block"),
    open_large("function_expression"),
    open_large("arrow_function"),
    open_large("if_statement"),
    open_large("else_clause"),
    open_large("return_statement"),
    open_large("unary_expression"),
    open_large("satisfies_expression"),
    open_large("as_expression"),
];

const PASSES: &[PassOn] = &[
    pass_on("export_clause", exported),
    pass_on("namespace_export", namespace_exported),
    pass_on("assignment_expression", set_on_exports),
];

fn is_function(value: Node<'_>) -> bool {
    matches!(value.kind(), "function_expression" | "arrow_function" | "generator_function")
}

fn variable(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = node.child_by_field_name("name").filter(|name| name.kind() == "identifier")?;
    let label = Label::named(text.of(name));
    let Some(value) = node.child_by_field_name("value") else { return Some(label) };
    Some(match value.kind() {
        _ if is_function(value) => label.with_keyword("function").with_kind(Function),
        "class" => label.with_keyword("class").with_kind(Type),
        // `require` is an import.
        "call_expression" if field(value, "function", text) == Some("require") => return None,
        _ => label,
    })
}

/// `exports.foo = function`, `Foo.prototype.bar = () =>`, `module.exports = class`.
fn assigned(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let left = node.child_by_field_name("left")?;
    let right = node.child_by_field_name("right")?;
    let full = one_line(text.of(left));
    let name = match left.kind() {
        "identifier" => full.as_str(),
        "member_expression" => field(left, "property", text)?,
        _ => return None,
    };
    let own = |label: Label| match full.as_str() {
        // An export with a name of its own keeps that name.
        "module.exports" => field(right, "name", text).map(Label::named),
        _ => Some(label),
    };
    let shown = full.strip_prefix("module.exports.").or(full.strip_prefix("exports."));
    let label = Label { shown: shown.unwrap_or(&full).into(), ..Label::named(name) };
    match right.kind() {
        _ if is_function(right) => own(label),
        "class" => Some(own(label)?.with_keyword("class").with_kind(Type)),
        _ => None,
    }
}

fn function_field(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    node.child_by_field_name("value").filter(|value| is_function(*value))?;
    field(node, "name", text).or(field(node, "property", text)).map(Label::named)
}

/// An enum member without a value, rather than the key of something else.
fn bare_member(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let after = text.0[text.range(node).end..].trim_start();
    after.starts_with([',', '}', '/']).then(|| Label::named(text.of(node)))
}

fn function_pair(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    node.child_by_field_name("value").filter(|value| is_function(*value))?;
    Some(Label::named(unquoted(field(node, "key", text)?)))
}

fn namespace(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    node.child_by_field_name("body")?;
    Some(Label::named(unquoted(field(node, "name", text)?)))
}

/// `describe("name", ...)` and `it("name", ...)` are known by their descriptions.
fn test_case(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let keyword = match field(node, "function", text)? {
        "describe" => "describe",
        "context" => "context",
        "suite" => "suite",
        "it" => "it",
        "test" => "test",
        _ => return None,
    };
    let name = child(node.child_by_field_name("arguments")?, "string")?;
    let name = one_line(unquoted(text.of(name)));
    Some(Label::shown(name).with_keyword(keyword))
}

/// The names of `export { A, B as C }`, with or without `from`: A and C.
fn exported<'t>(node: Node<'t>, text: Source<'_>) -> Vec<Node<'t>> {
    let name = |one: Node<'t>| {
        one.child_by_field_name("alias")
            .or(one.child_by_field_name("name"))
            .filter(|name| name.kind() == "identifier" && text.of(*name) != "default")
    };
    node.named_children(&mut node.walk()).filter_map(name).collect()
}

/// The name of `export * as N from`.
fn namespace_exported<'t>(node: Node<'t>, _: Source<'_>) -> Vec<Node<'t>> {
    child(node, "identifier").into_iter().collect()
}

/// The name of `exports.A = require('./a')` and of `exports.A = B`.
fn set_on_exports<'t>(node: Node<'t>, text: Source<'_>) -> Vec<Node<'t>> {
    let name = || {
        let left = node.child_by_field_name("left")?;
        let on = field(left, "object", text)?;
        let is_elsewhere = match node.child_by_field_name("right")? {
            right if right.kind() == "call_expression" => {
                field(right, "function", text) == Some("require")
            }
            right => matches!(right.kind(), "identifier" | "member_expression"),
        };
        (is_elsewhere && matches!(on, "exports" | "module.exports"))
            .then(|| left.child_by_field_name("property"))?
    };
    name().into_iter().collect()
}
