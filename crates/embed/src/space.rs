//! The identity of a vector space.

use std::fmt;
use std::sync::Arc;

use crate::TextPreprocessing;

/// The identity of a model's vector space of code: everything besides the text that determines a
/// vector. Vectors of different spaces are never compared. The text form is stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VectorSpace {
    /// The SHA-256 of the model file, in lower-case hex.
    pub weights: Arc<str>,
    /// The name of the built-in rules (prompts, pooling) for a model whose file has none.
    pub rules: Option<&'static str>,
    /// The length to which vectors are truncated, if they are.
    pub shortened_to: Option<usize>,
    /// The text preprocessing of code. The model itself reads texts unchanged; the caller applies
    /// this, as [`EmbedHandle`](crate::EmbedHandle) and
    /// [`StaticEmbedder::embed_code`](crate::StaticEmbedder::embed_code) do.
    pub preprocessing: TextPreprocessing,
}

impl VectorSpace {
    /// The space of a model that runs exactly as its file specifies.
    pub fn of_weights(sha256: &str, preprocessing: TextPreprocessing) -> VectorSpace {
        let weights = sha256.to_ascii_lowercase().into();
        VectorSpace { weights, rules: None, shortened_to: None, preprocessing }
    }
}

impl fmt::Display for VectorSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.weights)?;
        if let Some(rules) = self.rules {
            write!(f, "-{rules}")?;
        }
        if let Some(dim) = self.shortened_to {
            write!(f, "-{dim}")?;
        }
        f.write_str(self.preprocessing.suffix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_does_not_change() {
        let plain = VectorSpace::of_weights("AB12", TextPreprocessing::AsWritten);
        let check = |space: &VectorSpace, stored| assert_eq!(space.to_string(), stored);
        check(&plain, "ab12");
        check(&VectorSpace { rules: Some("e5"), ..plain.clone() }, "ab12-e5");
        check(&VectorSpace { shortened_to: Some(256), ..plain.clone() }, "ab12-256");
        let preprocessing = TextPreprocessing::WordsApart;
        let all =
            VectorSpace { rules: Some("e5"), shortened_to: Some(256), preprocessing, ..plain };
        check(&all, "ab12-e5-256+words-apart");
    }
}
