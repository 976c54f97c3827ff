//! The query on a command line: arguments that begin with `-` are words unless they are options;
//! `-` alone means standard input.

use std::ffi::{OsStr, OsString};
use std::io::Read;

use anyhow::{Context, bail};
use clap::{Command, CommandFactory};

use crate::args::{Args, SearchArgs};

/// A longer text is a file, not a query.
const LONGEST: u64 = 1 << 20;

/// The query of a search, as typed or pasted.
pub(crate) fn question(args: &SearchArgs) -> anyhow::Result<String> {
    if !args.stdin && args.query != ["-"] {
        return Ok(args.query.join(" "));
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes);
    if read.context("standard input cannot be read")? as u64 > LONGEST {
        bail!("standard input has more than {} MB, too much for a query", LONGEST >> 20);
    }
    let text = String::from_utf8_lossy(&bytes);
    // The line break that ends the text is not part of the query.
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.trim().is_empty() {
        bail!("standard input has no question");
    }
    Ok(text.to_owned())
}

/// Moves the words of `descry search` that begin with `-` to the end of the command line, after
/// `--`, so that they are not options. An argument that looks like an unknown option stays in
/// place and is rejected: it is more likely a typo than a search word.
pub(crate) fn with_words_last(given: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut root = Args::command();
    root.build();
    let mut given = given.into_iter();
    let mut line: Vec<OsString> = given.next().into_iter().collect();
    while let Some(argument) = given.next() {
        let is_search = argument == "search";
        let option = option(&root, &argument);
        line.push(argument);
        match option {
            Some(true) => line.extend(given.next()),
            Some(false) => {}
            None if is_search => break,
            None => {
                line.extend(given);
                return line;
            }
        }
    }
    let Some(search) = root.find_subcommand("search") else { return line };
    let mut words: Vec<OsString> = Vec::new();
    while let Some(argument) = given.next() {
        if argument == "--" {
            words.extend(given);
            break;
        }
        match option(search, &argument) {
            Some(takes_value) => {
                line.push(argument);
                if takes_value {
                    line.extend(given.next());
                }
            }
            None if looks_like_an_option(search, &argument) => line.push(argument),
            None => words.push(argument),
        }
    }
    if !words.is_empty() {
        line.push("--".into());
        line.extend(words);
    }
    line
}

/// `Some` if the argument is an option of the command, or several short ones joined (`-il`); the
/// value says whether the next argument is its value.
fn option(command: &Command, argument: &OsStr) -> Option<bool> {
    let argument = argument.to_str()?;
    let short = |c: char| command.get_arguments().find(|it| it.get_short() == Some(c));
    let joined = argument.strip_prefix('-').filter(|it| it.len() > 1 && !it.starts_with('-'));
    if let Some(joined) = joined
        && joined.chars().all(|c| short(c).is_some())
    {
        let last = joined.chars().next_back().and_then(short)?;
        return Some(last.get_action().takes_values());
    }
    let (name, has_value) = match argument.split_once('=') {
        Some((name, _)) => (name, true),
        None => (argument, false),
    };
    let found = command.get_arguments().find(|it| match name.strip_prefix("--") {
        Some(long) => it.get_long() == Some(long),
        None => {
            it.get_short().is_some_and(|short| name.strip_prefix('-') == Some(&short.to_string()))
        }
    })?;
    Some(!has_value && found.get_action().takes_values())
}

