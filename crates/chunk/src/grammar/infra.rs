//! Terraform (HCL) and Dockerfiles.

use descry_base::SymbolKind::{Constant, Module, Section};
use tree_sitter::Node;

use super::label::{child, field, one_line, shown, unquoted};
use super::rule::{Label, Members, Name, comment, define, open};
use super::{Grammar, Rule, Source};

pub(super) static TERRAFORM: Grammar =
    Grammar::new(|| tree_sitter_hcl::LANGUAGE.into(), TERRAFORM_RULES);
pub(super) static DOCKERFILE: Grammar =
    Grammar::new(|| tree_sitter_containerfile::LANGUAGE.into(), DOCKERFILE_RULES).reaching();

const TERRAFORM_RULES: &[Rule] = &[
    comment("comment"),
    open("body"),
    define("block", Section, "", Name::By(block)),
    define("attribute", Section, "", Name::By(attribute)).members(Members::Never),
];

/// `resource "aws_s3_bucket" "logs"` is shown as `resource aws_s3_bucket.logs`; its names are
/// `logs` and `aws_s3_bucket.logs`. A block inside another defines nothing.
fn block(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let mut cursor = node.walk();
    let mut words = node
        .named_children(&mut cursor)
        .take_while(|node| matches!(node.kind(), "identifier" | "string_lit"))
        .map(|node| one_line(unquoted(text.of(node))));
    let keyword = words.next()?;
    let labels: Vec<String> = words.collect();
    let full = labels.join(".");
    let label = match full.is_empty() {
        true => Label::shown(keyword.as_str()),
        false => Label::shown(format!("{keyword} {full}")),
    };
    if is_inside_block(node) || matches!(keyword.as_str(), "provider" | "moved") {
        return Some(label);
    }
    let mut names: Vec<String> = labels.last().cloned().into_iter().collect();
    if labels.len() > 1 {
        names.push(full);
    }
    let label = Label { names, ..label };
    Some(match keyword.as_str() {
        "variable" | "output" => label.with_kind(Constant),
        "module" => label.with_kind(Module),
        _ => label,
    })
}

/// A value in `locals` or outside any block, as in a variables file.
fn attribute(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let label = Label::named(text.of(child(node, "identifier")?));
    if !is_inside_block(node) {
        return Some(label);
    }
    let around = node.parent()?.parent()?;
    let is_local = text.of(child(around, "identifier")?) == "locals";
    is_local.then(|| label.with_keyword("local").with_kind(Constant))
}

fn is_inside_block(node: Node<'_>) -> bool {
    let around = node.parent().and_then(|body| body.parent());
    around.is_some_and(|around| around.kind() == "block")
}

const DOCKERFILE_RULES: &[Rule] = &[
    comment("comment"),
    define("from_instruction", Section, "stage", Name::By(stage)).members(Members::Never),
];

/// `FROM golang AS build` begins the stage `build`; a stage without a name is known by its image.
fn stage(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    match field(node, "as", text) {
        Some(name) => Some(Label::named(name)),
        None => Some(Label::shown(shown(child(node, "image_spec")?, text)).with_keyword("FROM")),
    }
}
