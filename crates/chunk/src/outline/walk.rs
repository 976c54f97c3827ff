//! Collects the definitions of a syntax tree in one walk that enters only nodes that can contain
//! any.

use std::ops::Range;

use descry_base::SymbolKind;
use tree_sitter::{Node, Tree, TreeCursor};

use super::Item;
use super::passed::{self, PassedOn};
use crate::grammar::{Define, Grammar, Label, Members, Name, Role, Roles, Source};

/// The walk does not enter deeper nodes. Deep enough for code that people write, shallow enough for
/// any thread's stack.
const MAX_DEPTH: usize = 200;

pub(super) fn outline(
    text: &str,
    tree: &Tree,
    roles: &Roles,
    grammar: &Grammar,
    large: usize,
) -> (Vec<Item>, Vec<PassedOn>) {
    let mut walk = Walk {
        text: Source(text),
        roles,
        grammar,
        large,
        lead: None,
        last_row: None,
        passed: Vec::new(),
    };
    let mut out = Vec::new();
    walk.children(&mut tree.walk(), None, 0, &mut out);
    if grammar.reaches_to_next {
        reach_to_next(text, &mut out);
    }
    (out, walk.passed)
}

fn reach_to_next(text: &str, items: &mut [Item]) {
    let mut end = text.len();
    for item in items.iter_mut().rev() {
        item.range.end = item.range.start + text[item.range.start..end].trim_end().len();
        end = item.range.start;
    }
}

struct Walk<'a> {
    text: Source<'a>,
    roles: &'a Roles,
    grammar: &'a Grammar,
    large: usize,
    /// Comments and attributes read so far that belong to the next definition.
    lead: Option<Lead>,
    /// The last row of the last node that was neither comment nor attribute.
    last_row: Option<usize>,
    /// The re-exported names read so far.
    passed: Vec<PassedOn>,
}

/// Comments, attributes and decorators on adjacent lines.
struct Lead {
    start: usize,
    end_row: usize,
    doc: Option<Range<usize>>,
    /// How many rows after `end_row` the definition may start.
    reach: usize,
}

