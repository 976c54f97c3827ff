//! The real terminal program.

mod embedding;
mod failures;
mod indexing;
mod searching;
mod sharing;
