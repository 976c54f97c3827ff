//! Filters, prepared for the searched shards. They apply before the top hits are taken, never
//! after.

use std::collections::HashMap;

use descry_base::{ChunkId, ChunkMeta, Language, RelPath, SymbolKind};
use descry_lexical::fold;

use crate::parse::{self, FilterKind};
use crate::paths::Paths;
use crate::table::FileEntry;
use crate::{FileRole, Parsed, Query, Shard};

/// The conditions that a hit must meet.
pub(crate) struct Filter {
    within: RelPath,
    languages: Vec<Language>,
    without_languages: Vec<Language>,
    paths: Paths,
    without_paths: Paths,
    repos: Vec<String>,
    without_repos: Vec<String>,
    symbols: Vec<String>,
    without_symbols: Vec<String>,
    kinds: Vec<SymbolKind>,
    without_kinds: Vec<SymbolKind>,
    roles: Vec<FileRole>,
    without_roles: Vec<FileRole>,
    /// The only chunks that pass, each with its matching line; `None` if any may pass.
    pub(crate) only: Option<HashMap<ChunkId, u32>>,
}

impl Filter {
    pub(crate) fn new(query: &Query, parsed: &Parsed) -> Filter {
        let lower = |kind, negated| parsed.values(kind, negated).map(fold).collect::<Vec<_>>();
        let languages = |negated| {
            let words = parsed.values(FilterKind::Lang, negated);
            words.filter_map(Language::from_word).flat_map(family)
        };
        let kinds = |negated| parsed.values(FilterKind::Kind, negated).filter_map(parse::kind);
        let roles = |negated| parsed.values(FilterKind::Where, negated).filter_map(parse::role);
        Filter {
            within: query.within.clone(),
            languages: languages(false).chain(query.languages.iter().copied()).collect(),
            without_languages: languages(true).collect(),
            paths: Paths::new(parsed.values(FilterKind::Path, false)),
            without_paths: Paths::new(parsed.values(FilterKind::Path, true)),
            repos: lower(FilterKind::Repo, false),
            without_repos: lower(FilterKind::Repo, true),
            symbols: lower(FilterKind::Symbol, false),
            without_symbols: lower(FilterKind::Symbol, true),
            kinds: kinds(false).chain(query.kinds.iter().copied()).collect(),
            without_kinds: kinds(true).collect(),
            roles: roles(false).chain(query.roles.iter().copied()).collect(),
            without_roles: roles(true).collect(),
            only: None,
        }
    }

    /// True if the shard can contain anything that passes.
    pub(crate) fn admits_shard(&self, shard: &Shard, query: &Query) -> bool {
        let name = fold(&shard.name);
        let is = |repo: &String| name.contains(repo.as_str());
        (query.roots.is_empty() || query.roots.contains(&shard.root))
            && (self.repos.is_empty() || self.repos.iter().any(is))
            && !self.without_repos.iter().any(is)
    }

    /// True if no filter applies inside a shard.
    pub(crate) fn is_open(&self) -> bool {
        self.only.is_none()
            && self.within == RelPath::default()
            && self.languages.is_empty()
            && self.without_languages.is_empty()
            && self.paths.is_empty()
            && self.without_paths.is_empty()
            && self.roles.is_empty()
            && self.without_roles.is_empty()
            && self.admits_all_of_a_file()
    }

    /// True if every chunk of a passing file passes.
    pub(crate) fn admits_all_of_a_file(&self) -> bool {
        self.symbols.is_empty()
            && self.without_symbols.is_empty()
            && self.kinds.is_empty()
            && self.without_kinds.is_empty()
    }

    pub(crate) fn admits_file(&self, file: &FileEntry) -> bool {
        file.path.is_within(&self.within)
            && (self.languages.is_empty() || self.languages.contains(&file.language))
            && !self.without_languages.contains(&file.language)
            && (self.roles.is_empty() || self.roles.contains(&file.role))
            && !self.without_roles.contains(&file.role)
            && (self.paths.is_empty() || self.paths.have(&file.path))
            && !self.without_paths.have(&file.path)
    }

    pub(crate) fn admits_chunk(&self, chunk: &ChunkMeta) -> bool {
        if self.admits_all_of_a_file() {
            return true;
        }
        let symbol = |wanted: &String| {
            fold(&chunk.symbol).contains(wanted.as_str())
                || chunk.defines.iter().any(|d| fold(&d.name).contains(wanted.as_str()))
        };
        let is = |kinds: &[SymbolKind]| chunk.kind.is_some_and(|kind| kinds.contains(&kind));
        (self.kinds.is_empty() || is(&self.kinds))
            && !is(&self.without_kinds)
            && (self.symbols.is_empty() || self.symbols.iter().any(symbol))
            && !self.without_symbols.iter().any(symbol)
    }

    /// True if this live chunk of the shard passes.
    pub(crate) fn admits(&self, shard: &Shard, id: ChunkId) -> bool {
        if self.only.as_ref().is_some_and(|only| !only.contains_key(&id)) {
            return false;
        }
        let Some(file) = shard.table.file_of(id) else { return false };
        // Looking at a chunk unpacks all chunks of its file.
        self.admits_file(file)
            && (self.admits_all_of_a_file()
                || file.chunk(id).is_some_and(|chunk| self.admits_chunk(chunk)))
    }
}

/// `lang:typescript` includes TSX, but `lang:c` excludes headers in C++, as users expect.
fn family(language: Language) -> Vec<Language> {
    match language {
        Language::TypeScript => vec![Language::TypeScript, Language::Tsx],
        other => vec![other],
    }
}
