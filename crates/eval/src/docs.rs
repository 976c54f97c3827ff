//! Questions from a folder's own doc comments: the first sentence asks for the code below it, in a
//! copy of the folder that lacks the comment. Such questions share few words with their answers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use descry_base::Span;

use crate::folder;
use crate::judged::{Repository, Task};
use crate::score::Target;

/// A shorter sentence says too little to be a question.
const LEAST_WORDS: usize = 4;

/// The repository with doc comments for questions. `scratch` gets the copy and an index of the
/// original.
pub(crate) fn questions(
    repository: &Repository,
    repos: &Path,
    scratch: &Path,
) -> Result<Repository> {
    let original = repository.folder(repos);
    let session = folder::session(scratch.join("original"), false)?;
    let engine = folder::engine(&session)?;
    let root = engine.add_folder(&original)?;
    engine.settle(false)?;
    let copy = scratch.join("copy");
    clear(&copy)?;
    let mut tasks = Vec::new();
    let snapshot = engine.snapshot();
    let shard = snapshot.shard(root).context("the folder is gone")?;
    for file in shard.table.files() {
        let mut text = engine.read_file(root, &file.path)?.text;
        for chunk in &file.chunks {
            let Some((start, end)) = chunk.doc else { continue };
            let comment = start as usize..end as usize;
            let Some(sentence) = text.get(comment.clone()).and_then(first_sentence) else {
                continue;
            };
            if chunk.kind.is_none() {
                continue;
            }
            text.replace_range(comment.clone(), &blank(&text[comment]));
            tasks.push(Task {
                query: sentence,
                category: "doc comment".to_owned(),
                targets: vec![target(file.path.as_str(), chunk.span)],
            });
        }
        let path = copy.join(file.path.as_str());
        fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
        fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(Repository {
        name: repository.name.clone(),
        language: repository.language.clone(),
        benchmark_root: None,
        elsewhere: Some(copy),
        tasks,
    })
}

fn clear(folder: &PathBuf) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("clearing {}", folder.display()))
        }
        _ => Ok(()),
    }
}

fn target(path: &str, span: Span) -> Target {
    let lines = (span.first_line + 1, span.end_line.max(span.first_line + 1));
    Target { path: path.to_owned(), lines: Some(lines) }
}

/// The same number of bytes and lines, and nothing to read.
fn blank(comment: &str) -> String {
    comment.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}

/// The first sentence of a doc comment without the marks of the comment; `None` if it says little.
fn first_sentence(comment: &str) -> Option<String> {
    const MARKS: &[char] =
        &['/', '*', '#', '!', '-', ';', '"', '\'', '=', '{', '|', ' ', '\t', '\r'];
    let mut said = String::new();
    for line in comment.lines() {
        let line = line.trim_start_matches(MARKS).trim_end_matches(['*', '/', '"', ' ', '\r']);
        let is_tag = line.starts_with(['@', ':', '<', '\\']);
        if (line.is_empty() || is_tag) && !said.is_empty() {
            break;
        }
        if is_tag {
            continue;
        }
        said.push_str(line);
        said.push(' ');
        if let Some(end) = said.find(". ") {
            said.truncate(end);
            break;
        }
    }
    let said = said.trim().trim_end_matches('.');
    let words = said.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
    (words.count() >= LEAST_WORDS).then(|| said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_is_the_question() {
        #[track_caller]
        fn check(comment: &str, expected: Option<&str>) {
            assert_eq!(first_sentence(comment).as_deref(), expected);
        }
        check(
            "/// Gives up after too many attempts. Then rests.",
            Some("Gives up after too many attempts"),
        );
        check(
            "/**\n * Gives up after\n * many attempts.\n *\n * @param n how many\n */",
            Some("Gives up after many attempts"),
        );
        check(
            "\"\"\"Gives up after many attempts\n\n    :param n: how many\n    \"\"\"",
            Some("Gives up after many attempts"),
        );
        check(
            "/// <summary>\n/// Gives up after many attempts\n/// </summary>",
            Some("Gives up after many attempts"),
        );
        check("// The router", None);
        check("", None);
    }

    #[test]
    fn a_blank_keeps_lines_and_bytes() {
        assert_eq!(blank("a\nü\n"), " \n  \n");
    }
}
