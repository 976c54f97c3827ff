//! From a question to ranked, explained hits over one immutable snapshot.
//!
//! Promises: the same question over the same snapshot gives the same answer; filters hold before the
//! best are taken; any text is a question, and none fails. Does not know: files on disk, threads,
//! models (a vector is asked for through [`Sources`]), or how hits are shown.

mod answer;
mod asked;
mod asked_name;
mod candidate;
mod duplicates;
mod error;
mod exact;
mod facets;
mod file_role;
mod files;
mod filter;
mod fuse;
mod held;
mod hits;
mod joined;
mod kind;
mod lines;
mod lists;
mod modes;
mod parse;
mod paths;
mod query;
mod reference;
mod signals;
mod snapshot;
mod sources;
mod table;

pub use answer::{Answer, Facets, Hit, Line, Notice, Signal, Why};
pub use duplicates::Duplicate;
pub use error::SearchError;
pub use file_role::FileRole;
pub use files::{Files, FolderFiles, files};
pub use fuse::{Ranked, fuse};
pub use kind::{QueryKind, kind_of};
pub use modes::{nearest_to, search, search_with, similar};
pub use parse::{FilterKind, FilterToken, Parsed, parse, parse_exact};
pub use query::{Mode, Query, Tiers, Working};
pub use signals::{SIGNALS, SignalSwitch, Weights};
pub use snapshot::{Shard, Snapshot};
pub use sources::Sources;
pub use table::{FileEntry, Table};
