//! `descry`, the terminal program: the same index as the app, also while the app runs.
//!
//! Promises: messages for people go to standard error, answers to standard output, and with `--json`
//! nothing but JSON goes there; what comes from files never steers the terminal; the exit code is 0 for
//! success, 1 for a failure, 2 for a wrong call. That a complete index holds nothing of what was asked for
//! is success; that an incomplete one does is a failure. With `search --all` the codes are those of grep: 0
//! if anything matches, 1 if nothing does, 2 for a failure.
//! Does not know: how anything is indexed or ranked.

mod args;
mod embed;
mod eval;
mod excerpt;
mod folder;
mod index;
mod matches;
mod model;
mod output;
mod question;
mod screen;
mod search;
mod shell;
mod status;
mod visible;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use descry_session::{Session, SessionConfig, SessionError};

use args::{Args, Command};

/// The allocator of Linux's C library keeps what one thread after the other frees: an index of 8 MB of sources
/// that is embedded anew for ten minutes grows from 230 to 400 MB with it (`cargo xtask bench soak`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(false)
        .with_max_level(match std::env::var_os("DESCRY_LOG") {
            Some(_) => tracing_subscriber::filter::LevelFilter::DEBUG,
            None => tracing_subscriber::filter::LevelFilter::OFF,
        })
        .init();
    let args = Args::parse_from(question::with_words_last(std::env::args_os()));
    let as_grep = matches!(&args.command, Command::Search(search) if search.wants_all());
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read our output has seen enough (`descry search … | head`).
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) if error.is::<matches::Nothing>() => ExitCode::FAILURE,
        Err(error) => {
            output::say(&format!("descry: {error:#}"));
            if as_grep { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn run(args: Args) -> anyhow::Result<()> {
    let color = args.color;
    match args.command {
        Command::Index(args) => index::run(&args),
        Command::Search(args) => search::run(&args, color),
        Command::Status(args) => status::run(&args),
        Command::Folders(args) => status::folders(&args),
        Command::Remove(args) => folder::remove(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Embed(args) => embed::run(&args),
        Command::Model(args) => model::run(args),
        Command::Shell(args) => shell::run(&args, color),
    }
}

/// What a command needs of the engine, should this process own it.
#[derive(Clone, Default)]
struct Needs {
    /// Another model than the chosen one.
    model: Option<PathBuf>,
    watch: bool,
    catch_up: bool,
    background: bool,
}

fn open(needs: Needs) -> anyhow::Result<Session> {
    let config = SessionConfig {
        data_dir: descry_session::data_dir()?,
        model: needs.model,
        bundled: descry_bundled::bundled(),
        watch: needs.watch,
        catch_up: needs.catch_up,
        background: needs.background,
        // A terminal has no window to bring forward.
        focus: Box::new(|_| false),
    };
    Ok(Session::open(config, |_| {})?)
}

/// Does it again if the process that was asked has ended meanwhile: the next try finds another, or
/// owns the engine itself. What is done must bear being done twice.
fn again_if_gone<T>(mut act: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<T> {
    // Many short searches may own the engine one after the other.
    const TRIES: usize = 50;
    let gone = |error: &anyhow::Error| {
        matches!(error.downcast_ref::<SessionError>(), Some(SessionError::Gone))
    };
    for _ in 1..TRIES {
        match act() {
            Err(error) if gone(&error) => {}
            other => return other,
        }
    }
    act()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
