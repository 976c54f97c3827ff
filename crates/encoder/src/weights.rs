//! The weights of an encoder under uniform names, whatever its architecture calls them.

use crate::config::{Activation, Config, Distance};
use crate::matrix::Matrix;
use crate::table::Table;

/// Where weights live and run; each backend stores them in the form that it computes with.
pub trait Backend {
    /// y = W x + b, with W `[rows, columns]` and b `[rows]`.
    type Linear;
    /// Layer norm or RMS norm.
    type Norm;

    /// Stores a matrix and its bias.
    fn linear(&self, weight: Matrix, bias: Option<Vec<f32>>) -> candle_core::Result<Self::Linear>;

    /// Stores a norm.
    fn norm(&self, scale: Vec<f32>, shift: Option<Vec<f32>>) -> candle_core::Result<Self::Norm>;
}

/// An encoder's weights.
pub struct Weights<P: Backend> {
    /// What is computed with them.
    pub config: Config,
    /// The vectors of tokens.
    pub tokens: Table,
    /// Added to every token: `[context, dim]`, `[dim]` if it is the same for all positions, or
    /// empty.
    pub positions: Vec<f32>,
    /// The norm of the sum of token and position.
    pub embedding_norm: Option<P::Norm>,
    /// The bias by the distance of two tokens.
    pub distance: Distance,
    /// The layers, in order.
    pub layers: Vec<Layer<P>>,
    /// The norm after the last layer.
    pub final_norm: Option<P::Norm>,
}

/// The weights of one layer.
pub struct Layer<P: Backend> {
    /// A norm before attention.
    pub before_attention: Option<P::Norm>,
    /// The map to queries.
    pub query: P::Linear,
    /// The map to keys.
    pub key: P::Linear,
    /// The map to values.
    pub value: P::Linear,
    /// A norm of queries, per head or over all heads, depending on its width.
    pub query_norm: Option<P::Norm>,
    /// The same for keys.
    pub key_norm: Option<P::Norm>,
    /// The map from all heads back to the residual stream.
    pub output: P::Linear,
    /// A norm of the sum with the input ([`NormPlacement::Post`](crate::NormPlacement)) or of the
    /// part alone ([`NormPlacement::Around`](crate::NormPlacement)).
    pub after_attention: Option<P::Norm>,
    /// A norm after adding the input a second time (jina-embeddings-v2-base-code).
    pub again: Option<P::Norm>,
    /// A norm before the feed-forward part.
    pub before_ffn: Option<P::Norm>,
    /// The feed-forward part.
    pub feed_forward: FeedForward<P>,
    /// As `after_attention`, for the feed-forward part.
    pub after_ffn: Option<P::Norm>,
}

/// The feed-forward part.
pub enum FeedForward<P: Backend> {
    /// The same for every token.
    Dense {
        /// The function between the products.
        activation: Activation,
        /// The gate is activated and multiplied by `up`, which is then not activated.
        gate: Option<P::Linear>,
        /// The map to the inner width.
        up: P::Linear,
        /// The map back.
        down: P::Linear,
    },
    /// By a few of many for each token.
    Experts {
        /// The function between the products.
        activation: Activation,
        /// Scores each expert for a token: `[experts, dim]`.
        router: P::Linear,
        /// Each expert's map to the inner width.
        up: Vec<P::Linear>,
        /// Each expert's map back.
        down: Vec<P::Linear>,
    },
}
