//! Converts between wire types and the engine's types by hand: the engine knows nothing of the
//! window.

use descry_base::{Language, RelPath, RootId, SymbolKind};
use descry_engine::{
    Answer, FileRole, FilterKind, FilterToken, FolderStatus, ModelStatus, Phase, Query, Tiers,
    WatchStatus, Working,
};

use super::types::{
    Copy, Facet, Facets, FileGroup, Folder, FolderState, Hit, Line, Model, ModelState, Notice,
    QueryToken, SearchReply, SearchRequest, Signal, SignalKind, SkipReason, SkippedFile, Status,
    TokenKind, Watch, Why,
};

/// The maximum number of hits.
pub(crate) const MOST: u32 = 500;

/// The number of hits of one file shown before "more in this file".
const SHOWN_OF_FILE: usize = 3;

pub(crate) fn query(request: &SearchRequest, working: Working) -> Query {
    Query {
        text: request.text.clone(),
        mode: request.mode.clone().into(),
        tiers: Tiers::default(),
        roots: request.roots.iter().copied().map(RootId).collect(),
        within: RelPath::default(),
        languages: request.languages.iter().filter_map(|word| Language::from_word(word)).collect(),
        kinds: request.kinds.iter().filter_map(|word| kind_from(word)).collect(),
        roles: request.roles.iter().filter_map(|word| FileRole::from_word(word)).collect(),
        working: Some(working),
        limit: request.limit.min(MOST) as usize,
    }
}

/// The answer, grouped by file in the order of each file's best hit.
pub(crate) fn reply(text: &str, answer: Answer, status: &descry_engine::Status) -> SearchReply {
    let names = FolderNames(status);
    let name = |id: RootId| names.of(id);
    let notice = answer.notice.map(notice);
    let facets = all_facets(&answer.facets, &names);
    let tokens = tokens(text, &answer.filters);
    let mut groups: Vec<FileGroup> = Vec::new();
    for found in answer.hits {
        let path = found.path.as_str();
        let index = groups.iter().position(|g| g.root == found.root.0 && g.path == path);
        let index = index.unwrap_or_else(|| {
            groups.push(FileGroup {
                root: found.root.0,
                root_name: name(found.root),
                path: path.to_owned(),
                language: found.language.id().to_owned(),
                hits: Vec::new(),
                more: 0,
            });
            groups.len() - 1
        });
        groups[index].hits.push(hit(found, &name));
    }
    // A question about one file wants all of it.
    if groups.len() > 1 {
        for group in &mut groups {
            group.more = group.hits.len().saturating_sub(SHOWN_OF_FILE) as u32;
            group.hits.truncate(SHOWN_OF_FILE);
        }
    }
    SearchReply {
        total: answer.total as u32,
        files: None,
        elapsed_ms: answer.elapsed.as_secs_f64() * 1e3,
        groups,
        facets,
        notice,
        nearest: answer.nearest,
        tokens,
    }
}

/// The names of the added folders.
pub(crate) struct FolderNames<'s>(pub(crate) &'s descry_engine::Status);

impl FolderNames<'_> {
    pub(crate) fn of(&self, id: RootId) -> String {
        let folder = self.0.folders.iter().find(|folder| folder.id == id);
        folder.map_or_else(|| id.to_string(), |folder| folder.name.clone())
    }
}

pub(crate) fn all_facets(counts: &descry_engine::Facets, names: &FolderNames<'_>) -> Facets {
    Facets {
        folders: facets(&counts.roots, |id| (id.to_string(), names.of(*id))),
        languages: facets(&counts.languages, |l| (l.id().into(), l.name().into())),
        kinds: facets(&counts.kinds, |kind| (kind_id(*kind).into(), kind_name(*kind).into())),
        roles: facets(&counts.roles, |role| (role.id().into(), capital(role.id()))),
    }
}

/// The filters in a text.
pub(crate) fn tokens(text: &str, filters: &[FilterToken]) -> Vec<QueryToken> {
    let token = |filter: &FilterToken| QueryToken {
        start: utf16(text, filter.bytes.start),
        end: utf16(text, filter.bytes.end),
        kind: match filter.kind {
            FilterKind::Lang => TokenKind::Lang,
            FilterKind::Path => TokenKind::Path,
            FilterKind::Repo => TokenKind::Repo,
            FilterKind::Symbol => TokenKind::Symbol,
            FilterKind::Kind => TokenKind::Kind,
            FilterKind::Where => TokenKind::Where,
            FilterKind::Phrase => TokenKind::Phrase,
            FilterKind::Regex => TokenKind::Regex,
        },
        text: text.get(filter.bytes.clone()).unwrap_or("").to_owned(),
        valid: filter.valid,
    };
    filters.iter().map(token).collect()
}

