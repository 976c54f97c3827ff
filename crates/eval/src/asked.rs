//! An indexed repository and its questions: annotated queries or its own doc comments.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, ensure};
use descry_engine::Hit;
use descry_evaluation::score::Found;

use crate::args::Args;
use crate::configuration::Configuration;
use crate::folder::{Folder, Indexing};
use crate::judged::{Repository, Task};
use crate::report::Row;

/// The maximum number of doc comments, as with `descry eval FOLDER --questions 1000`.
pub(crate) const QUESTIONS: usize = 1_000;

pub(crate) fn open(args: &Args, repository: &Repository) -> Result<Folder> {
    let folder = repository.folder(&args.repos);
    ensure!(folder.is_dir(), "{} does not exist", folder.display());
    let data = data(args, repository);
    let how = Indexing {
        model: args.model.clone(),
        full: !args.instant,
        vectors_of: args.docs.then(|| data.join("index")),
        data: data.join(if args.docs { "docs/index" } else { "index" }),
    };
    Folder::open(&folder, how).with_context(|| format!("indexing {}", repository.name))
}

/// The answers to a repository's questions in one configuration, with at most `limit` hits each.
pub(crate) fn answers<'a>(
    folder: &mut Folder,
    repository: &'a Repository,
    configuration: &Configuration,
    limit: usize,
) -> Result<Vec<Row<'a>>> {
    let questions: Vec<&str> = repository.questions().collect();
    let answers = folder.ask(configuration, &questions, limit)?;
    let rows = repository.tasks.iter().zip(answers).map(|(task, answer)| {
        let hits = answer.hits.iter().map(|hit| found(repository, hit)).collect();
        Row::new(repository, task, hits)
    });
    Ok(rows.collect())
}

/// The repository with its own doc comments as questions; `copy` gets its files without them.
pub(crate) fn doc_comments(
    repository: &Repository,
    repos: &Path,
    copy: PathBuf,
) -> Result<Repository> {
    let folder = repository.folder(repos);
    match fs::remove_dir_all(&copy) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("clearing {}", copy.display()));
        }
        _ => {}
    }
    fs::create_dir_all(&copy).with_context(|| format!("making {}", copy.display()))?;
    let questions = descry_evaluation::copy(&folder, &copy, QUESTIONS, &AtomicBool::default())?;
    Ok(Repository { elsewhere: Some(copy), ..asking(repository, "doc comment", questions) })
}

/// A repository with questions of its own.
pub(crate) fn asking(
    repository: &Repository,
    category: &str,
    questions: Vec<descry_evaluation::Question>,
) -> Repository {
    let task = |question: descry_evaluation::Question| Task {
        query: question.text,
        category: category.to_owned(),
        targets: question.targets,
    };
    Repository {
        name: repository.name.clone(),
        language: repository.language.clone(),
        tasks: questions.into_iter().map(task).collect(),
        ..Repository::default()
    }
}

/// The folder for the data of a repository, by the measured model.
pub(crate) fn data(args: &Args, repository: &Repository) -> PathBuf {
    of_model(args).join(&repository.name)
}

/// The folder for all data of the measured model.
pub(crate) fn of_model(args: &Args) -> PathBuf {
    match args.model.as_deref().and_then(Path::file_stem) {
        Some(model) => args.data.join("models").join(model),
        None => args.data.clone(),
    }
}

/// A hit in the form of the benchmark.
pub(crate) fn found(repository: &Repository, hit: &Hit) -> Found {
    let path = match &repository.benchmark_root {
        Some(root) => format!("{root}/{}", hit.path),
        None => hit.path.to_string(),
    };
    let rank = |rank: Option<u32>| rank.map_or("-".to_owned(), |rank| rank.to_string());
    let signals = hit.why.signals.iter();
    let signals: Vec<_> =
        signals.map(|signal| format!("{} x{:.2}", signal.kind.name(), signal.factor)).collect();
    Found {
        path,
        start_line: Some(hit.span.first_line + 1),
        end_line: Some(hit.span.end_line.max(hit.span.first_line + 1)),
        why: format!(
            "{}: words {}, meaning {}{}; {}",
            hit.symbol,
            rank(hit.why.words),
            rank(hit.why.meaning),
            hit.why.similarity.map_or(String::new(), |cosine| format!(" ({cosine:.2})")),
            signals.join(", ")
        ),
    }
}
