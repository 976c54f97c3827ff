//! The reasons why a text has no vector.

/// Why a text has no vector. Cheap to clone, as one cause may fail many texts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbedError {
    /// No model could be loaded; the text is a message for users.
    #[error("{0}")]
    Load(String),
    /// The model rejected a text or failed on it.
    #[error("cannot embed {text:?}: {reason}")]
    Text {
        /// The beginning of the text.
        text: String,
        /// The model's message.
        reason: String,
    },
    /// The model failed independently of the text.
    #[error("the model failed: {0}")]
    Model(String),
    /// The model panicked. The worker thread catches the panic and continues.
    #[error("the model panicked: {0}")]
    Panic(String),
    /// The embedding thread stopped before the work was done.
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
