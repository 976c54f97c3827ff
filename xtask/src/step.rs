//! The steps of a command: each is announced and timed; the first failure ends the command.

use std::borrow::BorrowMut;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The completed steps.
pub(crate) struct Steps {
    started: Instant,
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// Starts the clock.
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), done: Vec::new() }
    }

    /// Runs `work` under the heading `title`. A failure names the step and its duration.
    pub(crate) fn run<T>(
        &mut self,
        title: &'static str,
        work: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        println!("\n== {title}");
        let started = Instant::now();
        let outcome = work();
        let took = started.elapsed();
        match outcome {
            Ok(value) => {
                println!("   {title}: {}", human(took));
                self.done.push((title, took));
                Ok(value)
            }
            Err(error) => Err(error.context(format!("\"{title}\" failed after {}", human(took)))),
        }
    }

    /// Runs a program under the heading `title`.
    pub(crate) fn command(
        &mut self,
        title: &'static str,
        mut command: impl BorrowMut<Command>,
    ) -> Result<()> {
        self.run(title, || run(command.borrow_mut()))
    }

    /// Prints a one-line summary.
    pub(crate) fn finish(&self) {
        let total = human(self.started.elapsed());
        let longest = self.done.iter().max_by_key(|(_, took)| *took);
        let longest = longest
            .map(|(title, took)| format!("; longest: {title}, {}", human(*took)))
            .unwrap_or_default();
        println!("\nAll {} steps passed in {total}{longest}.", self.done.len());
    }
}

/// Runs a program to completion; a failure is an error that quotes the command line.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = command_line(command);
    let status = command.status().with_context(|| format!("`{line}` cannot be started"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

fn human(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_like_speech() {
        let check = |ms, expected| assert_eq!(human(Duration::from_millis(ms)), expected);
        check(240, "0.2 s");
        check(59_000, "59.0 s");
        check(60_000, "1 min 0 s");
        check(754_900, "12 min 34 s");
    }

    #[test]
    fn a_failure_names_the_step_and_the_command() {
        let mut missing = Command::new("no-such-program-of-descry");
        missing.arg("--flag");
        let error = Steps::new().command("Try", missing).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.starts_with("\"Try\" failed after "), "{text}");
        assert!(text.contains("`no-such-program-of-descry --flag` cannot be started"), "{text}");
    }
}