/// True for `--jsn`, `-n`, and `-json` (meant as `--json`); false for `->`, `-1`, `-path:tests` and
/// `--- a`.
fn looks_like_an_option(command: &Command, argument: &OsStr) -> bool {
    let Some(argument) = argument.to_str() else { return false };
    let name = argument.split_once('=').map_or(argument, |(name, _)| name);
    let is_word = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    match (name.strip_prefix("--"), name.strip_prefix('-')) {
        (Some(long), _) => is_word(long),
        (None, Some(short)) => {
            is_word(short)
                && (short.len() == 1
                    || command.get_arguments().any(|it| it.get_long() == Some(short)))
        }
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use clap::error::ErrorKind;

    use super::*;
    use crate::args;

    fn parsed(line: &str) -> Result<SearchArgs, ErrorKind> {
        let line = format!("descry {line}");
        let given = line.split_whitespace().map(OsString::from);
        match Args::try_parse_from(with_words_last(given)).map_err(|error| error.kind())?.command {
            args::Command::Search(search) => Ok(search),
            _ => panic!("{line} is no search"),
        }
    }

    #[test]
    fn words_may_begin_with_a_hyphen() {
        #[track_caller]
        fn check(line: &str, words: &str) {
            assert_eq!(parsed(line).unwrap().query.join(" "), words, "{line}");
        }
        check("search retry -path:tests", "retry -path:tests");
        check("search -path:tests retry", "-path:tests retry");
        check("search retry -lang:go policy", "retry -lang:go policy");
        check("search ->", "->");
        check("search -webkit-box", "-webkit-box");
        check("search -1", "-1");
        check("search x -1.5", "x -1.5");
        check("search -- -x", "-x");
        check("search -- --json", "--json");
        check("search a -- --json -x", "a --json -x");
        check("search --- a/src/cart.rs", "--- a/src/cart.rs");
        check("search <!-- -->", "<!-- -->");
        check("search -webkit-box-shadow", "-webkit-box-shadow");
        check("search a - b", "a - b");
        check("search -", "-");
        check("search search", "search");
    }

    #[test]
    fn options_stand_anywhere() {
        #[track_caller]
        fn check(line: &str, words: &str, limit: Option<usize>, json: bool) {
            let search = parsed(line).unwrap();
            assert_eq!((search.limit, search.json), (limit, json), "{line}");
            assert_eq!(search.query.join(" "), words, "{line}");
        }
        check("search foo --json", "foo", None, true);
        check("search --json foo", "foo", None, true);
        check("search --limit 5 foo", "foo", Some(5), false);
        check("search foo --limit=5 -path:tests --json", "foo -path:tests", Some(5), true);
        check("search -path:tests --limit 5 -- --json", "-path:tests --json", Some(5), false);
        check("search foo bar --limit 3 baz", "foo bar baz", Some(3), false);
        check("--color never search foo -x:y", "foo -x:y", None, false);
        check("search foo --color=always -x:y", "foo -x:y", None, false);
    }

    #[test]
    fn short_options_may_be_joined() {
        #[track_caller]
        fn check(line: &str, words: &str, regex: bool, ignore_case: bool, files: bool) {
            let search = parsed(line).unwrap();
            assert_eq!(
                (search.regex, search.ignore_case, search.files),
                (regex, ignore_case, files),
                "{line}"
            );
            assert_eq!(search.query.join(" "), words, "{line}");
        }
        check("search -ie tot.l", "tot.l", true, true, false);
        check("search tot -il", "tot", false, true, true);
        check("search --all -we x", "x", true, false, false);
        check("search -lang:go -el x", "-lang:go x", true, false, true);
    }

    #[test]
    fn a_mistyped_option_is_refused() {
        #[track_caller]
        fn check(line: &str, expected: ErrorKind) {
            let error = parsed(line).err().expect(line);
            assert_eq!(error, expected, "{line}");
        }
        check("search foo --jsn", ErrorKind::UnknownArgument);
        check("search --jsn foo", ErrorKind::UnknownArgument);
        check("search --limt=5 foo", ErrorKind::UnknownArgument);
        check("search foo -n 5", ErrorKind::UnknownArgument);
        check("search foo -json", ErrorKind::UnknownArgument);
        check("search foo --limit many", ErrorKind::ValueValidation);
        check("search foo --limit 0", ErrorKind::ValueValidation);
        check("search foo --limit", ErrorKind::InvalidValue);
        check("search", ErrorKind::MissingRequiredArgument);
        check("search --", ErrorKind::MissingRequiredArgument);
        check("search -h", ErrorKind::DisplayHelp);
        check("search --queries q.txt", ErrorKind::MissingRequiredArgument);
        check("search --queries q.txt --json word", ErrorKind::ArgumentConflict);
        check("search --stdin word", ErrorKind::ArgumentConflict);
        check("serch foo", ErrorKind::InvalidSubcommand);
    }
}
