//! Writes answers: lines for people, JSON for programs.

use std::io::{self, Write};

use descry_base::{RootId, Span};
use descry_engine::{Answer, Duplicate, Hit, Notice, Why};
use serde::Serialize;

use crate::excerpt::excerpt;
use crate::screen::{Screen, Style};
use crate::visible::visible;

/// The JSON form of a result. Lines count from 1; both ends are inclusive.
#[derive(Serialize)]
pub(crate) struct JsonHit<'a> {
    path: &'a str,
    start_line: u32,
    end_line: u32,
    score: f32,
    symbol: &'a str,
    why: &'a Why,
    stale: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<&'a str>,
    copies: Vec<JsonCopy<'a>>,
}

/// Another place with the same code as a result; `exact` if every line is equal.
#[derive(Serialize)]
struct JsonCopy<'a> {
    path: &'a str,
    start_line: u32,
    end_line: u32,
    exact: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<&'a str>,
}

/// The JSON form of an answer.
#[derive(Serialize)]
pub(crate) struct JsonAnswer<'a> {
    query: &'a str,
    results: Vec<JsonHit<'a>>,
    elapsed_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

impl<'a> JsonAnswer<'a> {
    /// `folder_of` names the folder of a hit if the search covers more than one; `notice` is a
    /// sentence for the user.
    pub(crate) fn new(
        query: &'a str,
        answer: &'a Answer,
        notice: Option<String>,
        folder_of: impl Fn(RootId) -> Option<&'a str>,
    ) -> JsonAnswer<'a> {
        let copy = |copy: &'a Duplicate| JsonCopy {
            path: copy.path.as_str(),
            start_line: first_line(copy.span),
            end_line: last_line(copy.span),
            exact: copy.exact,
            folder: folder_of(copy.root),
        };
        let hit = |hit: &'a Hit| JsonHit {
            path: hit.path.as_str(),
            start_line: first_line(hit.span),
            end_line: last_line(hit.span),
            score: hit.why.score,
            symbol: &hit.symbol,
            why: &hit.why,
            stale: hit.stale,
            folder: folder_of(hit.root),
            copies: hit.copies.iter().map(copy).collect(),
        };
        JsonAnswer {
            query,
            results: answer.hits.iter().map(hit).collect(),
            elapsed_ms: answer.elapsed.as_secs_f64() * 1e3,
            notice,
        }
    }
}

fn first_line(span: Span) -> u32 {
    span.first_line + 1
}

fn last_line(span: Span) -> u32 {
    span.end_line.max(first_line(span))
}

/// The text of a notice.
pub(crate) fn sentence(notice: &Notice) -> String {
    match notice {
        Notice::WordsOnly { reason } => format!("only words were searched: {reason}"),
        Notice::BadRegex { reason } => format!("invalid expression: {reason}"),
        Notice::BadFilter { value } => {
            format!("`{value}` is not a known value; filter ignored")
        }
        Notice::NoExactMatch { name, nearest } if nearest.is_empty() => {
            format!("no exact match for `{name}`; results are close in meaning")
        }
        Notice::NoExactMatch { name, nearest } => format!(
            "no exact match for `{name}`; did you mean {}? Results are close in meaning",
            nearest.join(", ")
        ),
        Notice::Partial => "stopped early; there may be more".to_owned(),
        Notice::OwnerSilent => {
            "another Descry owns the index and does not answer; this is what it has stored"
                .to_owned()
        }
    }
}

/// Prints a JSON value on a line of its own.
pub(crate) fn json_line(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Prints a line for people on standard error, where it never mixes with an answer.
pub(crate) fn say(line: &str) {
    // If standard error is closed, the line is lost.
    let _ = writeln!(io::stderr(), "{}", visible(line));
}

/// Prints results for people: path and line in the form that editors and terminals link, symbol,
/// best lines and copies. `folder_of` returns the prefix of a path.
pub(crate) fn print_hits(
    answer: &Answer,
    screen: &Screen,
    folder_of: impl Fn(RootId) -> String,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for hit in &answer.hits {
        let best =
            hit.lines.iter().find(|line| line.best).map_or(hit.span.first_line, |l| l.number);
        let place = format!("{}{}:{}", folder_of(hit.root), hit.path, best + 1);
        screen.write(&mut out, Style::Bold, &place)?;
        screen.write(&mut out, Style::Dim, &format!("  {}", reasons(hit)))?;
        writeln!(out)?;
        if !hit.symbol.is_empty() {
            write!(out, "  ")?;
            screen.write_runs(
                &mut out,
                Style::Dim,
                &excerpt(&hit.symbol, &[], screen.columns - 2),
            )?;
            writeln!(out)?;
        }
        for line in &hit.lines {
            let number = format!("  {:>5}  ", line.number + 1);
            screen.write(&mut out, Style::Dim, &number)?;
            let style = if line.best { Style::Beam } else { Style::Plain };
            let shown = excerpt(&line.text, &line.marks, screen.columns - number.len());
            screen.write_runs(&mut out, style, &shown)?;
            writeln!(out)?;
        }
        for copy in &hit.copies {
            let alike = if copy.exact { "the same" } else { "nearly the same" };
            let place = (folder_of(copy.root), &copy.path, line_of_copy(hit.span, best, copy) + 1);
            let place = format!("  {alike}: {}{}:{}", place.0, place.1, place.2);
            screen.write(&mut out, Style::Dim, &place)?;
            writeln!(out)?;
        }
        writeln!(out)?;
    }
    out.flush()
}

/// The line of a copy that corresponds to `line` of the hit, as far as it is known.
fn line_of_copy(hit: Span, line: u32, copy: &Duplicate) -> u32 {
    let lines = |span: Span| span.end_line - span.first_line;
    match copy.exact && lines(hit) == lines(copy.span) {
        true => copy.span.first_line + line.saturating_sub(hit.first_line),
        false => copy.span.first_line,
    }
}

fn reasons(hit: &Hit) -> String {
    let mut reasons = Vec::new();
    reasons.extend(hit.why.meaning.map(|rank| format!("meaning {rank}")));
    reasons.extend(hit.why.words.map(|rank| format!("words {rank}")));
    reasons.extend(hit.why.signals.iter().take(2).map(|signal| signal.kind.name().to_owned()));
    if hit.stale {
        reasons.push("changed since it was indexed".to_owned());
    }
    reasons.join(" · ")
}
