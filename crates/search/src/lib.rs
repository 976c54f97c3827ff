//! Answers a query over one immutable snapshot with ranked, explained hits.
//!
//! Guarantees: the same query over the same snapshot returns the same answer; filters apply before
//! the top hits are taken; every text is a valid query. Out of scope: files on disk, threads,
//! models (vectors come through [`Sources`]), and how hits are shown.

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
mod roles;
mod scope;
mod signal_kind;
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
pub use signal_kind::SignalKind;
pub use signals::{SIGNALS, SignalSwitch, Weights};
pub use snapshot::{Shard, Snapshot};
pub use sources::Sources;
pub use table::{Chunks, FileEntry, Table};
