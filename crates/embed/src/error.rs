//! The reasons for which a text gets no vector.

/// Why a text got no vector. Cheap to clone, as one cause may fail many texts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbedError {
    /// No model could be loaded; the text says why, for people.
    #[error("{0}")]
    Load(String),
    /// The model refused or failed on a text.
    #[error("cannot embed {text:?}: {reason}")]
    Text {
        /// The beginning of the text.
        text: String,
        /// What the model said.
        reason: String,
    },
    /// The model failed as a whole, whatever the text.
    #[error("the model failed: {0}")]
    Model(String),
    /// The model panicked. On the worker thread this is caught, and the thread goes on.
    #[error("the model panicked: {0}")]
    Panic(String),
    /// The embedding thread was stopped before the work was done.
    #[error("embedding was stopped")]
    Stopped,
}

impl EmbedError {
    /// The same reason, for one text that failed alone.
    pub(crate) fn of_text(self, text: &str) -> EmbedError {
        match self {
            EmbedError::Load(_) | EmbedError::Text { .. } | EmbedError::Stopped => self,
            EmbedError::Model(_) | EmbedError::Panic(_) => {
                let end = text.char_indices().nth(60).map_or(text.len(), |(at, _)| at);
                EmbedError::Text { text: text[..end].to_owned(), reason: self.to_string() }
            }
        }
    }
}
