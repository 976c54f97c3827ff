//! What can go wrong with a search: only a damaged index can.

use descry_lexical::LexicalError;
use descry_vector::VectorError;

/// A failure of a search.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// An index of words failed.
    #[error(transparent)]
    Words(#[from] LexicalError),
    /// An index of vectors failed.
    #[error(transparent)]
    Vectors(#[from] VectorError),
}
