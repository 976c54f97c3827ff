//! Access for evaluating the ranking: the parts of a search, each of which can be replaced or
//! turned off. Descry's programs do not use it.

use std::sync::Arc;

use descry_base::ChunkId;

use crate::sources::EngineSources;
use crate::static_view;
use crate::{Engine, EngineError};

pub use descry_embed::StaticEmbedder;
pub use descry_search::{SIGNALS, Shard, SignalSwitch, Snapshot, Sources, Weights, search_with};

/// The snapshot that searches currently run over.
pub fn snapshot(engine: &Engine) -> Arc<Snapshot> {
    engine.shared.snapshot.load_full()
}

/// The engine as a search's source of texts and vectors.
pub fn sources(engine: &Engine) -> impl Sources + '_ {
    EngineSources::new(&engine.shared)
}

/// A shard in which only the chunks accepted by `keep` retain their dense vectors; the others get
/// static vectors.
pub fn with_static(
    engine: &Engine,
    shard: &Shard,
    keep: &dyn Fn(ChunkId) -> bool,
) -> Result<Shard, EngineError> {
    Ok(static_view::with_static(shard, &sources(engine), keep)?)
}
