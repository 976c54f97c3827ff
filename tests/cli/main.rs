//! Tests of the real terminal program.

mod choosing;
mod disk;
mod embedding;
mod evaluating;
mod failures;
mod indexing;
mod parts;
mod questions;
mod screen;
mod searching;
mod sharing;
