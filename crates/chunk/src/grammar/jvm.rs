//! Java, Kotlin and Scala.

use descry_base::SymbolKind::{Constant, Function, Interface, Method, Module, Type};
use tree_sitter::Node;

use super::label::{child, field, one_line};
use super::rule::{Label, Members, Name, comment, define, open, wrap};
use super::{Grammar, Rule, Source};

pub(super) static JAVA: Grammar = Grammar::new(|| tree_sitter_java::LANGUAGE.into(), JAVA_RULES);
pub(super) static KOTLIN: Grammar =
    Grammar::new(|| tree_sitter_kotlin_ng::LANGUAGE.into(), KOTLIN_RULES);
pub(super) static SCALA: Grammar =
    Grammar::new(|| tree_sitter_scala::LANGUAGE.into(), SCALA_RULES).swallowing();

const JAVA_RULES: &[Rule] = &[
    comment("line_comment"),
    comment("block_comment"),
    define("class_declaration", Type, "class", Name::Field("name")),
    define("record_declaration", Type, "record", Name::Field("name")),
    define("enum_declaration", Type, "enum", Name::Field("name")),
    define("interface_declaration", Interface, "interface", Name::Field("name")),
    define("annotation_type_declaration", Interface, "@interface", Name::Field("name")),
    define("enum_constant", Constant, "", Name::Field("name")),
    define("method_declaration", Method, "method", Name::Field("name")).members(Members::Never),
    define("constructor_declaration", Method, "constructor", Name::Field("name"))
        .members(Members::Never),
    define("compact_constructor_declaration", Method, "constructor", Name::Field("name"))
        .members(Members::Never),
    define("annotation_type_element_declaration", Method, "method", Name::Field("name"))
        .members(Members::Never),
    define("field_declaration", Constant, "", Name::By(java_field))
        .members(Members::Never)
        .capitals_in_types(),
    define("constant_declaration", Constant, "", Name::By(java_field)).members(Members::Never),
    open("class_body"),
    open("interface_body"),
    open("annotation_type_body"),
    open("enum_body"),
    open("enum_body_declarations"),
];

fn java_field(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    field(node.child_by_field_name("declarator")?, "name", text).map(Label::named)
}

const KOTLIN_RULES: &[Rule] = &[
    comment("line_comment"),
    comment("block_comment"),
    define("class_declaration", Type, "class", Name::By(kotlin_class)),
    define("object_declaration", Module, "object", Name::Field("name")),
    define("companion_object", Module, "companion", Name::By(kotlin_companion)),
    define("function_declaration", Function, "fun", Name::Field("name")).members(Members::Never),
    define("secondary_constructor", Method, "constructor", Name::By(kotlin_constructor))
        .members(Members::Never),
    define("property_declaration", Constant, "val", Name::By(kotlin_property))
        .members(Members::Never)
        .capitals_in_types(),
    define("type_alias", Type, "typealias", Name::Field("type")).members(Members::Never),
    define("enum_entry", Constant, "", Name::Child("identifier")),
    open("class_body"),
    open("enum_class_body"),
];

fn kotlin_class(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let label = Label::named(field(node, "name", text)?);
    Some(match () {
        () if child(node, "interface").is_some() => {
            label.with_keyword("interface").with_kind(Interface)
        }
        () if child(node, "enum_class_body").is_some() => label.with_keyword("enum class"),
        () => label,
    })
}

fn kotlin_companion(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    Some(field(node, "name", text).map_or_else(|| Label::shown("object"), Label::named))
}

fn kotlin_constructor(_: Node<'_>, _: Source<'_>) -> Option<Label> {
    Some(Label::shown("this"))
}

fn kotlin_property(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let variable = child(node, "variable_declaration")?;
    let name = child(variable, "identifier")?;
    let label = Label::named(text.of(name));
    Some(if child(node, "var").is_some() { label.with_keyword("var") } else { label })
}

const SCALA_RULES: &[Rule] = &[
    comment("comment"),
    comment("block_comment"),
    define("class_definition", Type, "class", Name::Field("name")),
    define("object_definition", Module, "object", Name::Field("name")),
    define("package_object", Module, "package object", Name::Field("name")),
    define("trait_definition", Interface, "trait", Name::Field("name")),
    define("enum_definition", Type, "enum", Name::Field("name")),
    define("simple_enum_case", Constant, "case", Name::Field("name")).members(Members::Never),
    define("full_enum_case", Constant, "case", Name::Field("name")).members(Members::Never),
    define("given_definition", Constant, "given", Name::Field("name")),
    define("function_definition", Function, "def", Name::Field("name")).members(Members::Never),
    define("function_declaration", Function, "def", Name::Field("name")).members(Members::Never),
    define("val_definition", Constant, "val", Name::By(scala_value))
        .members(Members::Never)
        .capitals_in_types(),
    define("var_definition", Constant, "var", Name::By(scala_value))
        .members(Members::Never)
        .capitals_in_types(),
    define("type_definition", Type, "type", Name::Field("name")).members(Members::Never),
    wrap("enum_case_definitions"),
    wrap("extension_definition"),
    open("package_clause"),
    open("template_body"),
    open("with_template_body"),
    open("enum_body"),
];

fn scala_value(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let pattern = node.child_by_field_name("pattern").filter(|p| p.kind() == "identifier")?;
    Some(Label::named(&one_line(text.of(pattern))))
}
