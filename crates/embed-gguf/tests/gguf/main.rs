//! Tests the loader on small random models written by candle: against candle's own BERT, and with
//! every kind of damage.

mod damaged;
mod fixed;
mod hollow;
mod mutated;
mod oracle;
mod quantised;
mod tiny;
