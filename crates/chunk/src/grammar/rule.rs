//! The vocabulary of the grammar tables.

use std::ops::Range;

use descry_base::SymbolKind;
use tree_sitter::Node;

/// The text of a syntax tree. The grammar saw a plain letter for each byte of a char beyond ASCII,
/// so a node may begin or end inside a char; its range is extended to the whole char.
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

/// A node kind and its role.
pub(crate) struct Rule {
    node: &'static str,
    role: Role,
}

/// The role of a node in chunking.
pub(crate) enum Role {
    /// A definition.
    Define(Define),
    /// Not a definition, but may contain definitions.
    Open,
    /// Like `Open`, but entered only if it is too large for one chunk.
    OpenLarge,
    /// Belongs to the definitions inside it: `export` or `const ( ... )`.
    Wrap,
    /// Belongs to the following definition, if `only` accepts its text.
    Lead { doc: bool, only: fn(&str) -> bool },
}

/// How a definition is recognised and named.
pub(crate) struct Define {
    pub(crate) kind: SymbolKind,
    /// The keyword before the name in the symbol path.
    pub(crate) keyword: &'static str,
    pub(crate) name: Name,
    pub(crate) members: Members,
    /// Inside a type, only a name in capitals is a constant; the others are fields.
    pub(crate) capitals_in_types: bool,
}

/// When to look for definitions inside a definition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Members {
    Never,
    /// Only if the definition is too large for one chunk.
    Large,
    Always,
}

/// Where to find a definition's name.
pub(crate) enum Name {
    /// In the child with this field name.
    Field(&'static str),
    /// In the first child of this kind.
    Child(&'static str),
    /// Found by code; `None` if the node is not a definition after all.
    By(fn(Node<'_>, Source<'_>) -> Option<Label>),
}

/// The result of a [`Name::By`]. The table supplies empty or absent parts.
#[derive(Default)]
pub(crate) struct Label {
    pub(crate) keyword: Option<&'static str>,
    /// The name as the symbol path shows it.
    pub(crate) shown: String,
    /// The definition that it belongs to by name alone (`Context` in `func (c *Context) Bind`).
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

/// A definition, always searched for members.
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

/// A node that contains definitions.
pub(crate) const fn open(node: &'static str) -> Rule {
    Rule { node, role: Role::Open }
}

/// A node to enter only if it is large.
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

/// A comment that belongs to what follows, if `only` accepts its text.
pub(crate) const fn comment_if(node: &'static str, only: fn(&str) -> bool) -> Rule {
    Rule { node, role: Role::Lead { doc: true, only } }
}

/// An attribute, annotation or decorator.
pub(crate) const fn attribute(node: &'static str) -> Rule {
    Rule { node, role: Role::Lead { doc: false, only: |_| true } }
}

impl Rule {
    /// Overrides when to look for members.
    pub(crate) const fn members(mut self, members: Members) -> Rule {
        if let Role::Define(define) = &mut self.role {
            define.members = members;
        }
        self
    }

    /// Inside a type, accepts only names in capitals.
    pub(crate) const fn capitals_in_types(mut self) -> Rule {
        if let Role::Define(define) = &mut self.role {
            define.capitals_in_types = true;
        }
        self
    }
}

/// The rules of a grammar, indexed by its node kind ids.
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

    /// The role of a node. A syntax error may contain definitions.
    pub(crate) fn of(&self, node: Node<'_>) -> Option<&'static Role> {
        match node.is_error() {
            true => Some(&Role::Open),
            false => self.0.get(node.kind_id() as usize).copied().flatten(),
        }
    }
}
