//! What a search needs from the engine: texts and the query's vector.

use std::sync::Arc;
use std::time::Duration;

use descry_base::ChunkId;
use descry_embed::{EmbedError, ModelState, Pending, StaticEmbedder};
use descry_search::Sources;

use crate::shared::Shared;

/// How long a query waits for its vector; after that, words answer alone.
const PATIENCE: Duration = Duration::from_secs(2);

/// The engine as a search's source of texts and vectors.
pub(crate) struct EngineSources<'a> {
    shared: &'a Shared,
    static_model: Option<Arc<dyn StaticEmbedder>>,
}

impl<'a> EngineSources<'a> {
    pub(crate) fn new(shared: &'a Shared) -> EngineSources<'a> {
        let static_model = match shared.embed.state() {
            ModelState::Ready(model) => shared.static_model_of(&model.space),
            ModelState::Loading | ModelState::Failed(_) => None,
        };
        EngineSources { shared, static_model }
    }
}

impl Sources for EngineSources<'_> {
    fn texts(&self, ids: &[ChunkId]) -> Vec<Option<String>> {
        match self.shared.texts.get(ids) {
            Ok(texts) => texts.into_iter().map(|text| text.map(|(text, _)| text)).collect(),
            Err(error) => {
                tracing::warn!(%error, "texts of hits cannot be read");
                vec![None; ids.len()]
            }
        }
    }

    fn vector(&self, text: &str) -> Box<dyn FnOnce() -> Result<Vec<f32>, String> + '_> {
        match self.shared.embed.state() {
            ModelState::Loading => Box::new(|| Err("the model is still being loaded".to_owned())),
            ModelState::Failed(error) => Box::new(move || Err(error.to_string())),
            ModelState::Ready(_) => {
                let pending: Pending<Vec<f32>> = self.shared.embed.query(text.to_owned());
                Box::new(move || match pending.wait_timeout(PATIENCE) {
                    Some(result) => result.map_err(|error: EmbedError| error.to_string()),
                    None => Err("the model takes too long".to_owned()),
                })
            }
        }
    }

    fn static_model(&self) -> Option<&dyn StaticEmbedder> {
        self.static_model.as_deref()
    }
}
