//! The files in a query's scope, for callers that read them from disk.

use std::ops::Range;
use std::path::PathBuf;

use descry_base::{RelPath, RootId};
use serde::{Deserialize, Serialize};

use crate::filter::Filter;
use crate::scope::Scope;
use crate::table::FileEntry;
use crate::{FilterToken, Mode, Query, Snapshot, parse_exact};

/// The literal text or expression of a query, and the files that pass its filters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Files {
    /// The text or expression as typed.
    pub pattern: String,
    /// The filters after it.
    pub filters: Vec<FilterToken>,
    /// The folders, in the order in which they were added.
    pub folders: Vec<FolderFiles>,
}

/// The files of one folder that pass the filters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FolderFiles {
    /// The folder.
    pub root: RootId,
    /// The folder's path on disk.
    pub path: PathBuf,
    /// The files, by path.
    pub files: Vec<RelPath>,
    /// If a filter admits only parts of files: the line ranges of each file that pass, as indexed;
    /// otherwise empty.
    pub lines: Vec<Vec<Range<u32>>>,
}

impl FolderFiles {
    /// True if this line of the file with this index passes.
    pub fn admits(&self, file: usize, line: u32) -> bool {
        self.lines.get(file).is_none_or(|parts| parts.iter().any(|part| part.contains(&line)))
    }
}

/// The files in a query's scope. The query text is literal; filters come at its end.
pub fn files(snapshot: &Snapshot, query: &Query) -> Files {
    let parsed = parse_exact(&query.text, query.mode == Mode::Regex);
    let filter = Filter::new(query, &parsed);
    let scope = Scope::new(snapshot, query, &filter);
    let parts = |file: &FileEntry| -> Vec<Range<u32>> {
        let passing = file.chunks.unpack().into_iter().filter(|chunk| filter.admits_chunk(chunk));
        passing.map(|chunk| chunk.span.lines()).collect()
    };
    let folder = |shard: &&std::sync::Arc<crate::Shard>| {
        let passing = shard.table.files().filter(|file| filter.admits_file(file));
        let mut folder = FolderFiles {
            root: shard.root,
            path: shard.path.to_path_buf(),
            files: Vec::new(),
            lines: Vec::new(),
        };
        for file in passing {
            if !filter.admits_all_of_a_file() {
                let parts = parts(file);
                if parts.is_empty() {
                    continue;
                }
                folder.lines.push(parts);
            }
            folder.files.push(file.path.clone());
        }
        folder
    };
    let folders = scope.shards.iter().map(folder).collect();
    Files { pattern: parsed.words, filters: parsed.filters, folders }
}
