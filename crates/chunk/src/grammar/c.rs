//! C and C++.

use descry_base::SymbolKind::{Constant, Function, Macro, Method, Module, Type};
use tree_sitter::Node;

use super::label::{bare_type, child_of, field, one_line};
use super::rule::{Label, Members, Name, comment, define, open, open_large, wrap};
use super::{Grammar, Rule, Source};

pub(super) static C: Grammar = Grammar::new(|| tree_sitter_c::LANGUAGE.into(), RULES);
pub(super) static CPP: Grammar = Grammar::new(|| tree_sitter_cpp::LANGUAGE.into(), RULES);

const RULES: &[Rule] = &[
    comment("comment"),
    define("preproc_def", Macro, "#define", Name::By(object_macro)),
    define("preproc_function_def", Macro, "#define", Name::Field("name")),
    define("type_definition", Type, "typedef", Name::By(typedef)),
    define("struct_specifier", Type, "struct", Name::By(with_body)),
    define("union_specifier", Type, "union", Name::By(with_body)),
    define("class_specifier", Type, "class", Name::By(with_body)),
    define("enum_specifier", Type, "enum", Name::By(with_body)),
    open("enumerator_list"),
    define("enumerator", Constant, "", Name::Field("name")).members(Members::Never),
    define("function_definition", Function, "function", Name::By(function)),
    define("declaration", Constant, "", Name::By(declaration)),
    define("alias_declaration", Type, "using", Name::Field("name")).members(Members::Never),
    define("concept_definition", Type, "concept", Name::Field("name")).members(Members::Never),
    define("namespace_definition", Module, "namespace", Name::By(namespace)),
    wrap("template_declaration"),
    wrap("field_declaration"),
    open("field_declaration_list"),
    open("linkage_specification"),
    open("declaration_list"),
    open("preproc_if"),
    open("preproc_ifdef"),
    open("preproc_else"),
    open("preproc_elif"),
    open("preproc_elifdef"),
    open_large("compound_statement"),
];

/// A macro without a value is an include guard or a mere flag.
fn object_macro(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    node.child_by_field_name("value")?;
    field(node, "name", text).map(Label::named)
}

/// The name at the end of a chain of declarators, and the scope written before it.
fn declared<'t>(node: Node<'_>, text: Source<'t>) -> Option<(Option<&'t str>, &'t str)> {
    let mut node = node.child_by_field_name("declarator")?;
    let mut scope = None;
    loop {
        node = match node.kind() {
            "identifier" | "field_identifier" | "type_identifier" | "destructor_name"
            | "operator_name" | "operator_cast" => {
                let name = text.of(node).trim();
                // The parser inserts an empty name where one is missing.
                return (!name.is_empty()).then_some((scope, name));
            }
            "qualified_identifier" => {
                scope = field(node, "scope", text).or(scope);
                node.child_by_field_name("name")?
            }
            "template_function" => node.child_by_field_name("name")?,
            _ => match node.child_by_field_name("declarator") {
                Some(inner) => inner,
                None => node.named_children(&mut node.walk()).find(|inner| {
                    inner.kind().ends_with("declarator") || inner.kind().ends_with("identifier")
                })?,
            },
        };
    }
}

/// `bool a::Foo<T>::empty() const` is `Foo > function empty`.
fn function(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let (scope, name) = declared(node, text)?;
    let label = Label::named(&one_line(name));
    Some(match scope {
        Some(scope) => Label { owner: Some(bare_type(scope)), ..label }.with_kind(Method),
        None => label,
    })
}

/// A variable, or a function prototype, which is shown but defined elsewhere. Declarations inside a
/// type are its fields and stay with it.
fn declaration(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let in_type = node.parent().is_some_and(|parent| parent.kind() == "field_declaration_list");
    let type_body = node.child_by_field_name("type")?.child_by_field_name("body");
    if in_type || type_body.is_some() {
        return None;
    }
    let (scope, name) = declared(node, text)?;
    let label = Label { owner: scope.map(bare_type), ..Label::named(name) };
    let is_prototype = |mut node: Node<'_>| loop {
        match node.child_by_field_name("declarator") {
            Some(inner) if inner.kind() == "init_declarator" => return false,
            Some(inner) if inner.kind() == "function_declarator" => return true,
            Some(inner) => node = inner,
            None => return false,
        }
    };
    let is_extern = child_of(node, &["storage_class_specifier"])
        .is_some_and(|storage| text.of(storage) == "extern");
    Some(match (is_prototype(node), is_extern) {
        (true, _) => {
            Label { names: Vec::new(), ..label }.with_keyword("function").with_kind(Function)
        }
        (false, true) => Label { names: Vec::new(), ..label },
        (false, false) => label,
    })
}

/// `typedef struct foo { ... } foo_t;` defines both names.
fn typedef(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let (_, name) = declared(node, text)?;
    let mut label = Label::named(name);
    let inner = node.child_by_field_name("type")?;
    if inner.child_by_field_name("body").is_some()
        && let Some(tag) = field(inner, "name", text).filter(|tag| *tag != name)
    {
        label.names.push(tag.into());
    }
    Some(label)
}

/// A type with a body; without one it is only mentioned. A typedef's struct takes the typedef's
/// name.
fn with_body(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    node.child_by_field_name("body")?;
    if node.parent().is_some_and(|parent| parent.kind() == "type_definition") {
        return None;
    }
    Some(Label::named(&one_line(field(node, "name", text)?)))
}

fn namespace(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    field(node, "name", text).map(Label::named)
}
