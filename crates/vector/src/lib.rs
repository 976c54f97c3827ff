//! Nearest neighbors over the vectors of one added folder in one vector space.
//!
//! Guarantees: the next snapshot after [`VectorIndex::apply`] finds everything applied, however
//! much work is pending; a snapshot never changes; readers never wait for the writer; a damaged
//! file is an error, never a crash. All data is derived: it can be deleted and put again.
//!
//! Every vector is in a flat table (i8 and a scale) whose blocks are shared by snapshots; what a
//! checkpoint has saved is read from its file, which is mapped. Small folders, narrow filters and
//! fresh vectors are scanned exactly. Above [`SCAN_UP_TO`] vectors, idle calls of
//! [`VectorIndex::grow_graph`] build an HNSW graph over the signs of the vectors (usearch, one bit
//! a component), which proposes candidates; their scores always come from the table.
//!
//! Out of scope: what a chunk is, which model produced a vector, when to commit, and where the
//! catalog is.

mod disk;
mod error;
mod graph;
mod index;
mod mapped;
mod snapshot;
mod table;
mod top;
mod unit;

pub use error::VectorError;
pub use index::{Checkpoint, Entry, Growth, Saved, Tier, VectorIndex};
pub use snapshot::{SCAN_UP_TO, VectorSnapshot};
pub use top::{Neighbor, Take};
