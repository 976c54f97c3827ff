//! The catalog: one SQLite file that is the source of truth for the added folders. It holds their
//! files, how these were chunked, the text of each chunk, and every dense vector ever computed for
//! such a text.
//!
//! Guarantees: a commit is complete or absent, even if the process is killed; ids are never reused;
//! a flipped bit in a file's row, its chunks, a text or a vector is found, and costs that file or
//! that vector; the lexical and the vector index can be rebuilt from the catalog without reading a
//! folder. Out of scope: how text is chunked, embedded, searched or ranked, and which derived
//! indexes exist.

mod commit;
mod error;
mod format_3;
mod open;
mod reader;
mod roots;
mod rows;
mod schema;
mod sealed;
mod text;
mod vectors;

pub use commit::{Commit, NewChunk, NewFile};
pub use error::CatalogError;
pub use open::{Catalog, Source};
pub use reader::{CatalogReader, StoredText};
pub use roots::RootRow;
pub use rows::FileRow;
pub use vectors::{ModelId, as_stored};