impl Walk<'_> {
    /// Adds the definitions among the children of the cursor's node. `owner` is the kind of the
    /// enclosing definition.
    fn children(
        &mut self,
        cursor: &mut TreeCursor<'_>,
        owner: Option<SymbolKind>,
        depth: usize,
        out: &mut Vec<Item>,
    ) {
        if depth > MAX_DEPTH || !cursor.goto_first_child() {
            return;
        }
        loop {
            self.node(cursor, owner, depth + 1, out);
            if !cursor.goto_next_sibling() {
                break;
            }
        }
        cursor.goto_parent();
    }

    fn node(
        &mut self,
        cursor: &mut TreeCursor<'_>,
        owner: Option<SymbolKind>,
        depth: usize,
        out: &mut Vec<Item>,
    ) {
        let node = cursor.node();
        passed::add(node, self.text, self.grammar, &mut self.passed);
        let is_large = node.end_byte() - node.start_byte() > self.large;
        match self.roles.of(node) {
            Some(Role::Lead { doc, only }) if only(self.text.of(node)) => {
                return self.lead(node, *doc);
            }
            Some(Role::Open) => self.children(cursor, owner, depth, out),
            Some(Role::OpenLarge) if is_large => self.children(cursor, owner, depth, out),
            Some(Role::Wrap) => self.wrap(cursor, owner, depth, out),
            Some(Role::Define(define)) => {
                let enter = match define.members {
                    Members::Never => false,
                    Members::Large => is_large,
                    Members::Always => true,
                };
                match self.define(node, define, owner) {
                    Some(mut item) => {
                        if enter {
                            self.children(cursor, Some(item.kind), depth, &mut item.children);
                        }
                        if self.grammar.swallows_comments {
                            self.give_back_comments(cursor, &mut item);
                        }
                        self.push(item, out);
                    }
                    None if enter => self.children(cursor, owner, depth, out),
                    None => {}
                }
            }
            _ => {}
        }
        // Zero-width nodes and layout tokens do not mark where text ends.
        if node.end_byte() > node.start_byte() {
            self.last_row = Some(self.end_row(node));
        }
        self.lead = self.lead.take().filter(|lead| lead.start >= self.text.range(node).start);
    }

    fn lead(&mut self, node: Node<'_>, is_doc: bool) {
        let row = node.start_position().row;
        // A comment at the end of a line of code is about that line.
        if self.last_row == Some(row) && is_doc {
            return;
        }
        let mut lead = match self.lead.take() {
            Some(lead) if row <= lead.end_row + 1 => lead,
            _ => Lead { start: self.text.range(node).start, end_row: row, doc: None, reach: 1 },
        };
        lead.end_row = self.end_row(node);
        lead.reach = 1;
        if is_doc {
            let range = self.trimmed(node);
            // A blank line may separate a `/**` comment from its definition.
            lead.reach += usize::from(self.text.of(node).starts_with("/**"));
            lead.doc = Some(lead.doc.map_or(range.start, |doc| doc.start)..range.end);
        }
        self.lead = Some(lead);
    }

    /// Ends the item before trailing comments of its node that are indented no deeper than the
    /// item: they are about what follows.
    fn give_back_comments(&mut self, cursor: &mut TreeCursor<'_>, item: &mut Item) {
        let node = cursor.node();
        let mut depth = 0;
        while cursor.goto_last_child() {
            depth += 1;
        }
        loop {
            let last = cursor.node();
            if let Some(Role::Lead { doc, .. }) = self.roles.of(last) {
                let is_about_next = last.start_position().column <= node.start_position().column
                    && last
                        .prev_sibling()
                        .is_none_or(|before| before.end_position().row < last.start_position().row);
                if is_about_next {
                    let end = self.text.range(last).start.max(item.at);
                    item.range.end = item.at + self.text.0[item.at..end].trim_end().len();
                    self.last_row = None;
                    self.lead(last, *doc);
                }
                break;
            }
            if depth == 0 || !cursor.goto_parent() {
                break;
            }
            depth -= 1;
        }
        while depth > 0 && cursor.goto_parent() {
            depth -= 1;
        }
    }

    /// An item that spans the node and its lead, without a name so far.
    fn unnamed(&mut self, node: Node<'_>) -> Item {
        let row = node.start_position().row;
        let lead = self.lead.take().filter(|lead| row <= lead.end_row + lead.reach);
        let at = self.text.range(node).start;
        let (start, doc) = match lead {
            Some(lead) => (lead.start, lead.doc),
            None => (at, None),
        };
        Item {
            range: start..self.trimmed(node).end.max(start),
            at,
            doc,
            component: String::new(),
            kind: SymbolKind::Constant,
            names: Vec::new(),
            children: Vec::new(),
        }
    }

    fn define(
        &mut self,
        node: Node<'_>,
        define: &Define,
        owner: Option<SymbolKind>,
    ) -> Option<Item> {
        let label = self.label(node, &define.name)?;
        let kind = label.kind.unwrap_or(define.kind);
        let in_type = matches!(owner, Some(SymbolKind::Type | SymbolKind::Interface));
        let in_function = matches!(owner, Some(SymbolKind::Function | SymbolKind::Method));
        if kind == SymbolKind::Constant {
            let is_field = in_type && define.capitals_in_types && !is_capitals(&label.shown);
            if is_field || in_function {
                return None;
            }
        }
        let kind = match kind {
            SymbolKind::Function if in_type => SymbolKind::Method,
            kind => kind,
        };
        let keyword = label.keyword.unwrap_or(define.keyword);
        let component = match keyword.is_empty() {
            true => label.shown,
            false => format!("{keyword} {}", label.shown),
        };
        let component = match label.owner {
            Some(owner) => format!("{owner} > {component}"),
            None => component,
        };
        let mut item = self.unnamed(node);
        if let Some(doc) = self.grammar.inner_doc.and_then(|doc| doc(node)) {
            item.doc = Some(self.text.range(doc));
        }
        Some(Item { component, kind, names: label.names, ..item })
    }

    fn label(&self, node: Node<'_>, name: &Name) -> Option<Label> {
        let named = |node: Node<'_>| Label::named(self.text.of(node).trim());
        let label = match name {
            Name::Field(field) => named(node.child_by_field_name(field)?),
            Name::Child(kind) => {
                named(node.children(&mut node.walk()).find(|child| child.kind() == *kind)?)
            }
            Name::By(find) => find(node, self.text)?,
        };
        // Error recovery can produce empty names.
        (!label.shown.is_empty()).then_some(label)
    }

    /// A single inner definition takes the wrapper's extent; several stay together under it.
    fn wrap(
        &mut self,
        cursor: &mut TreeCursor<'_>,
        owner: Option<SymbolKind>,
        depth: usize,
        out: &mut Vec<Item>,
    ) {
        let mut group = self.unnamed(cursor.node());
        self.children(cursor, owner, depth, &mut group.children);
        let item = match group.children.pop() {
            None => return,
            Some(mut only) if group.children.is_empty() => {
                only.range = group.range.start..group.range.end.max(only.range.end);
                only.doc = only.doc.or(group.doc);
                only
            }
            Some(last) => {
                group.children.push(last);
                group
            }
        };
        self.push(item, out);
    }

    /// Adds an item after the previous ones. Their trailing comment may be its doc comment, and it
    /// may continue the last one.
    fn push(&self, item: Item, out: &mut Vec<Item>) {
        if let Some(last) = out.last_mut() {
            if self.grammar.joins_equal_names
                && !item.component.is_empty()
                && last.component == item.component
            {
                last.range.end = item.range.end;
                last.children.extend(item.children);
                return;
            }
            end_before(last, item.range.start);
        }
        out.push(item);
    }

    /// The bytes of a node without trailing blanks.
    fn trimmed(&self, node: Node<'_>) -> Range<usize> {
        let start = self.text.range(node).start;
        start..start + self.text.of(node).trim_end().len()
    }

    /// The row of the node's last char that is not a line break.
    fn end_row(&self, node: Node<'_>) -> usize {
        let end = node.end_position();
        end.row - usize::from(end.column == 0 && end.row > node.start_position().row)
    }
}

fn end_before(item: &mut Item, limit: usize) {
    if item.range.end > limit {
        item.range.end = limit.max(item.range.start);
        if let Some(last) = item.children.last_mut() {
            end_before(last, limit);
        }
    }
}

fn is_capitals(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}
