//! `cargo xtask eval`: how well `descry` ranks, on repositories with annotated queries.
//!
//! Indexes every repository by the terminal program, asks it all the queries, and prints NDCG@10, Recall@10 and MRR@10
//! as the benchmark computes them: the mean per repository, then over repositories.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::step;
use crate::workspace::{cargo, program, target_dir};

mod ask;
mod benchmark;
mod report;
mod score;

use self::score::{Hit, Score};

const USAGE: &str = "\
usage: cargo xtask eval --annotations DIR --repos DIR [OPTIONS]

  --annotations DIR   holds <name>.json per repository; repos.json lies beside DIR, and so may published_ndcg10.json
  --repos DIR         holds the repositories' checkouts by name
  --tiers LIST        what takes part: words | words,instant | words,instant,full; words,instant,full if absent
  --repo NAME         only this repository; may be given again
  --out FILE          where the answers go; <FILE less .jsonl>.misses.jsonl gets what was not found first
  --descry PROGRAM    the terminal program; a release build of this checkout if absent
  --score FILE        only score answers written earlier; asks nothing and needs no --repos
";

/// One line of the file of answers; paths are relative to the repository.
#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    repo: String,
    query: String,
    results: Vec<Hit>,
}

#[derive(Debug, Default)]
struct Options {
    annotations: PathBuf,
    repos: Option<PathBuf>,
    tiers: Option<String>,
    only: Vec<String>,
    out: Option<PathBuf>,
    descry: Option<PathBuf>,
    score: Option<PathBuf>,
}

/// Measures and prints; see `USAGE` for `args`.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let options = parse(args)?;
    let mut repositories = benchmark::load(&options.annotations, &options.only)?;
    let published = benchmark::published(&options.annotations)?;
    let folder = target_dir()?.join("eval");
    let (answers, out) = match (&options.score, &options.repos) {
        (Some(file), _) => {
            let answers = read_answers(file)?;
            // As with answers that were asked for: a repository without any is left out, not a failure of ranking.
            repositories.retain(|it| answers.iter().any(|answer| answer.repo == it.name));
            (answers, options.out.unwrap_or_else(|| file.clone()))
        }
        (None, Some(repos)) => {
            let descry = options.descry.map_or_else(build, Ok)?;
            let tiers = options.tiers.as_deref().unwrap_or("words,instant,full");
            let asked = ask::Asked { descry: &descry, repos, data: &folder, tiers };
            let answers = asked.all(&repositories)?;
            let out = options.out.unwrap_or_else(|| folder.join("results.jsonl"));
            write_lines(&out, &answers)?;
            (answers, out)
        }
        (None, None) => bail!("where are the repositories?\n\n{USAGE}"),
    };
    let rows = report::rows(&repositories, &answers);
    print!("{}", report::table(&rows, &published));
    let misses = out.with_extension("misses.jsonl");
    write_lines(&misses, &report::misses(&rows))?;
    println!("\nanswers: {}\nnot found first: {}", out.display(), misses.display());
    Ok(())
}

fn parse(args: &[String]) -> Result<Options> {
    let mut options = Options::default();
    let mut args = args.iter();
    while let Some(name) = args.next() {
        let value = args.next().with_context(|| format!("{name} lacks its value\n\n{USAGE}"))?;
        match name.as_str() {
            "--annotations" => options.annotations = std::path::absolute(value)?,
            "--repos" => options.repos = Some(std::path::absolute(value)?),
            "--tiers" => options.tiers = Some(value.clone()),
            "--repo" => options.only.push(value.clone()),
            "--out" => options.out = Some(value.into()),
            "--descry" => options.descry = Some(value.into()),
            "--score" => options.score = Some(value.into()),
            _ => bail!("there is no option {name}\n\n{USAGE}"),
        }
    }
    if options.annotations.as_os_str().is_empty() {
        bail!("where are the annotations?\n\n{USAGE}");
    }
    Ok(options)
}

fn build() -> Result<PathBuf> {
    step::run(&mut cargo(["build", "--release", "-p", "descry-cli"]))?;
    Ok(program(&target_dir()?.join("release"), "descry"))
}

fn read_answers(path: &Path) -> Result<Vec<Answer>> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let answers: Result<_, _> = lines.map(serde_json::from_str).collect();
    answers.with_context(|| format!("{} is not a file of answers", path.display()))
}

fn write_lines<T: Serialize>(path: &Path, items: &[T]) -> Result<()> {
    let lines: Result<Vec<_>, _> = items.iter().map(serde_json::to_string).collect();
    let text: String = lines?.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect();
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// The score of `answers` for one query; a query without an answer scores zero.
fn score(task: &benchmark::Task, answer: Option<&Answer>) -> Score {
    Score::of(answer.map_or(&[], |it| &it.results), &task.targets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_options_are_told() {
        let check = |args: &[&str], expected: &str| {
            let args: Vec<String> = args.iter().map(|it| (*it).to_owned()).collect();
            let error = parse(&args).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        };
        check(&[], "where are the annotations?");
        check(&["--annotations"], "--annotations lacks its value");
        check(&["--fast", "yes"], "there is no option --fast");
    }
}
