//! How a program gets an engine: it owns the engine of a data directory, or it talks to the process
//! that does.
//!
//! Promises: the app and any number of terminals share one index at the same time. The first
//! process owns the engine; the others are its guests, over a local socket that only this user can
//! reach. Does not know: windows, command lines, how anything is shown.

mod calls;
mod client;
mod error;
mod model;
mod places;
mod server;
mod session;
mod settings;
mod wire;

pub use client::Client;
pub use error::SessionError;
pub use model::{Bundled, choose_model, model_in_use, models, reset_model};
pub use places::data_dir;
pub use session::{Focus, Session, SessionConfig, folders_at_rest, is_owned};
pub use settings::Settings;
