//! The symbols that a chunk defines.

use serde::{Deserialize, Serialize};

/// The kind of a definition, coarse enough to hold for every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum SymbolKind {
    /// A free function.
    Function = 1,
    /// A function that belongs to a type.
    Method = 2,
    /// Class, struct, enum, record, union, type alias.
    Type = 3,
    /// Interface, trait, protocol, type class.
    Interface = 4,
    /// Module, namespace, package, object.
    Module = 5,
    /// Constant, static, top-level variable, field.
    Constant = 6,
    /// Macro.
    Macro = 7,
    /// A heading, a key of a data file, a CSS rule, an HTML element with an id.
    Section = 8,
    /// A name that is defined elsewhere and passed on (`pub use`, `export { A } from`). Applies to
    /// names only, never to a chunk.
    Reexport = 9,
}

impl SymbolKind {
    /// Every kind, ordered by number.
    pub const ALL: [SymbolKind; 9] = [
        SymbolKind::Function,
        SymbolKind::Method,
        SymbolKind::Type,
        SymbolKind::Interface,
        SymbolKind::Module,
        SymbolKind::Constant,
        SymbolKind::Macro,
        SymbolKind::Section,
        SymbolKind::Reexport,
    ];

    /// The kind with this stored number.
    pub fn from_number(number: u8) -> Option<SymbolKind> {
        SymbolKind::ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

/// A name whose definition starts in a chunk.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DefinedName {
    /// The bare name (`route`, not `Router::route`).
    pub name: String,
    /// The kind of symbol that it names.
    pub kind: SymbolKind,
}
