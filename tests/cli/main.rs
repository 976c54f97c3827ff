//! The real terminal program.

mod choosing;
mod embedding;
mod evaluating;
mod failures;
mod indexing;
mod searching;
mod sharing;
