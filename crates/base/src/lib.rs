//! The types that every Descry crate shares: ids, paths, spans, languages, skip reasons.
//!
//! Promises: plain values, cheap to copy or clone, and no IO. Does not know: how any of them is
//! stored, or how text is read, split into chunks, embedded or searched.

mod chunk;
mod id;
mod language;
mod path;
mod skip;
mod span;
mod stamp;
mod symbol;

pub use chunk::{ChunkMeta, PackedChunks};
pub use id::{ChunkId, Digest, FileId, Generation, RootId};
pub use language::Language;
pub use path::{RelPath, RelPathError};
pub use skip::{SkipReason, Skipped};
pub use span::Span;
pub use stamp::Stamp;
pub use symbol::{DefinedName, SymbolKind};
