//! Filters, made ready for one folder. They are applied before the best are taken, never after.

use descry_base::{ChunkId, Language, RelPath, SymbolKind};
use descry_lexical::fold;

use crate::query::FilterKind;
use crate::table::{ChunkMeta, FileEntry};
use crate::{Parsed, Place, Query, Shard};

/// What passes.
pub(crate) struct Filter {
    within: RelPath,
    languages: Vec<Language>,
    without_languages: Vec<Language>,
    paths: Vec<String>,
    without_paths: Vec<String>,
    repos: Vec<String>,
    without_repos: Vec<String>,
    symbols: Vec<String>,
    kinds: Vec<SymbolKind>,
    places: Vec<Place>,
}

impl Filter {
    pub(crate) fn new(query: &Query, parsed: &Parsed) -> Filter {
        let lower = |kind, negated| parsed.values(kind, negated).map(fold).collect::<Vec<_>>();
        let languages = |negated| {
            let words = parsed.values(FilterKind::Lang, negated);
            words.filter_map(Language::from_word).flat_map(family).collect::<Vec<_>>()
        };
        let mut wanted = languages(false);
        wanted.extend(query.languages.iter().copied());
        Filter {
            within: query.within.clone(),
            languages: wanted,
            without_languages: languages(true),
            paths: lower(FilterKind::Path, false),
            without_paths: lower(FilterKind::Path, true),
            repos: lower(FilterKind::Repo, false),
            without_repos: lower(FilterKind::Repo, true),
            symbols: lower(FilterKind::Symbol, false),
            kinds: query.kinds.clone(),
            places: query.places.clone(),
        }
    }

    /// True if the folder can hold anything that passes.
    pub(crate) fn admits_shard(&self, shard: &Shard, query: &Query) -> bool {
        let name = fold(&shard.name);
        let is = |repo: &String| name.contains(repo.as_str());
        (query.roots.is_empty() || query.roots.contains(&shard.root))
            && (self.repos.is_empty() || self.repos.iter().any(is))
            && !self.without_repos.iter().any(is)
    }

    /// True if nothing below the folder is filtered.
    pub(crate) fn is_open(&self) -> bool {
        self.within == RelPath::default()
            && self.languages.is_empty()
            && self.without_languages.is_empty()
            && self.paths.is_empty()
            && self.without_paths.is_empty()
            && self.symbols.is_empty()
            && self.kinds.is_empty()
            && self.places.is_empty()
    }

    pub(crate) fn admits_file(&self, file: &FileEntry) -> bool {
        let any = |list: &[String]| {
            !list.is_empty() && {
                let path = fold(file.path.as_str());
                list.iter().any(|part| path_matches(&path, part))
            }
        };
        file.path.is_within(&self.within)
            && (self.languages.is_empty() || self.languages.contains(&file.language))
            && !self.without_languages.contains(&file.language)
            && (self.places.is_empty() || self.places.contains(&file.place))
            && (self.paths.is_empty() || any(&self.paths))
            && !any(&self.without_paths)
    }

    pub(crate) fn admits_chunk(&self, chunk: &ChunkMeta) -> bool {
        let symbol = |wanted: &String| {
            fold(&chunk.symbol).contains(wanted.as_str())
                || chunk.defines.iter().any(|d| fold(&d.name).contains(wanted.as_str()))
        };
        (self.kinds.is_empty() || chunk.kind.is_some_and(|kind| self.kinds.contains(&kind)))
            && (self.symbols.is_empty() || self.symbols.iter().any(symbol))
    }

    /// True if a live chunk of the folder passes.
    pub(crate) fn admits(&self, shard: &Shard, id: ChunkId) -> bool {
        let Some(file) = shard.table.file_of(id) else { return false };
        self.admits_file(file) && file.chunk(id).is_some_and(|chunk| self.admits_chunk(chunk))
    }
}

/// `lang:typescript` means TSX too, `lang:c` headers in C++ not: what people expect of the word.
fn family(language: Language) -> Vec<Language> {
    match language {
        Language::TypeScript => vec![Language::TypeScript, Language::Tsx],
        other => vec![other],
    }
}

/// A path filter is a part of the path; with `*` it is a pattern in which `*` stands for anything.
fn path_matches(path: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    if !pattern.contains('*') {
        return path.contains(pattern.trim_start_matches("./"));
    }
    let Some(start) = path.find(first) else { return false };
    let mut rest = &path[start + first.len()..];
    for part in parts {
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
    }
    pattern.ends_with('*') || rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::path_matches;

    #[test]
    fn path_patterns() {
        #[track_caller]
        fn check(path: &str, pattern: &str, expected: bool) {
            assert_eq!(path_matches(path, pattern), expected, "{path} {pattern}");
        }
        check("src/net/retry.rs", "net", true);
        check("src/net/retry.rs", "*.rs", true);
        check("src/net/retry.rs", "src/*/retry.rs", true);
        check("src/net/retry.rs", "*.ts", false);
        check("src/net/retry.rs", "src/*", true);
        check("src/net/retry.rst", "*.rs", false);
    }
}
