//! Tests of the engine through its public interface: from folders on disk to answers.

mod damage;
mod dump;
mod edits;
mod exactness;
mod folders;
mod kill;
mod kit;
mod matches;
#[cfg(target_os = "linux")]
mod model;
mod models;
mod odd_files;
mod panics;
mod read_only;
mod reading;
mod replaced;
mod restart;
mod room;
mod searches;
mod watching;