fn hit(found: descry_engine::Hit, name: &dyn Fn(RootId) -> String) -> Hit {
    let lines = found.lines.into_iter().map(|line| Line {
        number: line.number + 1,
        best: line.best,
        marks: line
            .marks
            .iter()
            .map(|(a, b)| (utf16(&line.text, *a as usize), utf16(&line.text, *b as usize)))
            .collect(),
        text: line.text,
    });
    let copies = found.copies.into_iter().map(|copy| Copy {
        root: copy.root.0,
        root_name: name(copy.root),
        path: copy.path.to_string(),
        start_line: copy.span.first_line + 1,
        end_line: copy.span.end_line.max(copy.span.first_line + 1),
        exact: copy.exact,
    });
    let why = found.why;
    Hit {
        chunk: found.chunk.to_string(),
        symbol: found.symbol.split(" > ").filter(|s| !s.is_empty()).map(str::to_owned).collect(),
        kind: found.kind.map(|kind| kind_id(kind).to_owned()),
        start_line: found.span.first_line + 1,
        end_line: found.span.end_line.max(found.span.first_line + 1),
        lines: lines.collect(),
        why: Why {
            score: f64::from(why.score),
            words: why.words,
            meaning: why.meaning,
            instant: why.from_static,
            signals: why
                .signals
                .into_iter()
                .map(|signal| Signal {
                    kind: signal_kind(signal.kind),
                    factor: f64::from(signal.factor),
                })
                .collect(),
            matched: why.matched,
        },
        copies: copies.collect(),
        stale: found.stale,
    }
}

fn signal_kind(kind: descry_engine::SignalKind) -> SignalKind {
    match kind {
        descry_engine::SignalKind::Recent => SignalKind::Recent,
        descry_engine::SignalKind::Open => SignalKind::Open,
        descry_engine::SignalKind::Defines => SignalKind::Defines,
        descry_engine::SignalKind::Path => SignalKind::Path,
        descry_engine::SignalKind::SameFile => SignalKind::SameFile,
        descry_engine::SignalKind::Covers => SignalKind::Covers,
        descry_engine::SignalKind::Reference => SignalKind::Reference,
        descry_engine::SignalKind::Tests => SignalKind::Tests,
        descry_engine::SignalKind::Example => SignalKind::Example,
        descry_engine::SignalKind::Benchmark => SignalKind::Benchmark,
        descry_engine::SignalKind::Vendored => SignalKind::Vendored,
        descry_engine::SignalKind::Prose => SignalKind::Prose,
        descry_engine::SignalKind::Gathering => SignalKind::Gathering,
        descry_engine::SignalKind::Declarations => SignalKind::Declarations,
    }
}

fn notice(notice: descry_engine::Notice) -> Notice {
    match notice {
        descry_engine::Notice::WordsOnly { reason } => Notice::WordsOnly { reason },
        descry_engine::Notice::BadRegex { reason } => Notice::BadRegex { reason },
        descry_engine::Notice::BadFilter { value } => Notice::BadFilter { value },
        descry_engine::Notice::NoExactMatch { name, nearest } => {
            Notice::NoExactMatch { name, nearest }
        }
        descry_engine::Notice::Partial => Notice::Partial,
        descry_engine::Notice::OwnerSilent => Notice::OwnerSilent,
    }
}

/// A skipped file.
pub(super) fn skipped(skipped: descry_base::Skipped) -> SkippedFile {
    use descry_base::SkipReason as Reason;
    let reason = match skipped.reason {
        Reason::Binary => SkipReason::Binary,
        Reason::TooLarge { size, limit } => {
            SkipReason::TooLarge { size: size as f64, limit: limit as f64 }
        }
        Reason::Minified => SkipReason::Minified,
        Reason::Generated => SkipReason::Generated,
        Reason::Credentials => SkipReason::Credentials,
        Reason::NotUtf8Path => SkipReason::NotUtf8Path,
        Reason::Unreadable { message } => SkipReason::Unreadable { message },
        Reason::Link => SkipReason::Link,
        Reason::SymlinkLoop => SkipReason::SymlinkLoop,
        Reason::BuildOutput => SkipReason::BuildOutput,
        Reason::OwnData => SkipReason::OwnData,
        Reason::IgnoredFromAbove { pattern, file } => {
            SkipReason::IgnoredFromAbove { pattern, file }
        }
        Reason::Unstable => SkipReason::Unstable,
        Reason::NotAFile => SkipReason::NotAFile,
        Reason::Failed { message } => SkipReason::Failed { message },
    };
    SkippedFile { path: skipped.path, reason }
}

