//! Reports on the answers: a table of means beside published figures, and the misses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Serialize;

use crate::judged::{Published, Repository, Task};
use descry_evaluation::score::{Found, Score, Target};

/// One query with its answer and its score.
#[derive(Clone)]
pub(crate) struct Row<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) task: &'a Task,
    pub(crate) found: Vec<Found>,
    pub(crate) score: Score,
}

/// A query whose right answers are not all at the top.
#[derive(Serialize)]
pub(crate) struct Miss<'a> {
    ndcg: f64,
    repo: &'a str,
    category: &'a str,
    query: &'a str,
    expected: &'a [Target],
    got: &'a [Found],
}

impl<'a> Row<'a> {
    pub(crate) fn new(repository: &'a Repository, task: &'a Task, found: Vec<Found>) -> Row<'a> {
        let score = Score::of(&found, &task.targets);
        Row { repository, task, found, score }
    }
}

/// The misses, worst first.
pub(crate) fn misses<'a>(rows: &'a [Row<'a>]) -> Vec<Miss<'a>> {
    let miss = |row: &'a Row<'a>| Miss {
        ndcg: row.score.ndcg,
        repo: &row.repository.name,
        category: &row.task.category,
        query: &row.task.query,
        expected: &row.task.targets,
        got: &row.found,
    };
    let mut misses: Vec<_> =
        rows.iter().filter(|it| it.score.ndcg < 1.0 - 1e-9).map(miss).collect();
    misses.sort_by(|a, b| a.ndcg.total_cmp(&b.ndcg));
    misses
}

/// One line per configuration: the overall means, and NDCG@10 by category and of the weakest
/// repository.
pub(crate) fn comparison<'a>(
    configurations: impl Iterator<Item = (&'a str, &'a [Row<'a>])>,
) -> String {
    let mut text = String::new();
    for (index, (name, rows)) in configurations.enumerate() {
        let all: Vec<&Row> = rows.iter().collect();
        let categories = grouped(&all, |row| &row.task.category);
        if index == 0 {
            let _ = write!(text, "{:<48}{:>8}{:>10}{:>8}", "", "NDCG@10", "Recall@10", "MRR@10");
            categories.keys().for_each(|name| text += &format!("{name:>14}"));
            text += "  weakest\n";
        }
        let mean = macro_mean(&all);
        let _ = write!(text, "{name:<48}{:>8.4}{:>10.4}{:>8.4}", mean.ndcg, mean.recall, mean.mrr);
        for rows in categories.values() {
            let _ = write!(text, "{:>14.4}", macro_mean(rows).ndcg);
        }
        let repositories = grouped(&all, |row| &row.repository.name);
        let weakest = repositories
            .iter()
            .map(|(name, rows)| (Score::mean(rows.iter().map(|row| row.score)).ndcg, *name))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((ndcg, name)) = weakest {
            let _ = write!(text, "  {ndcg:.3} {name}");
        }
        text.push('\n');
    }
    text
}

/// Means overall, by category, by language and by repository, beside published NDCG@10 over the
/// same repositories.
pub(crate) fn table(rows: &[Row], published: &Published) -> String {
    let systems: BTreeSet<&str> =
        published.values().flat_map(|it| it.keys()).map(String::as_str).collect();
    let mut text = format!(
        "{:<22}{:>6}{:>8}  {:>8}{:>10}{:>8} ",
        "", "repos", "queries", "NDCG@10", "Recall@10", "MRR@10"
    );
    for system in &systems {
        text += &format!(" {system:>COLUMN$}");
    }
    text.push('\n');
    let all: Vec<&Row> = rows.iter().collect();
    let mut line = |name: &str, group: &[&Row], compare: bool| {
        let repositories: BTreeSet<&str> =
            group.iter().map(|it| it.repository.name.as_str()).collect();
        let mean = macro_mean(group);
        let _ = write!(
            text,
            "{name:<22}{:>6}{:>8}  {:>8.4}{:>10.4}{:>8.4} ",
            repositories.len(),
            group.len(),
            mean.ndcg,
            mean.recall,
            mean.mrr
        );
        for system in systems.iter().filter(|_| compare) {
            let figures = repositories.iter().filter_map(|it| published.get(*it)?.get(*system));
            let figures: Vec<f64> = figures.copied().collect();
            // A mean over fewer repositories than ours is not comparable.
            if figures.len() == repositories.len() {
                let mean = figures.iter().sum::<f64>() / figures.len() as f64;
                let _ = write!(text, " {mean:>COLUMN$.4}");
            } else {
                let _ = write!(text, " {:>COLUMN$}", "-");
            }
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    };
    line("overall", &all, true);
    for (group, rows) in grouped(&all, |it| &it.task.category) {
        line(&format!("  {group}"), &rows, false);
    }
    for (group, rows) in grouped(&all, |it| &it.repository.language) {
        line(&format!("in {group}"), &rows, true);
    }
    for (group, rows) in grouped(&all, |it| &it.repository.name) {
        line(&format!("of {group}"), &rows, true);
    }
    text
}

/// The width of a published system's column: the longest name among the benchmark's.
const COLUMN: usize = 20;

/// The mean over repositories of each repository's mean.
pub(crate) fn macro_mean(rows: &[&Row]) -> Score {
    let repositories = grouped(rows, |it| &it.repository.name);
    Score::mean(repositories.values().map(|rows| Score::mean(rows.iter().map(|it| it.score))))
}

pub(crate) fn grouped<'r, 'a>(
    rows: &[&'r Row<'a>],
    key: impl Fn(&'r Row<'a>) -> &'a str,
) -> BTreeMap<&'a str, Vec<&'r Row<'a>>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(*row);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(name: &str, tasks: &[(&str, &str)]) -> Repository {
        let task = |(query, path): &(&str, &str)| Task {
            query: (*query).to_owned(),
            category: "semantic".to_owned(),
            targets: vec![Target { path: (*path).to_owned(), lines: None }],
        };
        Repository {
            name: name.to_owned(),
            language: "rust".to_owned(),
            tasks: tasks.iter().map(task).collect(),
            ..Repository::default()
        }
    }

    fn row<'a>(repository: &'a Repository, task: usize, path: Option<&str>) -> Row<'a> {
        let found = |path: &str| Found { path: path.to_owned(), ..Found::default() };
        Row::new(repository, &repository.tasks[task], path.map(found).into_iter().collect())
    }

    #[test]
    fn the_mean_is_over_repositories() {
        let repositories = [
            repository("one", &[("a", "a.rs"), ("b", "b.rs"), ("c", "c.rs")]),
            repository("two", &[("a", "a.rs")]),
        ];
        // One of three found in the first, all in the second: (1/3 + 1) / 2. `b` has no answer, `c`
        // a wrong one.
        let rows = [
            row(&repositories[0], 0, Some("a.rs")),
            row(&repositories[0], 1, None),
            row(&repositories[0], 2, Some("a.rs")),
            row(&repositories[1], 0, Some("a.rs")),
        ];
        let mean = macro_mean(&rows.iter().collect::<Vec<_>>());
        assert!((mean.ndcg - 2.0 / 3.0).abs() < 1e-12, "{mean:?}");
        let missed: Vec<_> = misses(&rows).iter().map(|it| it.query).collect();
        assert_eq!(missed, ["b", "c"]);
    }

    #[test]
    fn published_figures_stand_beside_ours() {
        let repositories =
            [repository("one", &[("a", "a.rs")]), repository("two", &[("a", "b.rs")])];
        let rows = [row(&repositories[0], 0, Some("a.rs")), row(&repositories[1], 0, Some("b.rs"))];
        let figures = |it: f64| BTreeMap::from([("other".to_owned(), it)]);
        let published =
            Published::from([("one".to_owned(), figures(0.5)), ("two".to_owned(), figures(0.7))]);
        let table = table(&rows, &published);
        let overall = table.lines().nth(1).expect("a line").split_whitespace();
        let overall: Vec<_> = overall.collect();
        assert_eq!(overall, ["overall", "2", "2", "1.0000", "1.0000", "1.0000", "0.6000"]);
    }
}
