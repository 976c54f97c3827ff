//! Vue and Svelte components: each script is parsed as a file of its own; markup and style are
//! loose text.

use std::ops::Range;

use descry_base::Language;

use super::Item;

/// A component has one script, or one for the module and one for the instance. Text with more is
/// unusual, and each script would have its own parsing limit.
const MAX_SCRIPTS: usize = 8;

/// The scripts of a component, in order: the bytes between their tags, and the language.
pub(super) fn scripts(text: &str) -> Vec<(Range<usize>, Language)> {
    let mut out = Vec::new();
    let mut at = 0;
    while out.len() < MAX_SCRIPTS
        && let Some(open) = text[at..].find('<')
    {
        at += open;
        if let Some(comment) = text[at..].strip_prefix("<!--") {
            let Some(end) = comment.find("-->") else { break };
            at += "<!--".len() + end;
            continue;
        }
        let Some(inside) = after_name(&text[at..]) else {
            at += 1;
            continue;
        };
        let Some(end) = tag_end(inside) else { break };
        let attributes = &inside[..end];
        let start = text.len() - inside.len() + end + 1;
        at = start;
        if attributes.ends_with('/') {
            continue;
        }
        let close = text.as_bytes()[start..].windows(8).position(is_close);
        at = close.map_or(text.len(), |close| start + close);
        if let Some(language) = language(attributes) {
            out.push((start..at, language));
        }
    }
    out
}

/// Moves definitions found in a script by the script's offset in the text.
pub(super) fn moved(mut items: Vec<Item>, by: usize) -> Vec<Item> {
    for item in &mut items {
        item.range = item.range.start + by..item.range.end + by;
        item.at += by;
        item.doc = item.doc.take().map(|doc| doc.start + by..doc.end + by);
        item.children = moved(std::mem::take(&mut item.children), by);
    }
    items
}

/// The text after `<script`, if that is the whole name of the tag.
fn after_name(tag: &str) -> Option<&str> {
    let (name, inside) = tag.split_at_checked("<script".len())?;
    let is_whole = inside.starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'));
    (name.eq_ignore_ascii_case("<script") && is_whole).then_some(inside)
}

fn is_close(bytes: &[u8]) -> bool {
    bytes.eq_ignore_ascii_case(b"</script")
}

/// The position of the tag's `>`, ignoring any inside a quoted value.
fn tag_end(inside: &str) -> Option<usize> {
    let mut quote = None;
    inside.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'>') => return true,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        false
    })
}

/// The language that `lang` or `type` names; `None` if it is not a supported script language.
fn language(attributes: &str) -> Option<Language> {
    let named = attribute(attributes, "lang").or_else(|| attribute(attributes, "type"));
    Some(match named.unwrap_or_default() {
        "" | "js" | "jsx" | "javascript" | "module" | "text/javascript" => Language::JavaScript,
        "ts" | "typescript" | "text/typescript" => Language::TypeScript,
        "tsx" => Language::Tsx,
        _ => return None,
    })
}

/// The value of the attribute with this name.
fn attribute<'t>(attributes: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = attributes.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        rest = after.trim_start();
        let Some(after) = rest.strip_prefix('=') else { continue };
        let after = after.trim_start();
        let value;
        (value, rest) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
            _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
        };
        rest = rest.trim_start();
        if key.eq_ignore_ascii_case(name) {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, Language)]) {
        let scripts = scripts(text);
        let found: Vec<_> =
            scripts.iter().map(|(range, language)| (&text[range.clone()], *language)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn between_their_tags() {
        use Language::{JavaScript, Tsx, TypeScript};
        check("<script>a</script>", &[("a", JavaScript)]);
        check("<b/><SCRIPT setup lang = 'ts'>a < b</Script ><p>", &[("a < b", TypeScript)]);
        check("<script lang=tsx\n>a</script><script>b", &[("a", Tsx), ("b", JavaScript)]);
        check("<script generics=\"T extends A<B>\" lang=\"ts\">a</script>", &[("a", TypeScript)]);
    }

    #[test]
    fn other_tags_are_not_scripts() {
        check("<scripts>a</scripts><script src='a'/><script", &[]);
        check("<!-- <script>a</script> --><!-- <script>b</script>", &[]);
        check("<script type=\"application/json\">{}</script>", &[]);
        check("<script lang=\"é>", &[]);
        check("<é<scrip", &[]);
    }

    #[test]
    fn no_more_than_a_component_can_have() {
        assert_eq!(scripts(&"<script>".repeat(3)).len(), 1);
        assert_eq!(scripts(&"<script></script>".repeat(100)).len(), MAX_SCRIPTS);
    }
}
