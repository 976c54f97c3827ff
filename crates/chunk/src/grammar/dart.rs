//! Dart.

use descry_base::SymbolKind::{Constant, Function, Method, Section, Type};
use tree_sitter::Node;

use super::label::{child, child_of, field, one_line, unquoted};
use super::passes::{PassOn, pass_on};
use super::rule::{Label, Members, Name, comment, define, open, open_large, wrap};
use super::{Grammar, Rule, Source};

pub(super) static DART: Grammar =
    Grammar::new(|| tree_sitter_dart::LANGUAGE.into(), RULES).passing(PASSES);

const RULES: &[Rule] = &[
    comment("comment"),
    comment("block_comment"),
    comment("documentation_comment"),
    comment("documentation_block_comment"),
    define("class_declaration", Type, "class", Name::By(class)),
    define("mixin_declaration", Type, "mixin", Name::Field("name")),
    define("extension_declaration", Type, "extension", Name::By(extension)),
    define("extension_type_declaration", Type, "extension type", Name::Field("name")),
    define("enum_declaration", Type, "enum", Name::Field("name")),
    define("enum_entry", Constant, "", Name::Field("name")).members(Members::Never),
    define("type_alias", Type, "typedef", Name::Child("type_identifier")).members(Members::Never),
    open("class_body"),
    open("extension_body"),
    open("enum_body"),
    wrap("member_declaration"),
    define("method_declaration", Method, "method", Name::By(callable)),
    define("declaration", Method, "method", Name::By(member)).members(Members::Never),
    define("function_declaration", Function, "function", Name::By(callable)),
    define("getter_declaration", Function, "get", Name::By(callable)),
    define("setter_declaration", Function, "set", Name::By(callable)),
    define("external_function_declaration", Function, "function", Name::By(callable)),
    define("local_function_declaration", Function, "function", Name::By(callable)),
    define("top_level_variable_declaration", Constant, "var", Name::By(variables))
        .members(Members::Never),
    wrap("expression_statement"),
    define("call_expression", Section, "", Name::By(test_case)).members(Members::Large),
    open("function_body"),
    open("function_expression_body"),
    open("block"),
    open("arguments"),
    open_large("function_expression"),
    open_large("if_statement"),
];

const PASSES: &[PassOn] = &[pass_on("import_or_export", shown_of_export)];

/// A class, or a class alias (`class A = B with C;`).
fn class(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = field(node, "name", text);
    let alias = || Some(text.of(child(child(node, "mixin_application_class")?, "identifier")?));
    Some(Label::named(name.or_else(alias)?))
}

/// An extension without a name is known by the type that it extends.
fn extension(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    match field(node, "name", text) {
        Some(name) => Some(Label::named(name)),
        None => Some(Label::shown(format!("on {}", one_line(field(node, "class", text)?)))),
    }
}

/// A function, method, getter, setter, operator or constructor with its signature.
fn callable(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    const OUTER: [&str; 2] = ["method_signature", "declaration"];
    const SIGNATURES: [&str; 9] = [
        "function_signature",
        "getter_signature",
        "setter_signature",
        "operator_signature",
        "constructor_signature",
        "constant_constructor_signature",
        "factory_constructor_signature",
        "redirecting_factory_constructor_signature",
        "primary_constructor_body_signature",
    ];
    let around = child_of(node, &OUTER).unwrap_or(node);
    let signature = child_of(around, &SIGNATURES)?;
    let mut cursor = signature.walk();
    // The dot in `Cart.empty` is an unnamed node with this field.
    let names = signature.children_by_field_name("name", &mut cursor).filter(Node::is_named);
    let names: Vec<&str> = names.map(|name| text.of(name)).collect();
    let label = Label::named(names.last().copied().unwrap_or_default());
    Some(match signature.kind() {
        "function_signature" => label,
        "getter_signature" => label.with_keyword("get"),
        "setter_signature" => label.with_keyword("set"),
        "operator_signature" => {
            Label::named(&format!("operator{}", field(signature, "operator", text)?))
        }
        _ => Label { shown: names.join("."), ..label }.with_keyword("constructor"),
    })
}

/// A member without a body: a constructor, an abstract method or a constant; fields stay with their
/// type.
fn member(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    callable(node, text).or_else(|| {
        child(node, "static")?;
        variables(node, text)
    })
}

/// The variables of one declaration.
fn variables(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let list = child_of(node, &["static_final_declaration_list", "initialized_identifier_list"])?;
    let mut cursor = list.walk();
    let names: Vec<String> = list
        .named_children(&mut cursor)
        .filter_map(|variable| Some(field(variable, "name", text)?.to_string()))
        .collect();
    let keyword = match () {
        () if child(node, "const").is_some() => "const",
        () if child(node, "final").is_some() => "final",
        () => "var",
    };
    let label = Label { shown: one_line(&names.join(", ")), names, ..Label::default() };
    Some(label.with_keyword(keyword).with_kind(Constant))
}

/// `group('name', ...)` and `test('name', ...)` are known by their descriptions.
fn test_case(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let keyword = match field(node, "function", text)? {
        "group" => "group",
        "test" => "test",
        "testWidgets" => "testWidgets",
        _ => return None,
    };
    let name = child(node.child_by_field_name("arguments")?, "string_literal")?;
    Some(Label::shown(one_line(unquoted(text.of(name)))).with_keyword(keyword))
}

/// The names of `export 'a.dart' show A, B`.
fn shown_of_export<'t>(node: Node<'t>, text: Source<'_>) -> Vec<Node<'t>> {
    let mut out = Vec::new();
    let Some(export) = child(node, "library_export") else { return out };
    for combinator in export.named_children(&mut export.walk()) {
        if combinator.kind() == "combinator" && text.of(combinator).starts_with("show") {
            out.extend(combinator.named_children(&mut combinator.walk()));
        }
    }
    out.retain(|name| name.kind() == "identifier");
    out
}
