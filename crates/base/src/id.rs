//! Ids. Each is a number that is assigned once and never reused.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// An added folder.
    RootId(u32)
);
id!(
    /// One version of a file: a changed file gets a new id.
    FileId(u64)
);
id!(
    /// A chunk: the same key in the catalog, the BM25 index and the vector index.
    ChunkId(u64)
);
id!(
    /// Counts the commits of a data directory; every derived index records the generation it
    /// reflects.
    Generation(u64)
);

impl Generation {
    /// The generation of the next commit.
    pub fn next(self) -> Generation {
        Generation(self.0 + 1)
    }
}

/// BLAKE3 of a file's bytes or of the exact text that is embedded. Vectors are keyed by it, so the
/// same text is never embedded twice, wherever it appears.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub [u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
