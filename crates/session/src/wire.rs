//! What guests and owners say to each other: one JSON value a line.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use descry_base::{ChunkId, RelPath, RootId, Skipped};
use descry_engine::{Answer, FileText, Files, Query, Status};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a guest asks.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    Search(Query),
    Similar(ChunkId, usize),
    SimilarText(String, usize),
    Files(Query),
    AddFolder(PathBuf),
    CheckFolder(RootId),
    RemoveFolder(RootId),
    PauseFolder(RootId, bool),
    ReadFile(RootId, RelPath),
    Locate(RootId, RelPath),
    FilesWithin(RootId, RelPath),
    Setting(String),
    SetSetting(String, String),
    Settle { full: bool },
    Skipped(RootId),
    Status,
    Focus(Option<PathBuf>),
}

/// What the owner answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Response {
    Answer(Box<Answer>),
    Files(Box<Files>),
    Root(RootId),
    Skipped(Vec<Skipped>),
    Status(Box<Status>),
    File(Box<FileText>),
    Path(PathBuf),
    Setting(Option<String>),
    Count(usize),
    CameForward(bool),
    Done,
    Error(String),
}

/// A line longer than this is not ours.
const LONGEST: u64 = 64 << 20;

pub(crate) fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

/// The next message; `None` when the other side has closed.
pub(crate) fn receive<T: DeserializeOwned>(from: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    io::Read::take(&mut *from, LONGEST).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&line)?))
}
