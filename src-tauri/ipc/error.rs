//! Failures on the wire: a code for the window to branch on, and a sentence.

use descry_base::RelPathError;
use descry_engine::EngineError;
use descry_session::SessionError;

use super::types::{ErrorCode, IpcError};
use crate::editor::EditorError;

impl From<SessionError> for IpcError {
    fn from(error: SessionError) -> IpcError {
        let code = match &error {
            SessionError::Engine(error) => error.code().into(),
            SessionError::Remote { code, .. } => (*code).into(),
            SessionError::Model(_) => ErrorCode::Model,
            SessionError::Unreachable { .. } | SessionError::Gone | SessionError::OtherModel(_) => {
                ErrorCode::Busy
            }
            SessionError::OtherVersion(_) | SessionError::Misunderstood(_) => ErrorCode::Version,
            SessionError::TooLong => ErrorCode::Query,
            SessionError::NoHome | SessionError::Settings { .. } => ErrorCode::Storage,
        };
        IpcError { code, message: sentence(&error) }
    }
}

impl From<EngineError> for IpcError {
    fn from(error: EngineError) -> IpcError {
        IpcError { code: error.code().into(), message: sentence(&error) }
    }
}

impl From<descry_engine::ErrorCode> for ErrorCode {
    fn from(code: descry_engine::ErrorCode) -> ErrorCode {
        match code {
            descry_engine::ErrorCode::Busy => ErrorCode::Busy,
            descry_engine::ErrorCode::Nested => ErrorCode::Nested,
            descry_engine::ErrorCode::NotAFolder => ErrorCode::NotAFolder,
            descry_engine::ErrorCode::NotFound => ErrorCode::NotFound,
            descry_engine::ErrorCode::Unreadable => ErrorCode::Unreadable,
            descry_engine::ErrorCode::Query => ErrorCode::Query,
            descry_engine::ErrorCode::Model => ErrorCode::Model,
            descry_engine::ErrorCode::Storage => ErrorCode::Storage,
            descry_engine::ErrorCode::Version => ErrorCode::Version,
        }
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
    /// A failure with no specific code.
    pub(crate) fn internal(error: impl std::fmt::Display) -> IpcError {
        IpcError { code: ErrorCode::Internal, message: sentence(&error) }
    }
}

/// Turns an error, which begins in lower case, into a sentence.
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