fn facets<T>(counts: &[(T, usize)], name: impl Fn(&T) -> (String, String)) -> Vec<Facet> {
    let facet = |(item, count): &(T, usize)| {
        let (key, label) = name(item);
        Facet { key, label, count: *count as u32 }
    };
    counts.iter().map(facet).collect()
}

impl From<&descry_engine::Status> for Status {
    fn from(status: &descry_engine::Status) -> Status {
        let (state, name, device, message) = match &status.model {
            ModelStatus::Loading => (ModelState::Loading, None, None, None),
            ModelStatus::Ready { name, device } => {
                (ModelState::Ready, Some(name.clone()), Some(device.clone()), None)
            }
            ModelStatus::Failed { reason } => {
                (ModelState::Failed, None, None, Some(reason.clone()))
            }
        };
        Status {
            folders: status.folders.iter().map(Folder::from).collect(),
            model: Model { state, name, device, message },
            generation: status.generation.to_string(),
        }
    }
}

impl From<&FolderStatus> for Folder {
    fn from(folder: &FolderStatus) -> Folder {
        let (state, message) = match &folder.phase {
            Phase::Scanning => (FolderState::Scanning, None),
            Phase::Indexing => (FolderState::Indexing, None),
            Phase::Ready => (FolderState::Ready, None),
            Phase::Missing => (FolderState::Missing, None),
            Phase::Failed { message } => (FolderState::Failed, Some(message.clone())),
        };
        let (watch, watch_message) = match &folder.watch {
            WatchStatus::Polling { reason } => (Watch::Polling, Some(reason.clone())),
            WatchStatus::Native => (Watch::Native, None),
            WatchStatus::Off => (Watch::Off, None),
        };
        Folder {
            id: folder.id.0,
            path: folder.path.clone(),
            name: folder.name.clone(),
            state,
            message,
            paused: folder.paused,
            files: folder.files_found as u32,
            files_done: folder.files as u32,
            chunks: folder.coverage.chunks as u32,
            instant: folder.coverage.static_vectors as u32,
            full: folder.coverage.dense_vectors as u32,
            skipped: folder.skipped as u32,
            eta_seconds: folder.time_left.map(|left| left.as_secs_f64()),
            watch,
            watch_message,
            branch: folder.branch.clone(),
            commit: folder.commit.clone(),
        }
    }
}

/// A newly added folder, which the status may not show yet.
pub(crate) fn new_folder(id: RootId, path: &str, status: &descry_engine::Status) -> Folder {
    if let Some(folder) = status.folders.iter().find(|folder| folder.id == id) {
        return folder.into();
    }
    let name = path.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(path);
    (&FolderStatus {
        id,
        path: path.to_owned(),
        name: name.to_owned(),
        phase: Phase::Scanning,
        paused: false,
        unfinished: true,
        files_found: 0,
        files: 0,
        coverage: descry_engine::Coverage::default(),
        skipped: 0,
        time_left: None,
        watch: WatchStatus::Off,
        branch: None,
        commit: None,
    })
        .into()
}

/// The number of UTF-16 units before a byte offset.
pub(crate) fn utf16(text: &str, byte: usize) -> u32 {
    text.get(..byte).map_or(0, |before| before.encode_utf16().count() as u32)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

fn kind_id(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Function => "function",
        SymbolKind::Method => "method",
        SymbolKind::Type => "type",
        SymbolKind::Interface => "interface",
        SymbolKind::Module => "module",
        SymbolKind::Constant => "constant",
        SymbolKind::Macro => "macro",
        SymbolKind::Section => "section",
        SymbolKind::Reexport => "reexport",
    }
}

fn kind_name(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Function => "Function",
        SymbolKind::Method => "Method",
        SymbolKind::Type => "Type",
        SymbolKind::Interface => "Interface",
        SymbolKind::Module => "Module",
        SymbolKind::Constant => "Constant",
        SymbolKind::Macro => "Macro",
        SymbolKind::Section => "Section",
        SymbolKind::Reexport => "Re-export",
    }
}

fn kind_from(word: &str) -> Option<SymbolKind> {
    SymbolKind::ALL.into_iter().find(|kind| kind_id(*kind) == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_as_javascript_does() {
        assert_eq!(utf16("a😀b", 5), 3);
        assert_eq!(utf16("äb", 2), 1);
        assert_eq!(utf16("ab", 9), 0);
    }
}
