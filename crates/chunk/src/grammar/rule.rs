//! The words in which a grammar's table is written.

use std::ops::Range;

use descry_base::SymbolKind;
use tree_sitter::Node;

/// The text whose tree is read. The grammar was given plain letters for chars beyond ASCII, so that a
/// node may begin or end inside a char; it then has the whole char.
#[derive(Clone, Copy)]
pub(crate) struct Source<'t>(pub(crate) &'t str);

impl<'t> Source<'t> {
    /// The text of a node.
    pub(crate) fn of(self, node: Node<'_>) -> &'t str {
        &self.0[self.range(node)]
    }

    /// The bytes of a node.
    pub(crate) fn range(self, node: Node<'_>) -> Range<usize> {
        let start = self.0.floor_char_boundary(node.start_byte());
        start..self.0.ceil_char_boundary(node.end_byte()).max(start)
    }
}

/// A node kind and what it means.
pub(crate) struct Rule {
    node: &'static str,
    role: Role,
}

/// What a node means for chunking.
pub(crate) enum Role {
    /// A definition.
    Define(Define),
    /// Not a definition, but definitions are inside.
    Open,
    /// Like `Open`, but looked into only if it is too large for one chunk.
    OpenLarge,
    /// Belongs to the definitions inside it, such as `export` or `const ( ... )`.
    Wrap,
    /// Belongs to the definition that follows, if `only` says so of its text.
    Lead { doc: bool, only: fn(&str) -> bool },
}

/// How a definition is recognised and named.
pub(crate) struct Define {
    pub(crate) kind: SymbolKind,
    /// The word before the name in the symbol path.
    pub(crate) keyword: &'static str,
    pub(crate) name: Name,
    pub(crate) members: Members,
    /// Inside a type, only a name in capitals is a constant; the others are mere fields.
    pub(crate) capitals_in_types: bool,
}

/// When the definitions inside a definition are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Members {
    Never,
    /// Only if the definition is too large for one chunk.
    Large,
    Always,
}

/// Where a definition's name stands.
pub(crate) enum Name {
    /// In the child with this field name.
    Field(&'static str),
    /// In the first child of this kind.
    Child(&'static str),
    /// Found by code; `None` if the node is not a definition after all.
    By(fn(Node<'_>, Source<'_>) -> Option<Label>),
}

/// What a [`Name::By`] found. Empty or absent parts are taken from the table.
#[derive(Default)]
pub(crate) struct Label {
    pub(crate) keyword: Option<&'static str>,
    /// The name as the symbol path shows it.
    pub(crate) shown: String,
    /// The definition to which it is attached by name alone (`Context` of `func (c *Context) Bind`).
    pub(crate) owner: Option<String>,
    pub(crate) kind: Option<SymbolKind>,
    /// The bare names that it defines.
    pub(crate) names: Vec<String>,
}

impl Label {
    /// Shows and defines `name`.
    pub(crate) fn named(name: &str) -> Label {
        Label { shown: name.into(), names: vec![name.into()], ..Label::default() }
    }

    /// Shows `shown` and defines nothing.
    pub(crate) fn shown(shown: impl Into<String>) -> Label {
        Label { shown: shown.into(), ..Label::default() }
    }

    pub(crate) fn with_keyword(self, keyword: &'static str) -> Label {
        Label { keyword: Some(keyword), ..self }
    }

    pub(crate) fn with_kind(self, kind: SymbolKind) -> Label {
        Label { kind: Some(kind), ..self }
    }
}

/// A definition; members are looked for always.
pub(crate) const fn define(
    node: &'static str,
    kind: SymbolKind,
    keyword: &'static str,
    name: Name,
) -> Rule {
    let members = match kind {
        SymbolKind::Function | SymbolKind::Method => Members::Large,
        SymbolKind::Macro => Members::Never,
        _ => Members::Always,
    };
    let define = Define { kind, keyword, name, members, capitals_in_types: false };
    Rule { node, role: Role::Define(define) }
}

/// A node that holds definitions.
pub(crate) const fn open(node: &'static str) -> Rule {
    Rule { node, role: Role::Open }
}

/// A node that is worth looking into only if it is large.
pub(crate) const fn open_large(node: &'static str) -> Rule {
    Rule { node, role: Role::OpenLarge }
}

/// A node that belongs to the definitions inside it.
pub(crate) const fn wrap(node: &'static str) -> Rule {
    Rule { node, role: Role::Wrap }
}

/// A comment.
pub(crate) const fn comment(node: &'static str) -> Rule {
    comment_if(node, |_| true)
}

/// A comment, if its text is a comment on what follows.
pub(crate) const fn comment_if(node: &'static str, only: fn(&str) -> bool) -> Rule {
    Rule { node, role: Role::Lead { doc: true, only } }
}

/// An attribute, annotation or decorator.
pub(crate) const fn attribute(node: &'static str) -> Rule {
    Rule { node, role: Role::Lead { doc: false, only: |_| true } }
}

impl Rule {
    /// With members looked for at another time than the kind's usual one.
    pub(crate) const fn members(mut self, members: Members) -> Rule {
        if let Role::Define(define) = &mut self.role {
            define.members = members;
        }
        self
    }

    /// Inside a type, only if the name is in capitals.
    pub(crate) const fn capitals_in_types(mut self) -> Rule {
        if let Role::Define(define) = &mut self.role {
            define.capitals_in_types = true;
        }
        self
    }
}

/// The rules of a grammar, by the numbers that its syntax gives to node kinds.
pub(crate) struct Roles(Vec<Option<&'static Role>>);

impl Roles {
    pub(crate) fn new(syntax: &tree_sitter::Language, rules: &'static [Rule]) -> Roles {
        let role = |id: u16| {
            let name = syntax.node_kind_for_id(id)?;
            let rule = rules.iter().find(|rule| rule.node == name)?;
            syntax.node_kind_is_named(id).then_some(&rule.role)
        };
        Roles((0..syntax.node_kind_count() as u16).map(role).collect())
    }

    /// What a node means. A place where the syntax was not understood may hold definitions.
    pub(crate) fn of(&self, node: Node<'_>) -> Option<&'static Role> {
        match node.is_error() {
            true => Some(&Role::Open),
            false => self.0.get(node.kind_id() as usize).copied().flatten(),
        }
    }
}
