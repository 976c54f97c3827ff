//! Nearest neighbours over the vectors of one added folder in one embedding space.
//!
//! Promises: what [`VectorIndex::apply`] has taken is found by the next snapshot, however much work
//! is left to do; a snapshot never changes; readers never wait for the writer; a damaged file is
//! an error, never a crash. Everything here is derived: it can be deleted and put again.
//!
//! Every vector lies in a flat table (f16) whose blocks snapshots share. Small folders, narrow
//! filters and fresh vectors are scanned, exactly. Past [`SCAN_UP_TO`] vectors,
//! [`VectorIndex::grow_graph`] builds in idle moments an HNSW graph over the table (usearch, i8), which
//! proposes candidates; their scores always come from the table.
//!
//! Does not know: what a chunk is, which model made a vector, when to commit, where the catalog is.

mod disk;
mod error;
mod graph;
mod index;
mod snapshot;
mod table;
mod top;
mod unit;

pub use error::VectorError;
pub use index::{Entry, Growth, Tier, VectorIndex};
pub use snapshot::{SCAN_UP_TO, VectorSnapshot};
pub use top::Neighbor;
