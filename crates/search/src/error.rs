//! Errors of a search; only a damaged index causes one.

use descry_lexical::LexicalError;
use descry_vector::VectorError;

/// A search error.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A lexical index failed.
    #[error(transparent)]
    Words(#[from] LexicalError),
    /// A vector index failed.
    #[error(transparent)]
    Vectors(#[from] VectorError),
}
