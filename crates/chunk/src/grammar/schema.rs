//! Protobuf and GraphQL.

use descry_base::SymbolKind::{Constant, Function, Interface, Macro, Method, Section, Type};
use tree_sitter::Node;

use super::label::child;
use super::rule::{Label, Members, Name, comment, define, open};
use super::{Grammar, Rule, Source};

pub(super) static PROTOBUF: Grammar =
    Grammar::new(|| tree_sitter_proto::LANGUAGE.into(), PROTOBUF_RULES);
pub(super) static GRAPHQL: Grammar = Grammar {
    inner_doc: Some(description),
    ..Grammar::new(|| tree_sitter_graphql::LANGUAGE.into(), GRAPHQL_RULES)
};

const PROTOBUF_RULES: &[Rule] = &[
    comment("comment"),
    define("message", Type, "message", Name::Child("message_name")),
    define("group", Type, "group", Name::Child("message_name")),
    define("enum", Type, "enum", Name::Child("enum_name")),
    define("enum_field", Constant, "", Name::Child("identifier")).members(Members::Never),
    define("service", Interface, "service", Name::Child("service_name")),
    define("rpc", Method, "rpc", Name::Child("rpc_name")).members(Members::Never),
    define("extend", Type, "extend", Name::By(extended)),
    define("field", Constant, "", Name::By(member)).members(Members::Never),
    define("map_field", Constant, "", Name::By(member)).members(Members::Never),
    define("oneof", Constant, "oneof", Name::By(member)).members(Members::Never),
    open("message_body"),
    open("enum_body"),
];

/// An extended message is defined elsewhere.
fn extended(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    Some(Label::shown(text.of(child(node, "full_ident")?)))
}

/// A field keeps its comments in a large message, but its name is not searched for.
fn member(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    Some(Label::shown(text.of(child(node, "identifier")?)))
}

const GRAPHQL_RULES: &[Rule] = &[
    comment("comment"),
    open("document"),
    open("definition"),
    open("executable_definition"),
    open("type_system_definition"),
    open("type_system_extension"),
    open("type_definition"),
    open("type_extension"),
    define("schema_definition", Section, "", Name::By(schema)).members(Members::Never),
    define("schema_extension", Section, "extend", Name::By(schema)).members(Members::Never),
    define("object_type_definition", Type, "type", Name::Child("name")),
    define("object_type_extension", Type, "extend type", Name::By(extension)),
    define("interface_type_definition", Interface, "interface", Name::Child("name")),
    define("interface_type_extension", Interface, "extend interface", Name::By(extension)),
    define("input_object_type_definition", Type, "input", Name::Child("name")),
    define("input_object_type_extension", Type, "extend input", Name::By(extension)),
    define("enum_type_definition", Type, "enum", Name::Child("name")),
    define("enum_type_extension", Type, "extend enum", Name::By(extension)),
    define("union_type_definition", Type, "union", Name::Child("name")).members(Members::Never),
    define("union_type_extension", Type, "extend union", Name::By(extension))
        .members(Members::Never),
    define("scalar_type_definition", Type, "scalar", Name::Child("name")).members(Members::Never),
    define("scalar_type_extension", Type, "extend scalar", Name::By(extension))
        .members(Members::Never),
    define("directive_definition", Macro, "directive", Name::Child("name")),
    define("operation_definition", Function, "query", Name::By(operation)).members(Members::Never),
    define("fragment_definition", Function, "fragment", Name::Child("fragment_name"))
        .members(Members::Never),
    open("fields_definition"),
    open("input_fields_definition"),
    open("enum_values_definition"),
    define("field_definition", Constant, "", Name::By(field)).members(Members::Never),
    define("input_value_definition", Constant, "", Name::By(input)).members(Members::Never),
    define("enum_value_definition", Constant, "", Name::Child("enum_value"))
        .members(Members::Never),
];

fn schema(_: Node<'_>, _: Source<'_>) -> Option<Label> {
    Some(Label::shown("schema"))
}

/// An extended type is defined elsewhere.
fn extension(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    Some(Label::shown(text.of(child(node, "name")?)))
}

/// An operation without a name is loose text.
fn operation(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let keyword = match text.of(child(node, "operation_type")?) {
        "mutation" => "mutation",
        "subscription" => "subscription",
        _ => "query",
    };
    Some(Label::named(text.of(child(node, "name")?)).with_keyword(keyword))
}

/// Fields that are searched for by name: those of the root types, and others with arguments.
fn field(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let name = text.of(child(node, "name")?);
    let around = node.parent()?.parent().and_then(|around| child(around, "name"));
    let is_root =
        around.is_some_and(|name| matches!(text.of(name), "Query" | "Mutation" | "Subscription"));
    match is_root || child(node, "arguments_definition").is_some() {
        true => Some(Label::named(name).with_kind(Method)),
        false => Some(Label::shown(name)),
    }
}

fn input(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    Some(Label::shown(text.of(child(node, "name")?)))
}

fn description(node: Node<'_>) -> Option<Node<'_>> {
    child(node, "description")
}
