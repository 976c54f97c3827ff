//! Asks the terminal program the benchmark's queries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::Answer;
use super::benchmark::Repository;
use super::score::{Hit, K};
use crate::step;

/// Whom to ask, about what, and how.
pub(super) struct Asked<'a> {
    /// The terminal program.
    pub(super) descry: &'a Path,
    /// Holds the checkouts.
    pub(super) repos: &'a Path,
    /// Holds one data folder per repository; kept, so that the next run embeds only what has changed.
    pub(super) data: &'a Path,
    /// As in `descry search --tiers`.
    pub(super) tiers: &'a str,
}

/// One line of `descry search --json --queries`; paths are relative to the folder that was searched.
#[derive(Deserialize)]
struct Line {
    query: String,
    results: Vec<Hit>,
}

impl Asked<'_> {
    /// Indexes every repository and returns the answers to all of its queries; prints the time that each took.
    pub(super) fn all(&self, repositories: &[Repository]) -> Result<Vec<Answer>> {
        fs::create_dir_all(self.data).with_context(|| format!("making {}", self.data.display()))?;
        let mut answers = Vec::new();
        let mut indexing = Duration::ZERO;
        for repository in repositories {
            let started = Instant::now();
            self.index(repository).with_context(|| format!("indexing {}", repository.name))?;
            let indexed = started.elapsed();
            let found =
                self.search(repository).with_context(|| format!("asking {}", repository.name))?;
            let searched = started.elapsed() - indexed;
            println!(
                "{:<16} indexed in {:>6.1} s, {} queries in {:.1} s",
                repository.name,
                indexed.as_secs_f64(),
                found.len(),
                searched.as_secs_f64()
            );
            indexing += indexed;
            answers.extend(found);
        }
        println!("{:<16} indexed in {:>6.1} s\n", "all", indexing.as_secs_f64());
        Ok(answers)
    }

    fn index(&self, repository: &Repository) -> Result<()> {
        let folder = self.folder(repository);
        ensure!(folder.is_dir(), "{} is not there", folder.display());
        let tier = if self.tiers.split(',').any(|it| it == "full") { "full" } else { "instant" };
        let mut index = self.command(repository);
        step::run(index.arg("index").arg(&folder).args(["--wait", tier]))
    }

    fn search(&self, repository: &Repository) -> Result<Vec<Answer>> {
        let file = self.data.join(format!("{}.queries", repository.name));
        let queries: Vec<_> = repository.tasks.iter().map(|it| it.query.as_str()).collect();
        fs::write(&file, queries.join("\n") + "\n")
            .with_context(|| format!("writing {}", file.display()))?;
        let mut search = self.command(repository);
        search.arg("search").arg("--folder").arg(self.folder(repository)).arg("--json");
        search.arg("--queries").arg(&file).args(["--tiers", self.tiers]);
        search.args(["--limit", &K.to_string()]);
        let output = search.output().context("descry cannot be started")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "descry search failed: {}", complaint.trim());
        let text = String::from_utf8(output.stdout).context("descry's answer is not UTF-8")?;
        answers(&text, repository, &queries)
    }

    fn command(&self, repository: &Repository) -> Command {
        let mut command = Command::new(self.descry);
        command.env("DESCRY_DATA_DIR", self.data.join(&repository.name));
        command
    }

    fn folder(&self, repository: &Repository) -> PathBuf {
        let checkout = self.repos.join(&repository.name);
        match &repository.benchmark_root {
            Some(root) => checkout.join(root),
            None => checkout,
        }
    }
}

/// Reads descry's lines; every query must have one, in order. Paths become relative to the repository.
fn answers(text: &str, repository: &Repository, queries: &[&str]) -> Result<Vec<Answer>> {
    let mut answers = Vec::new();
    for line in text.lines() {
        let Line { query, mut results } =
            serde_json::from_str(line).with_context(|| format!("descry's line is {line}"))?;
        for hit in &mut results {
            if let Some(root) = &repository.benchmark_root {
                hit.path = format!("{root}/{}", hit.path);
            }
        }
        answers.push(Answer { repo: repository.name.clone(), query, results });
    }
    let answered = answers.iter().map(|it| it.query.as_str());
    ensure!(
        answered.eq(queries.iter().copied()),
        "descry gave {} answers to {} queries, or in another order",
        answers.len(),
        queries.len()
    );
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> Repository {
        let text = r#"{"name": "flask", "language": "python", "benchmark_root": "src/flask"}"#;
        serde_json::from_str(text).expect("a repository")
    }

    #[test]
    fn paths_become_relative_to_the_repository() {
        let line = r#"{"query": "routes", "results": [{"path": "app.py", "start_line": 3, "end_line": 9, "why": {}}]}"#;
        let answers = answers(line, &repository(), &["routes"]).expect("an answer");
        assert_eq!(answers[0].results[0].path, "src/flask/app.py");
        assert_eq!(answers[0].results[0].end_line, Some(9));
    }

    #[test]
    fn a_missing_answer_is_no_low_score() {
        let line = r#"{"query": "routes", "results": []}"#;
        assert!(answers(line, &repository(), &["routes", "sessions"]).is_err());
        assert!(answers("words", &repository(), &["routes"]).is_err());
    }
}
