//! Turns text and its language into chunks with symbols.
//!
//! Promises: pure and deterministic (a parse stops after a counted number of steps; time limits it
//! only where a grammar all but hangs), and never fails. For any text, chunks are in order, do not
//! overlap, cover every non-blank byte, begin and end on char boundaries and hold at most
//! [`ChunkConfig::max_bytes`] bytes. A definition that fits stays whole with its doc comment and
//! attributes. Does not know: files, digests, embeddings; [`Text::read`] sees a file's path and
//! bytes, never the disk.

mod chunk;
mod grammar;
mod lines;
mod notebook;
mod outline;
mod pack;
mod text;

/// Raised whenever text is cut, or its definitions are named, differently than before. Text that
/// another version cut is cut again.
pub const VERSION: u32 = 4;

pub use chunk::{ChunkConfig, chunks, supports};
pub use text::Text;
