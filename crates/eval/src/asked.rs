//! A repository as it is asked: indexed, with annotated questions or with its own doc comments.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, ensure};
use descry_engine::Hit;
use descry_measure::score::Found;

use crate::args::Args;
use crate::folder::Folder;
use crate::judged::{Repository, Task};

pub(crate) fn open(args: &Args, repository: &Repository) -> Result<Folder> {
    let folder = repository.folder(&args.repos);
    ensure!(folder.is_dir(), "{} is not there", folder.display());
    let data = data(args, repository).join(if args.docs { "docs/index" } else { "index" });
    Folder::open(&folder, data, !args.instant, repository.questions())
        .with_context(|| format!("indexing {}", repository.name))
}

/// The repository with its own doc comments for questions, which `copy` gets without them.
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
    let questions = descry_measure::copy(&folder, &copy, usize::MAX, &AtomicBool::default())?;
    let task = |question: descry_measure::Question| Task {
        query: question.text,
        category: "doc comment".to_owned(),
        targets: question.targets,
    };
    Ok(Repository {
        name: repository.name.clone(),
        language: repository.language.clone(),
        benchmark_root: None,
        elsewhere: Some(copy),
        tasks: questions.into_iter().map(task).collect(),
    })
}

/// What is kept of a repository.
pub(crate) fn data(args: &Args, repository: &Repository) -> PathBuf {
    args.data.join(&repository.name)
}

/// A hit as the benchmark sees it.
pub(crate) fn found(repository: &Repository, hit: &Hit) -> Found {
    let path = match &repository.benchmark_root {
        Some(root) => format!("{root}/{}", hit.path),
        None => hit.path.to_string(),
    };
    let rank = |rank: Option<u32>| rank.map_or("-".to_owned(), |rank| rank.to_string());
    let signals = hit.why.signals.iter();
    let signals: Vec<_> =
        signals.map(|signal| format!("{} x{:.2}", signal.name, signal.factor)).collect();
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
