//! `descry`, the terminal program: it uses the same index as the app, even while the app runs.
//!
//! Promises: messages for people go to standard error, answers to standard output, and with
//! `--json` only JSON goes there. Text from files never controls the terminal. The exit code is 0
//! for success, 1 for a failure, 2 for wrong usage. An empty result from a complete index is a
//! success, from an incomplete one a failure. With `search --all` the codes are those of grep: 0
//! for a match, 1 for no match, 2 for a failure.
//! Does not know: how anything is indexed or ranked.

mod args;
mod embed;
mod eval;
mod excerpt;
mod folder;
mod index;
mod limit;
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
use std::time::{Duration, Instant};

use clap::Parser;
use descry_session::{Session, SessionConfig, SessionError};

use args::{Args, Command};

/// The allocator of Linux's C library keeps the memory that each thread frees: with it, an index of
/// 8 MB of sources re-embedded for ten minutes grows from 230 to 400 MB (`cargo xtask bench soak`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(false)
        // It would panic in whichever thread logs after the reader has closed the pipe.
        .log_internal_errors(false)
        .with_max_level(match std::env::var_os("DESCRY_LOG") {
            Some(_) => tracing_subscriber::filter::LevelFilter::DEBUG,
            None => tracing_subscriber::filter::LevelFilter::OFF,
        })
        .init();
    let args = Args::parse_from(question::with_words_last(std::env::args_os()));
    let as_grep = matches!(&args.command, Command::Search(search) if search.wants_all());
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader closed the pipe (`descry search … | head`).
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
        Command::Limit(args) => limit::run(&args),
        Command::Remove(args) => folder::remove(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Embed(args) => embed::run(&args),
        Command::Model(args) => model::run(args),
        Command::Shell(args) => shell::run(&args, color),
    }
}

/// What a command needs from the engine if this process becomes the owner.
#[derive(Clone, Default)]
struct Needs {
    /// A model to use instead of the chosen one.
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

/// Retries `act` while the process that owns the index is ending: the next try finds another owner,
/// or owns the engine itself. `act` must be safe to repeat.
fn again_if_gone<T>(mut act: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<T> {
    // An owner may take a while to save its index, and another may end right after it.
    const PATIENCE: Duration = Duration::from_secs(20);
    const PAUSE: Duration = Duration::from_millis(20);
    let gone = |error: &anyhow::Error| {
        matches!(error.downcast_ref::<SessionError>(), Some(SessionError::Gone))
    };
    let begun = Instant::now();
    loop {
        match act() {
            Err(error) if gone(&error) && begun.elapsed() < PATIENCE => {
                std::thread::park_timeout(PAUSE);
            }
            other => return other,
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
