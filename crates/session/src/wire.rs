//! The protocol between guests and owners: one JSON value per line. Each side first states its
//! protocol version; then the guest sends requests and the owner replies.

use std::io::{self, BufRead, Write};

use descry_engine::{EngineError, ErrorCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Incremented with every change to a request or a reply.
const PROTOCOL: u32 = 1;

/// The first line from each side.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    protocol: u32,
    /// The program's version, for people.
    pub(crate) version: String,
}

impl Hello {
    /// This program's greeting.
    pub(crate) fn ours() -> Hello {
        Hello { protocol: PROTOCOL, version: env!("CARGO_PKG_VERSION").to_owned() }
    }

    /// True if both sides speak the same protocol.
    pub(crate) fn is_understood(&self) -> bool {
        self.protocol == PROTOCOL
    }
}

/// Why the owner could not carry out a guest's request.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) code: ErrorCode,
    /// The message.
    pub(crate) message: String,
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        Failure { code: error.code(), message: error.to_string() }
    }
}

/// The longest request, in bytes: far more than any person types or selects, and little enough for
/// an owner to hold one of each guest.
pub(crate) const LONGEST_REQUEST: u64 = 1 << 20;

/// The longest reply, in bytes. The list of skipped files is the longest.
pub(crate) const LONGEST_REPLY: u64 = 256 << 20;

/// Encodes a message as one line.
pub(crate) fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    Ok(line)
}

pub(crate) fn send(to: &mut impl Write, line: &[u8]) -> io::Result<()> {
    to.write_all(line)?;
    to.flush()
}

/// Receives the next message; `None` if the other side has closed the connection.
/// [`io::ErrorKind::InvalidData`] if the line is not a valid message, and
/// [`io::ErrorKind::FileTooLarge`] if it is longer than `longest` bytes.
pub(crate) fn receive<T: DeserializeOwned>(
    from: &mut impl BufRead,
    longest: u64,
) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    read_line(from, &mut line, longest)?;
    decode(&line)
}

/// Reads a line to its end, or to the end of the input. After a timeout, the next call reads the
/// rest of the line.
pub(crate) fn read_line(
    from: &mut impl BufRead,
    line: &mut Vec<u8>,
    longest: u64,
) -> io::Result<()> {
    let rest = longest.saturating_sub(line.len() as u64);
    io::Read::take(from, rest).read_until(b'\n', line)?;
    if line.len() as u64 == longest && line.last() != Some(&b'\n') {
        let message = format!("it is longer than {longest} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(())
}

/// The message of a line; `None` if there is none.
pub(crate) fn decode<T: DeserializeOwned>(line: &[u8]) -> io::Result<Option<T>> {
    if line.is_empty() {
        return Ok(None);
    }
    let message = serde_json::from_slice(line);
    message.map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
