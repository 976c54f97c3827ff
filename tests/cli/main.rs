//! The real terminal program.

mod embedding;
mod evaluating;
mod failures;
mod indexing;
mod searching;
mod sharing;
