//! `cargo xtask bench engine`: runs our engine, ONNX Runtime in f32 and llama.cpp in turn, with the same texts, model
//! file and number of threads, and compares ours with the faster of the other two.
//!
//! It also measures two rejected alternatives: ours with every product in f32, and candle's tensors with its quantised
//! products (on a tenth of the texts, because it is slow).
//!
//! ONNX Runtime and llama.cpp run from Python scripts in `crates/embed-gguf/benches`; each lists its packages at the
//! top.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail, ensure};

use crate::step;
use crate::workspace::{cargo, program, root, target_dir};

/// A model file with more bytes is measured with fewer texts.
const LARGE: u64 = 100_000_000;

/// Measures all three and prints a table, without those that fail to run.
pub(crate) fn run(args: &[String], texts_from: &Path) -> Result<()> {
    let model = match args.first() {
        Some(model) => PathBuf::from(model),
        None => root().join("models/descry-code-22m-q8_0.gguf"),
    };
    let size = fs::metadata(&model).with_context(|| model.display().to_string())?.len();
    let texts: usize = match args.get(1) {
        Some(texts) => texts.parse().context("a number of texts")?,
        None if size > LARGE => 40,
        None => 1000,
    };
    let threads = thread::available_parallelism()?.to_string();
    let mut options = vec!["--threads", &threads];
    if let Some(runs) = args.get(2) {
        options.extend(["--runs", runs]);
    }

    // With the features of the whole workspace, as in the built programs.
    let build = ["build", "--release", "--workspace", "--example", "throughput"];
    step::run(&mut cargo(build))?;
    let target = target_dir()?;
    let throughput = |texts: usize| {
        let mut ours = Command::new(program(&target.join("release/examples"), "throughput"));
        ours.arg(&model).arg(texts_from).args(["--texts", &texts.to_string()]);
        ours
    };
    let ids = target.join("bench-engine.json");
    let output = throughput(texts).arg("--ids").stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "cannot split the texts into tokens");
    fs::write(&ids, output.stdout).with_context(|| ids.display().to_string())?;

    let script = |name: &str| {
        let system = if cfg!(windows) { "python" } else { "python3" };
        let mut python =
            Command::new(env::var_os("PYTHON").unwrap_or_else(|| OsString::from(system)));
        python.arg(root().join("crates/embed-gguf/benches").join(name)).arg(&model).arg(&ids);
        python
    };
    let ours = measure("Descry", throughput(texts).args(&options))?;
    let on = |device: &str, texts: usize| {
        measure(device, throughput(texts).args(&options).args(["--device", device]))
    };
    let ways = [("in f32", on("f32", texts)?), ("by candle", on("candle", (texts / 10).max(4))?)];
    let mut others = Vec::new();
    for (name, script_name) in [("ONNX Runtime", "onnx_runtime.py"), ("llama.cpp", "llama.py")] {
        match measure(name, script(script_name).args(&options)) {
            Ok(speed) => others.push((name, speed)),
            Err(error) => println!("{name} is skipped: {error:#}"),
        }
    }
    println!("\n{}", table(&ours, &ways, &others));
    Ok(())
}

/// The figures that a program printed.
#[derive(Debug, Default, PartialEq)]
struct Speed {
    /// The best over the batch sizes.
    tokens_per_second: f64,
    tokens_per_cpu_second: f64,
    at_once: u32,
    /// The median for a query, in milliseconds.
    query: f64,
}

impl Speed {
    /// Reads a line in the format of `examples/throughput.rs` and `benches/timing.py`; ignores any other.
    fn read(&mut self, line: &str) -> Option<()> {
        if let Some(times) = line.strip_prefix("query of 12 tokens: ") {
            self.query = times.split_once("p50 ")?.1.strip_suffix(" ms")?.parse().ok()?;
            return Some(());
        }
        let (what, speeds) = line.split_once(" at once: ")?;
        let (wall, cpu) = speeds.split_once(" tokens/s, ")?;
        let wall = wall.parse().ok()?;
        if wall > self.tokens_per_second {
            self.tokens_per_second = wall;
            self.tokens_per_cpu_second = cpu.strip_suffix(" tokens/CPU-s")?.parse().ok()?;
            self.at_once = what.rsplit(' ').next()?.parse().ok()?;
        }
        Some(())
    }
}

