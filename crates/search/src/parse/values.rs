//! The words that `kind:` and `where:` take.

use descry_base::SymbolKind;

use crate::Place;

/// The kind of definition that a word names, in several languages' terms.
pub(crate) fn kind(word: &str) -> Option<SymbolKind> {
    Some(match word.to_lowercase().trim_end_matches('s') {
        "function" | "fn" | "func" | "fun" | "def" => SymbolKind::Function,
        "method" => SymbolKind::Method,
        "type" | "cla" | "classe" | "struct" | "enum" | "record" | "union" => SymbolKind::Type,
        "interface" | "trait" | "protocol" => SymbolKind::Interface,
        "module" | "mod" | "namespace" | "package" | "object" => SymbolKind::Module,
        "constant" | "const" | "static" | "variable" | "var" | "field" => SymbolKind::Constant,
        "macro" => SymbolKind::Macro,
        "section" | "heading" | "key" => SymbolKind::Section,
        "reexport" => SymbolKind::Reexport,
        _ => return None,
    })
}

/// The part of a project that a word names: as it is shown, or one of it.
pub(crate) fn place(word: &str) -> Option<Place> {
    let word = word.to_lowercase();
    Place::from_word(&word).or(match word.as_str() {
        "code" | "src" => Some(Place::Source),
        "test" => Some(Place::Tests),
        "example" => Some(Place::Examples),
        "bench" | "benchmark" | "benchmarks" => Some(Place::Benches),
        "doc" | "prose" => Some(Place::Docs),
        "settings" | "data" => Some(Place::Config),
        "vendor" => Some(Place::Vendored),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_they_are_shown_and_said() {
        for place_of in Place::ALL {
            assert_eq!(place(place_of.id()), Some(place_of));
        }
        assert_eq!(place("Test"), Some(Place::Tests));
        assert_eq!(kind("class"), Some(SymbolKind::Type));
        assert_eq!(kind("Functions"), Some(SymbolKind::Function));
        assert_eq!((kind("klingon"), place("klingon")), (None, None));
    }
}
