//! `descry search --all`: prints every match, as grep does.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;

use clap::ColorChoice;
use descry_base::RootId;
use descry_engine::{Case, FileMatches, Files, MatchOptions, MatchedLine, Searched};
use serde::Serialize;

use crate::args::SearchArgs;
use crate::excerpt::excerpt;
use crate::output::say;
use crate::screen::{Screen, Style};
use crate::visible::visible;

/// Nothing matches: sets the exit code but is not a failure.
#[derive(Debug, thiserror::Error)]
#[error("nothing matches")]
pub(crate) struct Nothing;

/// The JSON form of a matching line. Lines and columns count from 1, columns in bytes.
#[derive(Serialize)]
struct JsonLine<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    text: &'a str,
    /// The byte ranges in the text that match.
    marks: &'a [(u32, u32)],
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<&'a str>,
}

/// Prints the matches in these files. `folder_of` names the folder of a file if the search covers
/// more than one.
///
/// # Errors
/// [`Nothing`] if there is no match; otherwise the failure.
pub(crate) fn run<'f>(
    args: &SearchArgs,
    color: ColorChoice,
    files: &Files,
    folder_of: &dyn Fn(RootId) -> Option<&'f str>,
) -> anyhow::Result<()> {
    if let Some(bad) = files.filters.iter().find(|filter| !filter.valid) {
        say(&format!("`{}` is not a known value; filter ignored", bad.value));
    }
    let options = MatchOptions { regex: args.regex, case: args.case(), word: args.word };
    let out = io::stdout();
    let screen = out.is_terminal().then(|| Screen::new(color));
    let mut printer = Printer { out: BufWriter::new(out.lock()), args, screen, left: args.limit };
    let mut failed = None;
    let searched = descry_engine::matches(files, options, &mut |file| match printer
        .print(&file, folder_of(file.root))
    {
        Ok(flow) => flow,
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    })?;
    printer.out.flush()?;
    match failed {
        Some(error) => return Err(error.into()),
        None => say(&summary(&searched)),
    }
    for (_, path, reason) in &searched.unread {
        say(&format!("{path} was not searched: {reason}"));
    }
    if searched.lines == 0 { Err(Nothing.into()) } else { Ok(()) }
}

struct Printer<'a, W: Write> {
    out: W,
    args: &'a SearchArgs,
    /// The screen, if a person reads the output; `None` prints lines for programs.
    screen: Option<Screen>,
    /// The number of lines that may still be printed.
    left: Option<usize>,
}

impl<W: Write> Printer<'_, W> {
    fn print(&mut self, file: &FileMatches, folder: Option<&str>) -> io::Result<ControlFlow<()>> {
        let left = self.left.unwrap_or(usize::MAX);
        let lines = &file.lines[..file.lines.len().min(left)];
        let by_file = self.args.files || self.args.count;
        self.left = self.left.map(|left| left - if by_file { left.min(1) } else { lines.len() });
        let path = match folder {
            Some(folder) => format!("{folder}/{}", file.path),
            None => file.path.to_string(),
        };
        // A name may contain line breaks or terminal escapes.
        let path = visible(&path);
        match () {
            () if self.args.files => writeln!(self.out, "{path}")?,
            () if self.args.count => writeln!(self.out, "{path}:{}", file.lines.len())?,
            () if self.args.json => {
                for line in lines {
                    self.json(file.path.as_str(), line, folder)?;
                }
            }
            () if self.screen.is_some() => self.group(&path, lines)?,
            () => {
                for line in lines {
                    let (number, column) = place(line);
                    writeln!(self.out, "{path}:{number}:{column}:{}", line.text)?;
                }
            }
        }
        // The reader sees each file as soon as it is found.
        self.out.flush()?;
        Ok(match self.left {
            Some(0) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
    }

    fn json(&mut self, path: &str, line: &MatchedLine, folder: Option<&str>) -> io::Result<()> {
        let (number, column) = place(line);
        let (text, marks) = (line.text.as_str(), line.marks.as_slice());
        let line = JsonLine { path, line: number, column, text, marks, folder };
        serde_json::to_writer(&mut self.out, &line)?;
        self.out.write_all(b"\n")
    }

    /// Prints a file with its lines, for people.
    fn group(&mut self, path: &str, lines: &[MatchedLine]) -> io::Result<()> {
        let Some(screen) = &self.screen else { return Ok(()) };
        screen.write(&mut self.out, Style::Bold, path)?;
        writeln!(self.out)?;
        for line in lines {
            let number = format!("{:>5}  ", line.number + 1);
            screen.write(&mut self.out, Style::Dim, &number)?;
            let columns = screen.columns.saturating_sub(number.len());
            let shown = excerpt(&line.text, &line.marks, columns);
            screen.write_runs(&mut self.out, Style::Plain, &shown)?;
            writeln!(self.out)?;
        }
        writeln!(self.out)
    }
}

/// Line and column, counted from 1.
fn place(line: &MatchedLine) -> (u32, u32) {
    (line.number + 1, line.marks.first().map_or(0, |(start, _)| *start) + 1)
}

/// Summarises the result in a sentence.
fn summary(searched: &Searched) -> String {
    let count = |number: usize, one: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}{}", if one.ends_with('h') { "es" } else { "s" }),
    };
    let mut summary = count(searched.matches, "match");
    if searched.lines != searched.matches {
        summary += &format!(" on {}", count(searched.lines, "line"));
    }
    summary += &format!(" in {}", count(searched.files, "file"));
    match searched.complete {
        true => format!("{summary} of {}", searched.searched),
        false => format!("{summary}; stopped at the limit, there may be more"),
    }
}

impl SearchArgs {
    /// Whether the options request every match: `--all`, or an option that implies it.
    pub(crate) fn wants_all(&self) -> bool {
        self.all
            || self.regex
            || self.word
            || self.files
            || self.count
            || self.ignore_case
            || self.case.is_some()
    }

    fn case(&self) -> Case {
        match (self.ignore_case, self.case) {
            (true, _) => Case::Insensitive,
            (false, Some(case)) => case.into(),
            (false, None) => Case::Smart,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_what_was_found() {
        #[track_caller]
        fn check(numbers: (usize, usize, usize), complete: bool, expected: &str) {
            let (matches, lines, files) = numbers;
            let searched =
                Searched { matches, lines, files, searched: 9, complete, ..Searched::default() };
            assert_eq!(summary(&searched), expected);
        }
        check((0, 0, 0), true, "0 matches in 0 files of 9");
        check((1, 1, 1), true, "1 match in 1 file of 9");
        check((5, 3, 2), true, "5 matches on 3 lines in 2 files of 9");
        check((2, 2, 2), false, "2 matches in 2 files; stopped at the limit, there may be more");
    }
}
