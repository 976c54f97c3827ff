//! HTML and CSS.

use descry_base::SymbolKind::Section;
use tree_sitter::Node;

use super::label::{child, one_line, unquoted};
use super::rule::{Label, Members, Name, comment, define, open};
use super::{Grammar, Rule, Source};

pub(super) static HTML: Grammar = Grammar::new(|| tree_sitter_html::LANGUAGE.into(), HTML_RULES);
pub(super) static CSS: Grammar = Grammar::new(|| tree_sitter_css::LANGUAGE.into(), CSS_RULES);

const HTML_RULES: &[Rule] = &[
    comment("comment"),
    define("element", Section, "", Name::By(element)),
    define("script_element", Section, "", Name::By(raw)).members(Members::Never),
    define("style_element", Section, "", Name::By(raw)).members(Members::Never),
];

/// Elements with an id are known by it (`section#install`); the others only contain them.
fn element(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let tag = child(node, "start_tag")?;
    let name = text.of(child(tag, "tag_name")?);
    let mut cursor = tag.walk();
    let mut attributes = tag.children(&mut cursor).filter(|node| node.kind() == "attribute");
    let id = attributes.find_map(|attribute| {
        let (key, value) = text.of(attribute).split_once('=')?;
        key.trim().eq_ignore_ascii_case("id").then(|| unquoted(value))
    })?;
    let id = one_line(id);
    Some(Label { shown: format!("{name}#{id}"), ..Label::named(&id) })
}

fn raw(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let tag = child(node, "start_tag")?;
    Some(Label::shown(text.of(child(tag, "tag_name")?)))
}

const CSS_RULES: &[Rule] = &[
    comment("comment"),
    comment("js_comment"),
    define("rule_set", Section, "", Name::By(prelude)).members(Members::Large),
    define("media_statement", Section, "", Name::By(prelude)),
    define("supports_statement", Section, "", Name::By(prelude)),
    define("keyframes_statement", Section, "", Name::By(prelude)).members(Members::Never),
    define("at_rule", Section, "", Name::By(prelude)),
    open("block"),
];

/// The text before the block.
fn prelude(node: Node<'_>, text: Source<'_>) -> Option<Label> {
    let (prelude, _) = text.of(node).split_once('{')?;
    Some(Label::named(&one_line(prelude)))
}
