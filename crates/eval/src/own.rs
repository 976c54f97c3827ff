//! A repository's own questions: doc comments and commit subjects, the answers of each
//! configuration, and whether the right file's first hits are the right place.

use anyhow::{Context, Result};
use descry_evaluation::History;
use descry_evaluation::score::{K, Score, before_place};

use crate::args::{Args, Measure};
use crate::asked::{QUESTIONS, answers, asking, data, doc_comments, open};
use crate::configuration::Configuration;
use crate::folder::Folder;
use crate::judged::{self, Repository};
use crate::report::Row;
use crate::table::{Cell, Table};
use crate::whole::git_dir;

/// The number of hits that the window shows in one answer, grouped by file.
const SHOWN: usize = 60;

/// The tables of the selected measures.
pub(crate) fn tables(args: &Args, ways: &[Configuration]) -> Result<Vec<Table>> {
    let fused = ways.last().context("there is a way to search")?;
    let [mut docs, mut commits] = [
        Comparison::new("docs", "Doc comments, MRR@10", ways),
        Comparison::new("commits", "Commit subjects, MRR@10", ways),
    ];
    let mut places = Table::new(
        "place",
        "Right place: of doc comments whose file is among the first five files",
        ["questions", "of", "first hit", "first three"],
    );
    let mut all_placed = Placed::default();
    let args = Args { docs: true, ..args.clone() };
    for repository in &judged::load(&args.annotations, &args.own)? {
        let copy = data(&args, repository).join("docs/copy");
        let asks = doc_comments(repository, &args.repos, copy)?;
        let mut folder = open(&args, &asks)?;
        if args.wants(Measure::Docs) {
            docs.ask(&mut folder, &asks, ways)?;
        }
        if args.wants(Measure::Place) {
            let placed = Placed::of(&answers(&mut folder, &asks, fused, SHOWN)?);
            places.rows.push((repository.name.clone(), placed.cells()));
            all_placed.add(placed);
        }
        if args.wants(Measure::Commits) {
            commits.ask(&mut folder, &subjects(&args, repository, &asks)?, ways)?;
        }
    }
    places.rows.push(("all".to_owned(), all_placed.cells()));
    let tables = [
        (Measure::Docs, docs.table()),
        (Measure::Place, places),
        (Measure::Commits, commits.table()),
    ];
    Ok(tables.into_iter().filter(|it| args.wants(it.0)).map(|it| it.1).collect())
}

/// The repository with the subjects of its commits as questions, on the same files as its doc
/// comments.
fn subjects(args: &Args, repository: &Repository, asks: &Repository) -> Result<Repository> {
    let folder = asks.folder(&args.repos);
    let git = git_dir(args, repository)?;
    let below = repository.benchmark_root.as_deref();
    let history = History { git: &git, revision: &repository.revision, below };
    let is_there = |path: &str| folder.join(path).is_file();
    let questions = descry_evaluation::commit_questions(&history, QUESTIONS, is_there);
    let questions = questions.map_err(|reason| {
        anyhow::anyhow!("the commits of {} cannot be asked: {reason}", repository.name)
    })?;
    Ok(asking(repository, "commit", questions))
}

/// The configurations side by side.
struct Comparison {
    table: Table,
    /// Whether each configuration uses only one list.
    single: Vec<bool>,
    means: Vec<Vec<f64>>,
}

impl Comparison {
    fn new(key: &'static str, title: &str, ways: &[Configuration]) -> Comparison {
        let mut columns = vec!["questions".to_owned()];
        columns.extend(ways.iter().map(|way| way.name.clone()));
        let fused = ways.last().map_or("", |way| &way.name);
        columns.extend(["best single".to_owned(), format!("{fused} - best")]);
        let single = ways.iter().map(|way| way.is_single()).collect();
        Comparison { table: Table::new(key, title, columns), single, means: Vec::new() }
    }

    fn ask(
        &mut self,
        folder: &mut Folder,
        repository: &Repository,
        ways: &[Configuration],
    ) -> Result<()> {
        let mean = |way| -> Result<f64> {
            let rows = answers(folder, repository, way, K)?;
            Ok(Score::mean(rows.iter().map(|row| row.score)).mrr)
        };
        let means: Vec<f64> = ways.iter().map(mean).collect::<Result<_>>()?;
        self.add(&repository.name, repository.tasks.len(), means);
        Ok(())
    }

    fn add(&mut self, name: &str, questions: usize, means: Vec<f64>) {
        self.table.rows.push((name.to_owned(), self.cells(questions, &means)));
        // A repository without questions does not count.
        if questions > 0 {
            self.means.push(means);
        }
    }

    fn cells(&self, questions: usize, means: &[f64]) -> Vec<Cell> {
        let singles = means.iter().zip(&self.single).filter(|(_, single)| **single);
        let best = singles.map(|(mean, _)| *mean).fold(0.0, f64::max);
        let fused = means.last().copied().unwrap_or(0.0);
        let mut cells = vec![Cell::Count(questions)];
        cells.extend(means.iter().map(|mean| Cell::Share(Some(*mean))));
        cells.extend([Cell::Share(Some(best)), Cell::Gain(fused - best)]);
        cells
    }

