//! `cargo xtask fuzz [SECONDS]`: gives each fuzz target random input for a while, 30 seconds by default.
//!
//! The crates of this workspace are compiled with counters of what is executed; their dependencies are those of every
//! other build. Inputs that executed something new stay in cargo's build folder for the next time.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::step::Steps;
use crate::workspace::{cargo, program, root, target_dir};

/// Each target with the folder of what it starts from.
const TARGETS: [(&str, &str); 6] = [
    ("catalog", "crates/fuzz/seeds/catalog"),
    ("chunks", "crates/fuzz/seeds/chunks"),
    ("gguf", "crates/embed-gguf/tests/fixtures/models"),
    ("protocol", "crates/fuzz/seeds/protocol"),
    ("query", "crates/fuzz/seeds/query"),
    ("text", "crates/fuzz/seeds/text"),
];

/// Seconds for each target.
pub(crate) const SECONDS: u32 = 30;

/// Targets that run at a time.
const AT_ONCE: usize = 2;

pub(crate) fn run(args: &[String]) -> Result<()> {
    let seconds = match args.first() {
        Some(seconds) => seconds.parse().context("the seconds for each target")?,
        None => SECONDS,
    };
    let mut steps = Steps::new();
    fuzz(&mut steps, seconds)?;
    steps.finish();
    Ok(())
}

/// Builds the targets and runs each for some seconds.
pub(crate) fn fuzz(steps: &mut Steps, seconds: u32) -> Result<()> {
    if !cfg!(target_os = "linux") {
        println!("\nThe fuzz targets are built only on Linux; they are skipped here.");
        return Ok(());
    }
    let mut build = cargo(["build", "--workspace"]);
    build.args(
        TARGETS.iter().flat_map(|(target, _)| ["--example".to_owned(), format!("fuzz-{target}")]),
    );
    build.env("RUSTC_WORKSPACE_WRAPPER", root().join("crates/fuzz/instrument.sh"));
    steps.command("Build of the fuzz targets", build)?;
    let target_dir = target_dir()?;
    steps.run("Fuzzing", || {
        TARGETS.chunks(AT_ONCE).try_for_each(|targets| {
            let runs = targets.iter().map(|target| Run::start(&target_dir, *target, seconds));
            let runs = runs.collect::<Result<Vec<_>>>()?;
            // All of them, also if the first fails.
            let ended: Vec<Result<()>> = runs.into_iter().map(Run::end).collect();
            ended.into_iter().collect()
        })
    })
}

/// A target that is running.
struct Run {
    target: &'static str,
    process: Child,
}

impl Run {
    fn start(
        target_dir: &Path,
        (target, seeds): (&'static str, &str),
        seconds: u32,
    ) -> Result<Run> {
        let (found, seeds) = (target_dir.join("fuzz").join(target), root().join(seeds));
        fs::create_dir_all(&found).with_context(|| format!("creating {}", found.display()))?;
        let mut command =
            Command::new(program(&target_dir.join("debug/examples"), &format!("fuzz-{target}")));
        command.arg(format!("-max_total_time={seconds}"));
        command.args(["-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1"]);
        command.arg(format!("-artifact_prefix={}/", target_dir.join("fuzz").display()));
        command.arg(&found).arg(&seeds).current_dir(root());
        let log = fs::File::create(found.with_extension("log")).context("creating a log")?;
        let process = command.stdout(Stdio::null()).stderr(log).spawn();
        let process = process.with_context(|| format!("starting the fuzz target {target}"))?;
        Ok(Run { target, process })
    }

    fn end(mut self) -> Result<()> {
        let status = self.process.wait()?;
        let log = target_dir()?.join("fuzz").join(self.target).with_extension("log");
        let text = fs::read(&log).with_context(|| format!("reading {}", log.display()))?;
        let text = String::from_utf8_lossy(&text);
        let tried =
            text.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        ensure!(status.success(), "the fuzz target {} failed: {status}\n{text}", self.target);
        println!("   {}: {} inputs", self.target, tried.unwrap_or("no").trim());
        Ok(())
    }
}
