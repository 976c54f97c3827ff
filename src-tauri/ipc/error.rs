//! Failures, as the window gets them: a code that it branches on, and a sentence.

use descry_base::RelPathError;
use descry_engine::EngineError;
use descry_session::SessionError;

use super::types::{ErrorCode, IpcError};
use crate::editor::EditorError;

impl From<SessionError> for IpcError {
    fn from(error: SessionError) -> IpcError {
        let code = match &error {
            SessionError::Engine(error) => code_of(error),
            SessionError::Model(_) => ErrorCode::Model,
            SessionError::Unreachable { .. } | SessionError::Gone => ErrorCode::Busy,
            SessionError::Remote { .. }
            | SessionError::NoHome
            | SessionError::Choice { .. }
            | SessionError::OtherModel(_) => ErrorCode::Internal,
        };
        IpcError { code, message: sentence(&error) }
    }
}

impl From<EngineError> for IpcError {
    fn from(error: EngineError) -> IpcError {
        IpcError { code: code_of(&error), message: sentence(&error) }
    }
}

fn code_of(error: &EngineError) -> ErrorCode {
    match error {
        EngineError::Nested { .. } => ErrorCode::Nested,
        EngineError::Root(_) => ErrorCode::NotAFolder,
        EngineError::NoSuchFolder(_) | EngineError::NoSuchChunk => ErrorCode::NotFound,
        EngineError::Unreadable { .. } => ErrorCode::Unreadable,
        EngineError::NoModel(_) => ErrorCode::Model,
        EngineError::Busy { .. } | EngineError::Stopped => ErrorCode::Busy,
        _ => ErrorCode::Internal,
    }
}

impl From<RelPathError> for IpcError {
    fn from(error: RelPathError) -> IpcError {
        IpcError { code: ErrorCode::NotFound, message: sentence(&error) }
    }
}

impl From<EditorError> for IpcError {
    fn from(error: EditorError) -> IpcError {
        IpcError { code: ErrorCode::Editor, message: sentence(&error) }
    }
}

impl IpcError {
    /// A failure that says nothing to people but that there was one.
    pub(crate) fn internal(error: impl std::fmt::Display) -> IpcError {
        IpcError { code: ErrorCode::Internal, message: sentence(&error) }
    }
}

/// Errors begin in lower case, sentences do not.
fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => {
            format!("{}{}.", first.to_uppercase(), letters.as_str().trim_end_matches('.'))
        }
        None => text,
    }
}
