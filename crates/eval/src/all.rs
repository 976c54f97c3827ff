//! Every measure of the default ranking, side by side.

use std::collections::BTreeMap;

use anyhow::Result;
use descry_engine::evaluation::Weights;
use descry_evaluation::score::{K, Score};
use serde_json::{Value, json};

use crate::args::{Args, Measure};
use crate::asked::{answers, open};
use crate::configuration::{Configuration, ways};
use crate::report::{Row, grouped, macro_mean};
use crate::table::{Cell, Table};
use crate::{exact, judged, own};

/// Prints the tables of the selected measures, each as soon as it is ready.
pub(crate) fn run(args: &Args, weights: &Weights) -> Result<()> {
    let ways = ways(weights, args.instant);
    let before: Value = match &args.against {
        Some(file) => judged::read(file)?,
        None => Value::Null,
    };
    let mut tables = BTreeMap::new();
    let mut misses = BTreeMap::new();
    let mut show = |table: Table| {
        if !args.json {
            println!("{table}");
            if args.against.is_some() {
                println!("{}", table.changes(&before["measures"][table.key]));
            }
            if args.misses {
                table.misses.iter().for_each(|miss| println!("  {miss}"));
            }
        }
        tables.insert(table.key, table.json());
        misses.insert(table.key, table.misses);
    };
    if args.wants(Measure::Judged) {
        show(judged(args, &ways)?);
    }
    if [Measure::Docs, Measure::Place, Measure::Commits].iter().any(|own| args.wants(*own)) {
        own::tables(args, &ways)?.into_iter().for_each(&mut show);
    }
    if args.wants(Measure::Exact) {
        exact::tables(args, weights)?.into_iter().for_each(&mut show);
    }
    if args.json {
        misses.retain(|_, misses| !misses.is_empty());
        let report: Value = json!({"set": args.set, "measures": tables, "misses": misses});
        println!("{report:#}");
    }
    Ok(())
}

/// NDCG@10 of the annotated queries.
fn judged(args: &Args, ways: &[Configuration]) -> Result<Table> {
    let repositories = judged::load(&args.annotations, &args.repo)?;
    let mut rows: Vec<Vec<Row<'_>>> = vec![Vec::new(); ways.len()];
    for repository in &repositories {
        let mut folder = open(args, repository)?;
        for (way, rows) in ways.iter().zip(&mut rows) {
            rows.extend(answers(&mut folder, repository, way, K)?);
        }
    }
    Ok(judged_table(ways, &rows))
}

/// The means by repository, overall, by kind of query, and of the weakest repository.
fn judged_table(ways: &[Configuration], rows: &[Vec<Row<'_>>]) -> Table {
    let names = ways.iter().map(|way| way.name.clone());
    let columns = ["queries".to_owned()].into_iter().chain(names);
    let mut table = Table::new("judged", "Judged queries, NDCG@10", columns);
    let all: Vec<Vec<&Row<'_>>> = rows.iter().map(|rows| rows.iter().collect()).collect();
    let mut means: Vec<Vec<(String, usize, f64)>> = Vec::new();
    for rows in &all {
        let mut lines = Vec::new();
        let by_repository = grouped(rows, |row| &row.repository.name);
        for (name, rows) in &by_repository {
            let mean = Score::mean(rows.iter().map(|row| row.score)).ndcg;
            lines.push(((*name).to_owned(), rows.len(), mean));
        }
        let weakest = lines.iter().map(|line| line.2).fold(1.0, f64::min);
        lines.push(("mean".to_owned(), rows.len(), macro_mean(rows).ndcg));
        for (kind, rows) in grouped(rows, |row| &row.task.category) {
            lines.push((format!("  {kind}"), rows.len(), macro_mean(&rows).ndcg));
        }
        lines.push(("  weakest".to_owned(), 1, weakest));
        means.push(lines);
    }
    for (index, (name, count, _)) in means.first().into_iter().flatten().enumerate() {
        let of_ways = means.iter().map(|lines| Cell::Share(Some(lines[index].2)));
        let cells = [Cell::Count(*count)].into_iter().chain(of_ways);
        table.rows.push((name.clone(), cells.collect()));
    }
    table
}

#[cfg(test)]
mod tests {
    use descry_evaluation::score::{Found, Target};

    use super::*;
    use crate::judged::{Repository, Task};

    #[test]
    fn queries_are_averaged_by_repository_and_kind() {
        let target = || Target { path: "a.rs".to_owned(), lines: None };
        let repository = |name: &str, kinds: &[&str]| Repository {
            name: name.to_owned(),
            tasks: kinds
                .iter()
                .map(|kind| Task {
                    query: "What is asked".to_owned(),
                    category: (*kind).to_owned(),
                    targets: vec![target()],
                })
                .collect(),
            ..Repository::default()
        };
        let [one, two] =
            [repository("one", &["symbol", "semantic"]), repository("two", &["semantic"])];
        let row = |repository, task: usize, path: &str| {
            let found = Found { path: path.to_owned(), ..Found::default() };
            let repository: &Repository = repository;
            Row::new(repository, &repository.tasks[task], vec![found])
        };
        let words = vec![row(&one, 0, "a.rs"), row(&one, 1, "b.rs"), row(&two, 0, "a.rs")];
        let instant = vec![row(&one, 0, "b.rs"), row(&one, 1, "b.rs"), row(&two, 0, "a.rs")];
        let ways = &ways(&Weights::default(), true)[..2];
        let expected = "Judged queries, NDCG@10
            queries    words  instant
one               2   0.5000   0.0000
two               1   1.0000   1.0000
mean              3   0.7500   0.5000
  semantic        2   0.5000   0.5000
  symbol          1   1.0000   0.0000
  weakest         1   0.5000   0.0000
";
        assert_eq!(judged_table(ways, &[words, instant]).to_string(), expected);
    }
}
