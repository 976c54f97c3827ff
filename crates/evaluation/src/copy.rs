//! A copy of a folder without the comments that became questions.

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

/// Copies what is indexed of `folder` to `to` and blanks the doc comments of at most `most`
/// definitions, which become the questions. Tests, examples and the like ask nothing: who wants them
/// says so, and a doc comment does not.
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
    let mut asked: Vec<(RelPath, Question, Range<usize>)> = Vec::new();
    for path in &paths {
        let Some((text, language)) = read(folder, path) else { continue };
        write(to, path, &text)?;
        if FileRole::of(path, language) == FileRole::Source {
            let questions = docs::questions(path.as_str(), language, &text);
            asked.extend(questions.into_iter().map(|(question, at)| (path.clone(), question, at)));
        }
        if cancelled.load(Ordering::Relaxed) {
            return Err(EvaluationError::Cancelled);
        }
    }
    // What stands over several definitions does not ask for one of them.
    let mut times: HashMap<String, usize> = HashMap::new();
    for (_, question, _) in &asked {
        *times.entry(question.text.clone()).or_default() += 1;
    }
    asked.retain(|(_, question, _)| times[&question.text] == 1);
    let key = |(path, question, _): &(RelPath, Question, Range<usize>)| {
        format!("{path} {}", question.text)
    };
    let mut chosen = sample(asked, most, key);
    chosen.sort_by(|a, b| (&a.0, a.2.start).cmp(&(&b.0, b.2.start)));
    for of_file in chosen.chunk_by(|a, b| a.0 == b.0) {
        let path = &of_file[0].0;
        let Some((mut text, _)) = read(folder, path) else { continue };
        for (_, _, comment) in of_file {
            // The file may have changed meanwhile.
            if text.get(comment.clone()).is_some() {
                docs::blank(&mut text, comment.clone());
            }
        }
        write(to, path, &text)?;
    }
    Ok(chosen.into_iter().map(|(_, question, _)| question).collect())
}

/// The text of a file, if the engine would index it.
fn read(folder: &Path, path: &RelPath) -> Option<(String, Language)> {
    let bytes = fs::read(path.on_disk(folder)).ok()?;
    let text = descry_chunk::Text::read(path.as_str(), &bytes, false).ok()?;
    // A notebook is copied as it is: its cells are not where its comments could be blanked.
    Some((text.into_file(), Language::of_path(path.as_str())))
}

fn write(to: &Path, path: &RelPath, text: &str) -> Result<(), EvaluationError> {
    let file: PathBuf = path.on_disk(to);
    let written =
        fs::create_dir_all(file.parent().unwrap_or(to)).and_then(|()| fs::write(&file, text));
    written.map_err(|cause| EvaluationError::Scratch { path: file, cause })
}
