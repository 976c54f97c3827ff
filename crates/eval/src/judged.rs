//! Reads judged questions from disk: repositories, annotated queries, published figures.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use descry_evaluation::score::Target;

/// Repository -> system -> its published NDCG@10.
pub(crate) type Published = BTreeMap<String, BTreeMap<String, f64>>;

/// A repository of the benchmark with its queries.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Repository {
    pub(crate) name: String,
    pub(crate) language: String,
    /// Its origin, as `https://…/OWNER/NAME.git`.
    #[serde(default)]
    pub(crate) url: String,
    /// The commit to measure.
    #[serde(default)]
    pub(crate) revision: String,
    /// The folder to search; the whole repository if absent.
    pub(crate) benchmark_root: Option<String>,
    /// Its path, if not among the checkouts.
    #[serde(skip)]
    pub(crate) elsewhere: Option<PathBuf>,
    #[serde(skip)]
    pub(crate) tasks: Vec<Task>,
}

impl Repository {
    /// The folder to search in the checkout below `repos`.
    pub(crate) fn folder(&self, repos: &Path) -> PathBuf {
        let checkout = self.elsewhere.clone().unwrap_or_else(|| repos.join(&self.name));
        match &self.benchmark_root {
            Some(root) => checkout.join(root),
            None => checkout,
        }
    }

    /// The queries, in order.
    pub(crate) fn questions(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().map(|task| task.query.as_str())
    }
}

/// A query and its right answers.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) query: String,
    pub(crate) category: String,
    pub(crate) targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Annotation {
    query: String,
    category: Option<String>,
    #[serde(default)]
    relevant: Vec<JudgedSpan>,
    #[serde(default)]
    secondary: Vec<JudgedSpan>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum JudgedSpan {
    File(String),
    Lines { path: String, start_line: Option<u32>, end_line: Option<u32> },
}

/// Reads `annotations/<name>.json` for the repositories of `repos.json` beside that folder; `only`
/// limits them by name.
pub(crate) fn load(annotations: &Path, only: &[String]) -> Result<Vec<Repository>> {
    let list = beside(annotations, "repos.json");
    let mut repositories: Vec<Repository> = read(&list)?;
    if let Some(unknown) = only.iter().find(|it| !repositories.iter().any(|r| r.name == **it)) {
        anyhow::bail!("{} has no repository `{unknown}`", list.display());
    }
    repositories.retain(|it| only.is_empty() || only.contains(&it.name));
    repositories.retain(|it| annotations.join(format!("{}.json", it.name)).is_file());
    for repository in &mut repositories {
        let items: Vec<Annotation> = read(&annotations.join(format!("{}.json", repository.name)))?;
        repository.tasks = items.into_iter().map(task).collect();
    }
    ensure!(!repositories.is_empty(), "{} has no annotations", annotations.display());
    Ok(repositories)
}

/// The published figures, if they lie beside the annotations.
pub(crate) fn published(annotations: &Path) -> Result<Published> {
    let path = beside(annotations, "published_ndcg10.json");
    if path.is_file() { read(&path) } else { Ok(Published::new()) }
}

fn beside(annotations: &Path, name: &str) -> PathBuf {
    // Not by `..`, which fails if the folder is a link.
    annotations.parent().unwrap_or(annotations).join(name)
}

fn task(item: Annotation) -> Task {
    let places = item.relevant.into_iter().chain(item.secondary);
    let category = item.category.unwrap_or_else(|| category(&item.query).to_owned());
    Task { category, targets: places.map(target).collect(), query: item.query }
}

fn target(place: JudgedSpan) -> Target {
    match place {
        JudgedSpan::File(path) => Target { path, lines: None },
        JudgedSpan::Lines { path, start_line, end_line } => {
            Target { path, lines: start_line.zip(end_line) }
        }
    }
}

/// The category of a query without one in its annotation.
fn category(query: &str) -> &'static str {
    if !query.trim().contains(' ') {
        "symbol"
    } else if query.to_lowercase().starts_with("how ") {
        "architecture"
    } else {
        "semantic"
    }
}

/// Reads a JSON file.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is malformed", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_name_files_or_lines() {
        let text = r#"{"query": "How are routes kept", "relevant": ["a.py"],
            "secondary": [{"path": "b.py", "start_line": 3, "end_line": 9}, {"path": "c.py", "start_line": 3}]}"#;
        let task = task(serde_json::from_str(text).expect("an annotation"));
        assert_eq!(task.category, "architecture");
        let target = |path: &str, lines| Target { path: path.to_owned(), lines };
        let expected = [target("a.py", None), target("b.py", Some((3, 9))), target("c.py", None)];
        assert_eq!(task.targets, expected);
    }

    #[test]
    fn categories_follow_the_form() {
        for (query, expected) in
            [("Router", "symbol"), ("how it works", "architecture"), ("route table", "semantic")]
        {
            assert_eq!(category(query), expected, "{query}");
        }
    }
}
