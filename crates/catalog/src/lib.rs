//! The catalog: one SQLite file that holds everything true about the added folders — which files
//! they have, how those were cut into chunks, the text of each chunk, and every vector that a model
//! ever computed for such a text.
//!
//! Promises: a commit is whole or absent, also after a kill; ids are never used twice; the BM25 and
//! the vector index can be rebuilt from here without reading a folder. Does not know: how text is
//! cut, embedded, searched or ranked, and which derived indexes exist.

mod commit;
mod error;
mod open;
mod reader;
mod roots;
mod rows;
mod vectors;

pub use commit::{Commit, NewChunk, NewFile};
pub use error::CatalogError;
pub use open::Catalog;
pub use reader::CatalogReader;
pub use roots::RootRow;
pub use rows::{ChunkRow, FileRow};
pub use vectors::ModelId;
