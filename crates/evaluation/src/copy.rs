//! Copies a folder without the comments that became questions.

use std::collections::HashMap;
use std::fs;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use descry_base::{Language, RelPath};
use descry_engine::FileRole;
use descry_watch::Rules;

use crate::EvaluationError;
use crate::docs;
use crate::question::{Question, sample};

/// A question, and the comment that it comes from.
struct Asked {
    path: RelPath,
    question: Question,
    /// Bytes of the file's text.
    comment: Range<usize>,
}

/// Copies the indexed files of `folder` to `to` and blanks the doc comments of at most `most`
/// definitions, which become the questions. Only source files give questions: people who look for
/// a test or an example say so, and a doc comment does not.
pub fn copy(
    folder: &Path,
    to: &Path,
    most: usize,
    cancelled: &AtomicBool,
) -> Result<Vec<Question>, EvaluationError> {
    let mut paths = Vec::new();
    let mut visit = |stat: descry_watch::FileStat| {
        paths.push(stat.path);
        if cancelled.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    descry_watch::walk(folder, &Rules::default(), &mut visit)?;
    let mut asked: Vec<Asked> = Vec::new();
    for path in &paths {
        if cancelled.load(Ordering::Relaxed) {
            return Err(EvaluationError::Cancelled);
        }
        let Some((text, language)) = read(folder, path) else { continue };
        write(to, path, &text)?;
        if FileRole::of(path, language) == FileRole::Source {
            let questions = docs::questions(path.as_str(), language, &text);
            let asked_by = |(question, comment)| Asked { path: path.clone(), question, comment };
            asked.extend(questions.into_iter().map(asked_by));
        }
    }
    // A comment that several definitions share does not ask for one of them.
    let mut times: HashMap<String, usize> = HashMap::new();
    for asked in &asked {
        *times.entry(asked.question.text.clone()).or_default() += 1;
    }
    asked.retain(|asked| times[&asked.question.text] == 1);
    let mut chosen = sample(asked, most, |asked| format!("{} {}", asked.path, asked.question.text));
    chosen.sort_by(|a, b| (&a.path, a.comment.start).cmp(&(&b.path, b.comment.start)));
    for of_file in chosen.chunk_by(|a, b| a.path == b.path) {
        let path = &of_file[0].path;
        // The copy, not the folder: a file there may have changed in the meantime.
        let Ok(mut text) = fs::read_to_string(path.on_disk(to)) else { continue };
        for asked in of_file {
            docs::blank(&mut text, asked.comment.clone());
        }
        write(to, path, &text)?;
    }
    Ok(chosen.into_iter().map(|asked| asked.question).collect())
}

/// The text of a file, if the engine would index it.
fn read(folder: &Path, path: &RelPath) -> Option<(String, Language)> {
    let bytes = fs::read(path.on_disk(folder)).ok()?;
    let text = descry_chunk::Text::read(path.as_str(), &bytes, false).ok()?;
    // A notebook is copied unchanged: comments in its cells cannot be blanked in place.
    Some((text.into_file(), Language::of_path(path.as_str())))
}

fn write(to: &Path, path: &RelPath, text: &str) -> Result<(), EvaluationError> {
    let file: PathBuf = path.on_disk(to);
    let written =
        fs::create_dir_all(file.parent().unwrap_or(to)).and_then(|()| fs::write(&file, text));
    written.map_err(|cause| EvaluationError::Scratch { path: file, cause })
}
