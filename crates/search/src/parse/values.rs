//! The values of `kind:` and `where:`.

use descry_base::SymbolKind;

use crate::FileRole;

/// The kind of definition that a word names, in the terms of several languages.
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

/// The file role that a word names: its id or a synonym.
pub(crate) fn role(word: &str) -> Option<FileRole> {
    let word = word.to_lowercase();
    FileRole::from_word(&word).or(match word.as_str() {
        "code" | "src" => Some(FileRole::Source),
        "test" => Some(FileRole::Tests),
        "example" => Some(FileRole::Examples),
        "bench" | "benchmark" | "benchmarks" => Some(FileRole::Benches),
        "doc" | "prose" => Some(FileRole::Docs),
        "settings" | "data" => Some(FileRole::Config),
        "vendor" => Some(FileRole::Vendored),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_they_are_shown_and_said() {
        for role_of in FileRole::ALL {
            assert_eq!(role(role_of.id()), Some(role_of));
        }
        assert_eq!(role("Test"), Some(FileRole::Tests));
        assert_eq!(kind("class"), Some(SymbolKind::Type));
        assert_eq!(kind("Functions"), Some(SymbolKind::Function));
        assert_eq!((kind("klingon"), role("klingon")), (None, None));
    }
}
