//! The engine: indexes added folders, answers queries with explained hits, and keeps the index
//! fresh in the background.
//!
//! Promises: one writer thread makes all changes, in commits that survive a kill; searches run over
//! immutable snapshots and never wait for the writer; one bad file never stops the rest. Does not
//! know: Tauri, terminals, wire formats, or what a model consists of.

mod backlog;
mod blend;
mod clock;
mod config;
mod data_dir;
mod disk;
mod edits;
mod engine;
mod error;
pub mod evaluation;
mod event;
mod feed;
mod fit;
mod git;
mod matches;
mod names;
mod prepare;
mod rate;
mod reader;
mod reconcile;
mod root;
mod save;
mod scan;
mod shared;
mod sources;
mod static_view;
mod status;
mod texts;
mod writer;

pub use clock::{Clock, ScriptedClock, SystemClock};
pub use config::{EngineConfig, LoadEmbedder, LoadStatic, Models, StartWatcher, notify_watcher};
pub use data_dir::{DataDir, Lock, private_dir};
pub use disk::DiskUse;
pub use engine::{Engine, FileText, SELECTION};
pub use error::{EngineError, ErrorCode};
pub use matches::{FileMatches, Searched, matches};
pub use shared::Notification;
pub use status::{Coverage, FolderStatus, ModelStatus, Phase, Status, WatchStatus};

pub use descry_grep::{Case, MatchedLine, Options as MatchOptions};
pub use descry_search::{
    Answer, Duplicate, Facets, FileRole, Files, FilterKind, FilterToken, Hit, Line, Mode, Notice,
    Query, Signal, SignalKind, Tiers, Why, Working,
};
