//! Questions from a repository's history: the subject of a commit asks for the files it changed.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};

use descry_base::{Language, RelPath};
use descry_engine::FileRole;

use crate::question::{Question, sample};
use crate::score::Target;

/// The number of commits to read, newest first: older ones changed a different state of the folder.
const NEWEST: usize = 1_000;

/// A commit that changes more files has no single subject.
const MOST_FILES: usize = 5;

/// A shorter subject says too little to be a question.
const LEAST_WORDS: usize = 4;

/// Words of routine subjects, which say nothing about the files.
const CHORES: [&str; 8] =
    ["merge", "revert", "bump", "release", "version", "changelog", "typo", "lint"];

/// Marks the line that begins a commit; no path can begin with it.
const MARK: char = '\u{1}';

/// Where to read a history.
#[derive(Clone, Copy, Debug)]
pub struct History<'a> {
    /// A folder of a clone, or a bare repository.
    pub git: &'a Path,
    /// The newest commit to read.
    pub revision: &'a str,
    /// The folder in a bare repository whose files answer; for a clone, `git` itself is the folder.
    pub below: Option<&'a str>,
}

impl<'a> History<'a> {
    /// The history of a checked-out folder.
    pub fn of(folder: &'a Path) -> History<'a> {
        History { git: folder, revision: "HEAD", below: None }
    }
}

/// At most `most` questions whose answers are files. `is_there` says whether a file is indexed.
///
/// # Errors
/// A sentence for people: the folder has no history, or git is not installed.
pub fn commit_questions(
    history: &History<'_>,
    most: usize,
    is_there: impl Fn(&str) -> bool,
) -> Result<Vec<Question>, String> {
    let below = history.below.map_or(String::new(), |below| format!("={below}"));
    let log = Command::new("git")
        .arg("-C")
        .arg(history.git)
        .args(["log", "--no-merges", "--name-only", "--no-renames"])
        .arg(format!("--relative{below}"))
        .arg(format!("--max-count={NEWEST}"))
        .arg(format!("--format={MARK}%s"))
        // Unquoted names; no pager, colours or prompts from the user's configuration.
        .args(["-z", "--no-color"])
        .args([history.revision, "--"])
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let log = match log {
        Ok(log) if log.status.success() => log.stdout,
        Ok(_) => return Err("The folder has no git history.".to_owned()),
        Err(_) => {
            return Err("Git is not installed, so the history cannot be read.".to_owned());
        }
    };
    let all = parse(&String::from_utf8_lossy(&log), &is_there);
    Ok(sample(all, most, |question| question.text.clone()))
}

/// The questions from the commits of a log.
fn parse(log: &str, is_there: &dyn Fn(&str) -> bool) -> Vec<Question> {
    let mut seen = HashSet::new();
    log.split(MARK)
        .filter_map(|commit| {
            let mut parts = commit.split(['\0', '\n']).filter(|part| !part.is_empty());
            let subject = subject(parts.next()?)?;
            let files: Vec<&str> = parts.collect();
            let is_one = (1..=MOST_FILES).contains(&files.len());
            let files = files.into_iter().filter(|file| is_code(file) && is_there(file));
            let targets: Vec<Target> =
                files.map(|file| Target { path: file.to_owned(), lines: None }).collect();
            let is_new = is_one && !targets.is_empty() && seen.insert(subject.clone());
            is_new.then_some(Question { text: subject, targets })
        })
        .collect()
}

/// The question in a subject, without issue numbers and prefixes (`fix(router): …`).
fn subject(line: &str) -> Option<String> {
    let mut text = line.trim();
    if let Some((prefix, rest)) = text.split_once(": ")
        && prefix.len() <= 24
        && !prefix.contains(' ')
    {
        text = rest;
    }
    let is_number = |word: &str| {
        word.trim_matches(['(', ')', '[', ']', '.', ','])
            .strip_prefix('#')
            .is_some_and(|number| number.chars().all(|c| c.is_ascii_digit()))
    };
    let words: Vec<&str> = text.split_whitespace().filter(|word| !is_number(word)).collect();
    let is_chore = words.iter().any(|word| {
        let word = word.to_lowercase();
        CHORES.iter().any(|chore| word.trim_matches(|c: char| !c.is_alphanumeric()) == *chore)
    });
    (words.len() >= LEAST_WORDS && !is_chore).then(|| words.join(" "))
}

/// Whether a question about code may ask for this file.
fn is_code(path: &str) -> bool {
    let Ok(path) = RelPath::new(path) else { return false };
    FileRole::of(&path, Language::of_path(path.as_str())) == FileRole::Source
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_read_from_a_clone_or_a_bare_repository() {
        let folder = descry_testkit::fixture("//- /app/src/retry.rs\nfn retry() {}\n");
        let git = |args: &[&str]| descry_testkit::git(folder.path(), args);
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "-m", "Give up after many attempts"]);
        git(&["commit", "--quiet", "--allow-empty", "-m", "Change nothing of the files at all"]);
        let check = |git: &str, revision: &str, below: Option<&str>, expected: &[&str]| {
            let git = folder.path().join(git);
            let history = History { git: &git, revision, below };
            let asked = commit_questions(&history, 9, |_| true).expect("there is a history");
            let files: Vec<&str> =
                asked.iter().flat_map(|it| &it.targets).map(|it| &*it.path).collect();
            assert_eq!(files, expected);
        };
        check("", "HEAD", None, &["app/src/retry.rs"]);
        check("app", "HEAD~1", None, &["src/retry.rs"]);
        check(".git", "HEAD", Some("app"), &["src/retry.rs"]);
        check(".git", "HEAD", Some("lib"), &[]);
        let history = History { revision: "nowhere", ..History::of(folder.path()) };
        assert!(commit_questions(&history, 9, |_| true).is_err());
    }

    #[test]
    fn a_commit_of_few_files_asks_for_them() {
        #[track_caller]
        fn check(log: &str, expected: &[(&str, &[&str])]) {
            let questions = parse(log, &|path| path != "src/gone.rs");
            let shown: Vec<(&str, Vec<&str>)> = questions
                .iter()
                .map(|question| {
                    (&*question.text, question.targets.iter().map(|it| &*it.path).collect())
                })
                .collect();
            let expected: Vec<(&str, Vec<&str>)> =
                expected.iter().map(|(text, files)| (*text, files.to_vec())).collect();
            assert_eq!(shown, expected);
        }
        check(
            "\u{1}Give up after many attempts (#12)\0\nsrc/retry.rs\0tests/retry.rs\0",
            &[("Give up after many attempts", &["src/retry.rs"])],
        );
        check(
            "\u{1}fix(http): close what a client left open\0\nsrc/a b.rs\0src/gone.rs\0",
            &[("close what a client left open", &["src/a b.rs"])],
        );
        check("\u{1}Bump the version to 1.2.3\0\nsrc/lib.rs\0", &[]);
        check("\u{1}Say a word\0\nsrc/lib.rs\0", &[]);
        check("\u{1}Remove what nobody uses any more\0\nsrc/gone.rs\0", &[]);
        check("\u{1}Move all of the files around\0\na.rs\0b.rs\0c.rs\0d.rs\0e.rs\0f.rs\0", &[]);
        check("", &[]);
    }
}
