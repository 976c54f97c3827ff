//! Minutes of embedding without a pause: whether memory stays flat, and how quickly a search that is
//! typed meanwhile is answered.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::step;
use crate::workspace::{cargo, program, root, target_dir};

/// Between two searches.
const PAUSE: Duration = Duration::from_secs(2);
/// What is asked, in turn.
const QUESTIONS: [&str; 4] =
    ["parse a date", "where are connections retried", "escape html", "HashMap"];

/// Indexes `folder` for so many minutes with a program of its own, and asks as its guest.
pub(super) fn run(folder: &Path, minutes: u64) -> Result<()> {
    // With the features of the whole workspace, as the programs are built.
    step::run(&mut cargo(["build", "--release", "--workspace", "--bins"]))?;
    let program = program(&target_dir()?.join("release"), "descry");
    let data = target_dir()?.join("soak");
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    let descry = |args: &[&str]| {
        let mut command = Command::new(&program);
        command.env("DESCRY_DATA_DIR", &data).env("DESCRY_MODELS", root().join("models"));
        command.args(args).stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let mut owner = Ended(descry(&["index", "--wait", "full"]).arg(folder).spawn()?);
    let begun = Instant::now();
    let (mut times, mut minute) = (Vec::new(), 0);
    while begun.elapsed() < Duration::from_secs(60 * minutes) {
        std::thread::park_timeout(PAUSE);
        ensure!(owner.0.try_wait()?.is_none(), "all of it is embedded: name a larger folder");
        let asked = Instant::now();
        let question = QUESTIONS[times.len() % QUESTIONS.len()];
        ensure!(descry(&["search", "--json", question]).status()?.success(), "no answer");
        times.push(asked.elapsed());
        if begun.elapsed() >= Duration::from_secs(60 * minute) {
            minute += 1;
            println!(
                "{:>4.0} s: {} MB resident",
                begun.elapsed().as_secs_f64(),
                resident(&owner.0)?
            );
        }
    }
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    println!(
        "{} searches, each a new program: p50 {:.0?}, p95 {:.0?}, longest {:.0?}",
        times.len(),
        at(50),
        at(95),
        at(100)
    );
    Ok(())
}

/// A program that ends with its owner.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Megabytes of memory that a program has, by /proc.
fn resident(child: &Child) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kilobytes.context("there is no such system")?.trim().parse::<u64>()? / 1000)
}