/// Runs a program, shows its output and reads its speed from it.
fn measure(name: &str, command: &mut Command) -> Result<Speed> {
    println!("\n== {name}");
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{program}` cannot be started"))?;
    let mut speed = Speed::default();
    for line in BufReader::new(child.stdout.take().context("no output")?).lines() {
        let line = line?;
        println!("{line}");
        speed.read(line.trim_end());
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{program}` ended with {status}");
    }
    ensure!(speed.tokens_per_second > 0.0, "the program printed no speed");
    Ok(speed)
}

/// A line for each, and one with the ratios of ours to the better of the others; above 1, ours is faster.
///
/// `cores` is the processor time that each got: if it is well below the number of threads, other programs were
/// running and the ratios mean little, because the other engines' threads spin while they wait for each other.
fn table(ours: &Speed, ways: &[(&str, Speed)], others: &[(&str, Speed)]) -> String {
    let row = |name: &str, speed: &Speed| {
        let Speed { tokens_per_second, tokens_per_cpu_second, at_once, query } = speed;
        let cores = tokens_per_second / tokens_per_cpu_second;
        format!(
            "{name:<14}{tokens_per_second:>10.0}{at_once:>9}{cores:>7.1}{tokens_per_cpu_second:>14.0}{query:>13.2} ms"
        )
    };
    let head = ["tokens/s", "at once", "cores", "tokens/CPU-s", "12 tokens, p50"];
    let mut lines = vec![format!(
        "{:<14}{:>10}{:>9}{:>7}{:>14}{:>16}",
        "", head[0], head[1], head[2], head[3], head[4]
    )];
    lines.push(row("Descry", ours));
    lines.extend(ways.iter().chain(others).map(|(name, speed)| row(name, speed)));
    let best =
        |value: fn(&Speed) -> f64| others.iter().map(|(_, speed)| value(speed)).reduce(f64::max);
    let wall = best(|speed| speed.tokens_per_second);
    let cpu = best(|speed| speed.tokens_per_cpu_second);
    let query = best(|speed| 1.0 / speed.query);
    if let (Some(wall), Some(cpu), Some(query)) = (wall, cpu, query) {
        let wall = ours.tokens_per_second / wall;
        let cpu = ours.tokens_per_cpu_second / cpu;
        let query = 1.0 / ours.query / query;
        lines
            .push(format!("{:<14}{wall:>9.2}x{:>16}{cpu:>13.2}x{query:>15.2}x", "ours / best", ""));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_size_and_the_query_of_twelve_tokens_are_read() {
        let mut speed = Speed::default();
        for line in [
            "loaded in 40ms, on CPU",
            "16 texts, 4000 tokens, 1 at once: 900 tokens/s, 450 tokens/CPU-s",
            "16 texts, 4000 tokens, 8 at once: 1200 tokens/s, 600 tokens/CPU-s",
            "16 texts, 4000 tokens, 32 at once: 1100 tokens/s, 610 tokens/CPU-s",
            "query of 3 tokens: least 0.50 ms, p50 0.60 ms",
            "query of 12 tokens: least 1.50 ms, p50 2.00 ms",
        ] {
            speed.read(line);
        }
        let expected = Speed {
            tokens_per_second: 1200.0,
            tokens_per_cpu_second: 600.0,
            at_once: 8,
            query: 2.0,
        };
        assert_eq!(speed, expected);
    }

    #[test]
    fn ours_is_compared_with_the_better_of_the_others() {
        let speed = |wall, query| Speed {
            tokens_per_second: wall,
            tokens_per_cpu_second: wall / 2.0,
            at_once: 8,
            query,
        };
        let text = table(
            &speed(1200.0, 2.0),
            &[("c", speed(2000.0, 1.0))],
            &[("a", speed(600.0, 3.0)), ("b", speed(400.0, 1.0))],
        );
        let ratios: Vec<_> = text.lines().last().unwrap().split_whitespace().skip(3).collect();
        assert_eq!(ratios, ["2.00x", "2.00x", "0.50x"]);
        assert_eq!(table(&speed(1.0, 1.0), &[], &[]).lines().count(), 2);
    }
}
