//! The engine: added folders in, explained hits out, kept fresh in the background.
//!
//! Promises: one writer thread changes things, in commits that survive a kill; searches run over
//! immutable snapshots and never wait for the writer; one bad file never stops the rest. Does not
//! know: Tauri, terminals, wire formats, or what a model is made of.

mod backlog;
mod batch;
mod blend;
mod commands;
mod config;
mod data_dir;
mod engine;
mod error;
mod event;
mod feed;
mod fit;
mod git;
mod matches;
mod names;
mod prepare;
mod publish;
mod rate;
mod reconcile;
mod retry;
mod root;
mod scan;
mod show;
mod sources;
mod space;
mod static_view;
mod status;
mod texts;
mod writer;

pub use config::{EngineConfig, LoadEmbedder, LoadStatic, Models};
pub use data_dir::{DataDir, Lock};
pub use engine::{Engine, FileText};
pub use error::EngineError;
pub use matches::{FileMatches, Searched, matches};
pub use publish::Notification;
pub use status::{Coverage, FolderStatus, ModelStatus, Phase, Status, WatchStatus};

pub use descry_embed::StaticEmbedder;
pub use descry_grep::{Case, MatchedLine, Options as MatchOptions};
pub use descry_search::{
    Answer, Duplicate, Facets, FileRole, Files, FilterKind, FilterToken, Hit, Line, Mode, Notice,
    Query, SIGNALS, Shard, Signal, SignalSwitch, Snapshot, Sources, Tiers, Weights, Why, Working,
    search_with,
};
