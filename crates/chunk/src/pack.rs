//! Packs lines and definitions into chunks: segments along the definitions, merged, trimmed and
//! named.

mod cut;
mod merge;
mod segment;

use std::collections::HashSet;

use descry_base::{ChunkMeta, DefinedName, Span, SymbolKind};

use crate::chunk::ChunkConfig;
use crate::lines::Lines;
use crate::outline::{Item, Outline};
use segment::{Form, Scopes, Segment};

/// The chunks of a text with this outline.
pub(crate) fn pack(lines: &Lines<'_>, outline: &Outline, config: &ChunkConfig) -> Vec<ChunkMeta> {
    let (scopes, segments) = segment::segments(lines, &outline.items, config);
    let groups = merge::groups(lines.text, segments, &scopes, config);
    let mut chunks: Vec<ChunkMeta> =
        groups.iter().filter_map(|group| chunk(lines, group, &scopes)).collect();
    let mut names =
        Names { spans: chunks.iter().map(|chunk| chunk.span).collect(), of: Vec::new() };
    names.of.resize_with(chunks.len(), Vec::new);
    names.add_items(&outline.items);
    for passed in &outline.passed {
        names.add(&passed.name, SymbolKind::Reexport, passed.at);
    }
    for (chunk, mut defines) in chunks.iter_mut().zip(names.of) {
        let mut seen = HashSet::new();
        defines.retain(|name| seen.insert(name.clone()));
        chunk.defines = defines.into();
    }
    chunks
}

/// One chunk of adjacent segments; `None` if they are blank.
fn chunk(lines: &Lines<'_>, group: &[Segment], scopes: &Scopes<'_>) -> Option<ChunkMeta> {
    let start = group.first()?.range.start;
    let text = &lines.text[start..group.last()?.range.end];
    let first = start + text.find(|c: char| !c.is_whitespace())?;
    let end = start + text.trim_end().len();
    // The first line keeps its indentation.
    let first_line = lines.at(first);
    let start = start.max(lines.start(first_line));
    let span = Span {
        start: start as u32,
        end: end as u32,
        first_line: first_line as u32,
        end_line: lines.at(end - 1) as u32 + 1,
    };

    let main = main(group, scopes);
    let doc = main.and_then(|scope| scopes.item(scope).doc.clone());
    Some(ChunkMeta {
        span,
        symbol: main.map_or_else(String::new, |scope| scopes.path(scope)).into(),
        kind: main.and_then(|scope| scopes.kind(scope)),
        doc: doc
            .filter(|doc| start <= doc.start && doc.end <= end)
            .map(|doc| doc.start as u32..doc.end as u32),
        defines: Box::default(),
    })
}

/// The definition that a chunk is about: the only one that begins in it, or the one around all of
/// it.
fn main(group: &[Segment], scopes: &Scopes<'_>) -> Option<usize> {
    let common = || scopes.common(group.iter().map(|segment| segment.scope));
    let begun: Vec<(usize, &Segment)> = group
        .iter()
        .filter(|segment| matches!(segment.form, Form::Whole | Form::Head))
        .filter_map(|segment| Some((segment.scope?, segment)))
        .collect();
    // A definition without a name (`impl`) counts only if no named one begins here.
    let any_named = begun.iter().any(|(scope, _)| scopes.names(*scope) > 0);
    let mut counted = begun.iter().filter(|(scope, _)| !any_named || scopes.names(*scope) > 0);
    let Some((last, whole)) = counted.next_back() else { return common() };
    if !counted
        .all(|(scope, _)| scopes.common([Some(*scope), Some(*last)].into_iter()) == Some(*scope))
    {
        return common();
    }
    // A chunk with the beginning of a type and its first member is about the larger of the two.
    let heads = begun.iter().filter(|(_, segment)| segment.form == Form::Head);
    let (around, size) =
        heads.fold((None, 0), |(_, size), (scope, head)| (Some(*scope), size + head.range.len()));
    match around {
        Some(around) if whole.form == Form::Whole && size > whole.range.len() => Some(around),
        _ => Some(*last),
    }
}

/// The names whose definitions start in each chunk.
struct Names {
    spans: Vec<Span>,
    of: Vec<Vec<DefinedName>>,
}

impl Names {
    fn add_items(&mut self, items: &[Item]) {
        for item in items {
            for name in &item.names {
                self.add(name, item.kind, item.at);
            }
            self.add_items(&item.children);
        }
    }

    /// Adds a name to the chunk that contains the byte `at`.
    fn add(&mut self, name: &str, kind: SymbolKind, at: usize) {
        let at = at as u32;
        let index = self.spans.partition_point(|span| span.end <= at);
        if self.spans.get(index).is_some_and(|span| span.start <= at) {
            self.of[index].push(DefinedName { name: name.to_owned(), kind });
        }
    }
}
