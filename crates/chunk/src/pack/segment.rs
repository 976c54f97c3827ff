//! The smallest pieces that merging may join: whole definitions, and the text between them.

use std::ops::Range;

use descry_base::SymbolKind;

use super::cut;
use crate::chunk::ChunkConfig;
use crate::lines::Lines;
use crate::outline::Item;

/// Adjacent lines, or a part of one giant line.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// The bytes of the segment, line breaks included.
    pub(super) range: Range<usize>,
    /// The innermost definition that contains all of it.
    pub(super) scope: Option<usize>,
    /// The definition between whose members it lies.
    pub(super) container: Option<usize>,
    pub(super) form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A definition from its comments to its end.
    Whole,
    /// The beginning of a definition that is too large to be whole.
    Head,
    /// More of a definition that is too large to be whole.
    Part,
    /// The end of such a definition, after its last member.
    Tail,
    /// Text between definitions.
    Loose,
}

/// The definitions that segments refer to by number.
pub(super) struct Scopes<'i>(Vec<Scope<'i>>);

struct Scope<'i> {
    item: &'i Item,
    parent: Option<usize>,
    depth: usize,
}

impl<'i> Scopes<'i> {
    pub(super) fn item(&self, scope: usize) -> &'i Item {
        self.0[scope].item
    }

    /// The number of definitions: none for a mere declaration, several for some written as one.
    pub(super) fn names(&self, scope: usize) -> usize {
        let item = self.item(scope);
        match item.component.is_empty() {
            true => item.children.len(),
            false => item.names.len().min(1),
        }
    }

    pub(super) fn parent(&self, scope: usize) -> Option<usize> {
        self.0[scope].parent
    }

    /// The kind of the last definition in the symbol path.
    pub(super) fn kind(&self, scope: usize) -> Option<SymbolKind> {
        let item = self.item(scope);
        match item.component.is_empty() {
            true => self.parent(scope).and_then(|parent| self.kind(parent)),
            false => Some(item.kind),
        }
    }

    /// The symbol path (`impl Router > fn route`).
    pub(super) fn path(&self, scope: usize) -> String {
        let component = &self.item(scope).component;
        let above = self.parent(scope).map(|parent| self.path(parent)).unwrap_or_default();
        match (above.is_empty(), component.is_empty()) {
            (_, true) => above,
            (true, _) => component.clone(),
            (false, false) => format!("{above} > {component}"),
        }
    }

    /// The innermost scope that contains all of `scopes`.
    pub(super) fn common(&self, mut scopes: impl Iterator<Item = Option<usize>>) -> Option<usize> {
        let first = scopes.next()?;
        scopes.fold(first, |a, b| self.common_of(a?, b?))
    }

    fn common_of(&self, mut a: usize, mut b: usize) -> Option<usize> {
        while a != b {
            match self.0[a].depth >= self.0[b].depth {
                true => a = self.parent(a)?,
                false => b = self.parent(b)?,
            }
        }
        Some(a)
    }
}

/// The segments of a text, in order; only blank lines lie between them.
pub(super) fn segments<'i>(
    lines: &Lines<'_>,
    items: &'i [Item],
    config: &ChunkConfig,
) -> (Scopes<'i>, Vec<Segment>) {
    let mut split = Split { lines, config, scopes: Scopes(Vec::new()), out: Vec::new() };
    split.inside(0..lines.count(), items, None);
    (split.scopes, split.out)
}

struct Split<'a, 'i> {
    lines: &'a Lines<'a>,
    config: &'a ChunkConfig,
    scopes: Scopes<'i>,
    out: Vec<Segment>,
}

impl<'i> Split<'_, 'i> {
    /// Adds the segments of these lines, which hold `items` and belong to `container`.
    fn inside(&mut self, lines: Range<usize>, items: &'i [Item], container: Option<usize>) {
        let mut line = lines.start;
        let mut gap = container.map_or(Form::Loose, |_| Form::Head);
        for item in items {
            // An item that starts on a line already taken belongs to that line.
            let first = self.lines.at(item.range.start).max(line);
            let last = self.lines.at(item.range.end.saturating_sub(1)).min(lines.end - 1);
            if first > last {
                continue;
            }
            self.gap(line..first, container, gap);
            gap = container.map_or(Form::Loose, |_| Form::Part);
            self.item(first..last + 1, item, container);
            line = last + 1;
        }
        let is_tail = gap == Form::Part;
        self.gap(line..lines.end, container, if is_tail { Form::Tail } else { gap });
    }

    fn item(&mut self, lines: Range<usize>, item: &'i Item, container: Option<usize>) {
        let scope = self.scopes.0.len();
        let depth = container.map_or(0, |parent| self.scopes.0[parent].depth + 1);
        self.scopes.0.push(Scope { item, parent: container, depth });
        let range = self.lines.bytes(lines.clone());
        if range.len() <= self.config.max_bytes {
            self.out.push(Segment { range, scope: Some(scope), container, form: Form::Whole });
        } else {
            self.inside(lines, &item.children, Some(scope));
        }
    }

    /// Adds the lines between items, which belong to the container alone.
    fn gap(&mut self, lines: Range<usize>, container: Option<usize>, form: Form) {
        if self.lines.text[self.lines.bytes(lines.clone())].trim().is_empty() {
            return;
        }
        let budget = match form {
            Form::Loose => self.config.target_bytes.min(self.config.max_bytes),
            _ => self.config.max_bytes,
        };
        let pieces = cut::cut(self.lines, lines, budget.max(4), self.config.max_bytes);
        for (i, range) in pieces.into_iter().enumerate() {
            let form = if i > 0 && form == Form::Head { Form::Part } else { form };
            self.out.push(Segment { range, scope: container, container, form });
        }
    }
}