    /// The table, with the mean over repositories.
    fn table(mut self) -> Table {
        let counts = self.table.rows.iter().map(|(_, cells)| match cells.first() {
            Some(Cell::Count(count)) => *count,
            _ => 0,
        });
        let questions = counts.sum();
        let mean = |way: usize| {
            self.means.iter().map(|means| means[way]).sum::<f64>() / self.means.len() as f64
        };
        let means: Vec<f64> = match self.means.is_empty() {
            true => vec![0.0; self.single.len()],
            false => (0..self.single.len()).map(mean).collect(),
        };
        self.table.rows.push(("mean".to_owned(), self.cells(questions, &means)));
        self.table
    }
}

/// How often the right file's first hits are the right place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Placed {
    asked: usize,
    in_file: usize,
    first: usize,
    first_three: usize,
}

impl Placed {
    fn of(rows: &[Row<'_>]) -> Placed {
        let mut placed = Placed { asked: rows.len(), ..Placed::default() };
        for row in rows {
            let target = row.task.targets.first();
            let Some(before) = target.and_then(|target| before_place(&row.found, target)) else {
                continue;
            };
            placed.in_file += 1;
            placed.first += usize::from(before == Some(0));
            placed.first_three += usize::from(before.is_some_and(|before| before < 3));
        }
        placed
    }

    fn add(&mut self, other: Placed) {
        self.asked += other.asked;
        self.in_file += other.in_file;
        self.first += other.first;
        self.first_three += other.first_three;
    }

    fn cells(self) -> Vec<Cell> {
        let share = |part: usize| {
            Cell::Share((self.in_file > 0).then(|| part as f64 / self.in_file as f64))
        };
        let counts = [Cell::Count(self.in_file), Cell::Count(self.asked)];
        counts.into_iter().chain([share(self.first), share(self.first_three)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use descry_engine::evaluation::Weights;
    use descry_evaluation::score::{Found, Target};

    use super::*;
    use crate::configuration::ways;
    use crate::judged::Task;

    #[test]
    fn all_lists_are_compared_with_the_best_one() {
        #[track_caller]
        fn check(instant: bool, rows: &[(usize, &[f64])], expected: &str) {
            let mut comparison = Comparison::new("docs", "", &ways(&Weights::default(), instant));
            for (questions, means) in rows {
                comparison.add("one", *questions, means.to_vec());
            }
            let table = comparison.table();
            let (_, mean) = table.rows.last().unwrap();
            let shown: Vec<String> = mean.iter().map(ToString::to_string).collect();
            assert_eq!(shown.join(" "), expected);
        }
        check(
            false,
            &[(3, &[0.2, 0.1, 0.25, 0.6, 0.5]), (1, &[0.4, 0.3, 0.5, 0.2, 0.3])],
            "4 0.3000 0.2000 0.3750 0.4000 0.4000 0.4000 +0.0000",
        );
        check(true, &[(3, &[0.2, 0.1, 0.15])], "3 0.2000 0.1000 0.1500 0.2000 -0.0500");
        check(
            true,
            &[(3, &[0.2, 0.1, 0.3]), (0, &[0.0; 3])],
            "3 0.2000 0.1000 0.3000 0.2000 +0.1000",
        );
        check(true, &[], "0 0.0000 0.0000 0.0000 0.0000 +0.0000");
    }

    #[test]
    fn places_are_counted_where_the_file_is_right() {
        let target = Target { path: "a.rs".to_owned(), lines: Some((10, 19)) };
        let task = Task {
            query: "What is asked".to_owned(),
            category: "doc comment".to_owned(),
            targets: vec![target],
        };
        let repository = Repository { tasks: vec![task], ..Repository::default() };
        #[track_caller]
        fn check(repository: &Repository, lines: &[&[u32]], expected: [usize; 4]) {
            let found = |first: &u32| Found {
                // Line 0 means another file.
                path: if *first == 0 { "b.rs" } else { "a.rs" }.to_owned(),
                start_line: Some(*first),
                end_line: Some(*first + 4),
                why: String::new(),
            };
            let row = |lines: &&[u32]| {
                Row::new(repository, &repository.tasks[0], lines.iter().map(found).collect())
            };
            let rows: Vec<Row<'_>> = lines.iter().map(row).collect();
            let [asked, in_file, first, first_three] = expected;
            assert_eq!(Placed::of(&rows), Placed { asked, in_file, first, first_three });
        }
        check(&repository, &[&[12, 30], &[0, 30, 40, 15], &[0], &[]], [4, 2, 1, 2]);
        check(&repository, &[&[30, 40, 50, 12]], [1, 1, 0, 0]);
        check(&repository, &[], [0; 4]);
    }
}
