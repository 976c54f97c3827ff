//! Text and its language in, chunks with symbols out.
//!
//! Promises: pure and deterministic (parsing is given up by counted steps; by time only where a grammar
//! all but hangs), and it never fails. Chunks are in order, do not overlap, cover every non-blank byte,
//! lie on char boundaries and hold at most [`ChunkConfig::max_bytes`] bytes, whatever the text.
//! Definitions stay whole with their doc comments and attributes where they fit.
//! Does not know: files, digests, embeddings; [`Text::read`] sees a file's path and bytes, never the disk.

mod chunk;
mod grammar;
mod lines;
mod notebook;
mod outline;
mod pack;
mod text;

/// Raised whenever some text is cut, or its definitions are named, differently than before: what was
/// cut by another version is cut again.
pub const VERSION: u32 = 4;

pub use chunk::{ChunkConfig, chunks, supports};
pub use text::Text;
