//! The hyperparameters of an encoder: all differences between architectures, as data.

mod positions;

pub use self::positions::{Distance, Pattern, Positions, Window};

/// How a vector is normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormKind {
    /// Layer norm: subtracts the mean, then divides by the standard deviation.
    Layer,
    /// RMS norm: divides by the root mean square.
    Rms,
}

/// The function between the products of a feed-forward part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// The identity, for products outside a feed-forward part.
    None,
    /// The exact GELU.
    Gelu,
    /// The tanh approximation of GELU (`gelu_new`, `gelu_pytorch_tanh`).
    GeluTanh,
    /// x · σ(x), also called swish.
    Silu,
    /// The greater of x and 0.
    Relu,
}

/// The position of a layer's norms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormPlacement {
    /// After each sum (BERT): x = norm(x + f(x)).
    Post,
    /// Before each part: x = x + f(norm(x)), with one norm at the very end.
    Pre,
    /// Before and after each part (Gemma): x = x + norm(f(norm(x))), with one norm at the very end.
    Around,
}

/// How the vectors of a text's tokens are combined into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// Their mean.
    Mean,
    /// The vector of the first token.
    First,
    /// The vector of the last token.
    Last,
}

/// A mixture of experts instead of some feed-forward parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Experts {
    /// Layer n has experts if n mod `every` is 1.
    pub every: usize,
    /// The number of experts in such a layer.
    pub count: usize,
    /// The number of experts for each token.
    pub used: usize,
}

/// What an encoder computes.
#[derive(Clone, Debug)]
pub struct Config {
    /// The width of the residual stream.
    pub dim: usize,
    /// The inner width of the feed-forward part.
    pub ffn: usize,
    /// The number of layers.
    pub layers: usize,
    /// The number of query heads.
    pub heads: usize,
    /// The number of key and value heads; each serves `heads / kv_heads` query heads.
    pub kv_heads: usize,
    /// The width of a head.
    pub head_dim: usize,
    /// The most tokens in a text.
    pub context: usize,
    /// The kind of every norm.
    pub norm: NormKind,
    /// What a norm adds to the variance.
    pub epsilon: f32,
    /// Where the norms are.
    pub norm_placement: NormPlacement,
    /// The activation of feed-forward parts.
    pub activation: Activation,
    /// The factor on token vectors.
    pub embedding_scale: f32,
    /// The factor on queries.
    pub attention_scale: f32,
    /// How the order of tokens is encoded.
    pub positions: Positions,
    /// Whether tokens see only earlier tokens.
    pub causal: bool,
    /// The window of local layers.
    pub window: Option<Window>,
    /// The experts of some layers.
    pub experts: Option<Experts>,
}

impl Config {
    /// Whether tokens of this layer see only their neighbours.
    pub(crate) fn is_local(&self, layer: usize) -> bool {
        self.window.as_ref().is_some_and(|window| window.is_local(layer))
    }

    /// Whether this layer has experts.
    pub fn has_experts(&self, layer: usize) -> bool {
        self.experts.is_some_and(|experts| layer % experts.every == 1 % experts.every)
    }
}
