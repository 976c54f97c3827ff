//! The loader on small random models that candle writes: against candle's own BERT, and damaged in
//! every way.

mod damaged;
mod fixed;
mod hollow;
mod mutated;
mod oracle;
mod quantised;
mod tiny;
