//! JSON, TOML and YAML, by their keys.

use descry_base::SymbolKind::Section;
use tree_sitter::Node;

use super::label::{child_of, field, one_line, unquoted};
use super::rule::{Label, Members, Name, comment, define, open};
use super::{Grammar, Rule, Source};

pub(super) static JSON: Grammar = Grammar::new(|| tree_sitter_json::LANGUAGE.into(), JSON_RULES);
pub(super) static TOML: Grammar = Grammar::new(|| tree_sitter_toml_ng::LANGUAGE.into(), TOML_RULES);
pub(super) static YAML: Grammar =
    Grammar::new(|| tree_sitter_yaml::LANGUAGE.into(), YAML_RULES).swallowing();

const JSON_RULES: &[Rule] = &[
    comment("comment"),
    define("pair", Section, "", Name::By(key)).members(Members::Large),
    open("object"),
    open("array"),
];

const TOML_RULES: &[Rule] = &[
    comment("comment"),
    define("table", Section, "", Name::By(toml_key)),
    define("table_array_element", Section, "", Name::By(toml_key)),
    define("pair", Section, "", Name::By(toml_key)).members(Members::Never),
];

const YAML_RULES: &[Rule] = &[
    comment("comment"),
    define("block_mapping_pair", Section, "", Name::By(key)).members(Members::Large),
    open("document"),
    open("block_node"),
    open("block_mapping"),
    open("block_sequence"),
    open("block_sequence_item"),
];

fn key(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    Some(Label::named(unquoted(&one_line(field(node, "key", text)?))))
}

fn toml_key(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let key = child_of(node, &["bare_key", "dotted_key", "quoted_key"])?;
    Some(Label::named(unquoted(&one_line(text.of(key)))))
}
