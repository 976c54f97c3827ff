//! The real terminal program.

mod searching;
