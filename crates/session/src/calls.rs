//! Every call that a session answers, defined once: its name, arguments and reply, and how the
//! engine executes it. The owner calls the engine directly; a guest sends a [`Request`].

use std::path::PathBuf;

use descry_base::{ChunkId, RelPath, RootId, Skipped};
use descry_engine::{Answer, Engine, FileText, Files, Query, Status};
use serde::{Deserialize, Serialize};

use crate::wire::{Failure, encode};
use crate::{Session, SessionError};

macro_rules! calls {
    ($($(#[doc = $doc:literal])* $variant:ident: $name:ident($($arg:ident: $type:ty),*) -> $reply:ty = $call:expr;)*) => {
        /// A guest's request.
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) enum Request {
            $($variant { $($arg: $type),* },)*
            /// Asks the owner to bring its window to the front and, optionally, to add a folder.
            Focus { folder: Option<PathBuf> },
        }

        impl Request {
            /// The reply, as one line. `focus` brings the owner's window to the front.
            pub(crate) fn answer(
                self,
                engine: &Engine,
                focus: impl FnOnce(Option<PathBuf>) -> bool,
            ) -> std::io::Result<Vec<u8>> {
                match self {
                    $(Request::$variant { $($arg),* } => {
                        let call: fn(&Engine, $($type),*) -> Result<$reply, descry_engine::EngineError> = $call;
                        encode(&call(engine, $($arg),*).map_err(Failure::from))
                    })*
                    Request::Focus { folder } => encode(&Ok::<bool, Failure>(focus(folder))),
                }
            }
        }

        impl Session {
            $($(#[doc = $doc])*
            pub fn $name(&self, $($arg: $type),*) -> Result<$reply, SessionError> {
                match self {
                    Session::Owner { engine, .. } | Session::Reader { engine, .. } => {
                        let call: fn(&Engine, $($type),*) -> Result<$reply, descry_engine::EngineError> = $call;
                        call(engine, $($arg),*).map_err(|error| self.failed(error))
                    }
                    Session::Guest { client } => client.ask(&Request::$variant { $($arg),* }),
                }
            })*
        }
    };
}

calls! {
    /// Searches the added folders.
    Search: search(query: Query) -> Answer = |engine, query| engine.search(&query);

    /// Finds chunks similar to this one.
    Similar: similar(chunk: ChunkId, limit: usize) -> Answer
        = |engine, chunk, limit| engine.similar(chunk, limit);

    /// Finds chunks similar to this piece of code.
    SimilarText: similar_text(text: String, limit: usize) -> Answer
        = |engine, text, limit| engine.similar_text(&text, limit);

    /// The files in the scope of a query, as input for [`matches`](descry_engine::matches()):
    /// guests read the files themselves, too.
    Files: files(query: Query) -> Files = |engine, query| Ok(engine.files(&query));

    /// Adds the folder at this absolute path and starts to index it.
    AddFolder: add_absolute_folder(path: PathBuf) -> RootId = |engine, path| engine.add_folder(&path);

    /// Reads every file of a folder again, even files that look unchanged.
    CheckFolder: check_folder(root: RootId) -> () = |engine, root| engine.check_folder(root);

    /// Removes a folder and everything stored about it.
    RemoveFolder: remove_folder(root: RootId) -> () = |engine, root| engine.remove_folder(root);

    /// Pauses or resumes a folder's background embedding.
    PauseFolder: pause_folder(root: RootId, paused: bool) -> ()
        = |engine, root, paused| engine.pause_folder(root, paused);

    /// Changes the most bytes that the index may take.
    LimitDisk: limit_disk(limit: Option<u64>) -> () = |engine, limit| engine.limit_disk(limit);

    /// Reads a file of a folder as it is on disk now.
    ReadFile: read_file(root: RootId, path: RelPath) -> FileText
        = |engine, root, path| engine.read_file(root, &path);

    /// The path on disk of a file in a folder.
    Locate: locate(root: RootId, path: RelPath) -> PathBuf
        = |engine, root, path| engine.locate(root, &path);

    /// The number of searchable files in a part of a folder.
    FilesWithin: files_within(root: RootId, part: RelPath) -> usize
        = |engine, root, part| engine.files_within(root, &part);

    /// Waits until everything known at the time of the call is searchable and, if `full`, has its
    /// dense vector.
    Settle: settle(full: bool) -> () = |engine, full| engine.settle(full);

    /// What was skipped in a folder, and why.
    Skipped: skipped(root: RootId) -> Vec<Skipped> = |engine, root| engine.skipped(root);

    /// The current status.
    Status: status() -> Status = |engine| Ok((*engine.status()).clone());
}
