//! What the measuring programs share: a session with the bundled models, waiting, and reporting.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use descry_engine::Notification;
use descry_session::{Bundled, Session, SessionConfig};

/// The longest wait for anything: building the graph of a large folder takes minutes.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// Opens a session with the bundled models, loaded from files.
pub(crate) fn open(
    data: &Path,
    background: bool,
    sink: impl Fn(Notification) + Send + Sync + 'static,
) -> anyhow::Result<Session> {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    let config = SessionConfig {
        data_dir: data.to_path_buf(),
        model: None,
        bundled: Bundled {
            model: (&models.join("descry-code-22m-q8_0.gguf")).into(),
            static_model: (&models.join("descry-code-22m-instant.gguf")).into(),
        },
        watch: true,
        catch_up: false,
        background,
        focus: Box::new(|_| false),
    };
    Ok(Session::open(config, sink)?)
}

pub(crate) fn wait_until(mut done: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let begun = Instant::now();
    while !done()? {
        if begun.elapsed() > PATIENCE {
            bail!("waited for half an hour");
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
    Ok(())
}

/// Prints the median and the slowest twentieth.
pub(crate) fn report(name: &str, mut times: Vec<Duration>) -> anyhow::Result<()> {
    times.sort();
    let at = |share: f64| ms(times[((times.len() - 1) as f64 * share) as usize]);
    say(&format!("{name:<28} p50 {:.1} ms, p95 {:.1} ms of {}", at(0.5), at(0.95), times.len()))
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub(crate) fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

/// A kind of memory of this process, as reported by Linux.
pub(crate) fn megabytes(kind: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(kind)).context("no such line")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
    Ok(kilobytes / 1e3)
}
