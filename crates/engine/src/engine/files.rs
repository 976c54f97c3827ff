//! Access to the files of added folders as they are on disk now.

use std::path::PathBuf;

use descry_base::{Language, RelPath, RootId};
use descry_chunk::Text;
use serde::{Deserialize, Serialize};

use super::{Engine, digest_of};
use crate::EngineError;

/// A file as it is on disk now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileText {
    /// The decoded text, line for line; for a notebook, only the text of its cells.
    pub text: String,
    /// The name of the file's encoding.
    pub encoding: String,
    /// The file's language.
    pub language: Language,
    /// True if the file differs from its indexed version.
    pub changed_since_index: bool,
}

impl Engine {
    /// The number of searchable files in a part of a folder.
    pub fn files_within(&self, root: RootId, part: &RelPath) -> Result<usize, EngineError> {
        let snapshot = self.shared.snapshot.load();
        let shard = snapshot.shard(root).ok_or_else(|| no_folder(root))?;
        Ok(shard.table.files_within(part).count())
    }

    /// The path on disk of a file in a folder. Only indexed files are located, so no path from
    /// outside can lead out of the added folders.
    pub fn locate(&self, root: RootId, path: &RelPath) -> Result<PathBuf, EngineError> {
        let snapshot = self.shared.snapshot.load();
        let shard = snapshot.shard(root).ok_or_else(|| no_folder(root))?;
        let on_disk = path.on_disk(&shard.path);
        let refused = |reason: &str| EngineError::Unreadable {
            path: on_disk.clone(),
            reason: reason.to_owned(),
        };
        if shard.table.file(path).is_none() {
            return Err(refused("it is not in the index"));
        }
        let real = on_disk.canonicalize().map_err(|error| refused(&error.to_string()))?;
        match real.starts_with(&*shard.path) {
            true => Ok(real),
            false => Err(refused("it lies outside the added folder")),
        }
    }

    /// Reads a file of a folder as it is on disk now.
    pub fn read_file(&self, root: RootId, path: &RelPath) -> Result<FileText, EngineError> {
        let on_disk = self.locate(root, path)?;
        let failed = |reason: String| EngineError::Unreadable { path: on_disk.clone(), reason };
        let bytes = std::fs::read(&on_disk).map_err(|error| failed(error.to_string()))?;
        // The file is in the index, so no other rule excludes it.
        let text =
            Text::read(path.as_str(), &bytes, true).map_err(|reason| failed(reason.to_string()))?;
        let snapshot = self.shared.snapshot.load();
        let shard = snapshot.shard(root).ok_or_else(|| no_folder(root))?;
        let digest = digest_of(&bytes);
        Ok(FileText {
            language: text.language(),
            encoding: text.encoding().to_owned(),
            text: text.shown(),
            changed_since_index: shard.table.file(path).is_none_or(|file| file.digest != digest),
        })
    }
}

fn no_folder(root: RootId) -> EngineError {
    EngineError::NoSuchFolder(root.to_string())
}
