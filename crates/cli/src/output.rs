//! Writing answers: lines for people, JSON for programs.

use std::io::{self, IsTerminal, Write};

use descry_engine::{Answer, Hit, Notice, Why};
use serde::Serialize;

/// A result, as programs get it. Lines count from 1, both ends inclusive.
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
}

/// The answer to one query, as programs get it.
#[derive(Serialize)]
pub(crate) struct JsonAnswer<'a> {
    query: &'a str,
    results: Vec<JsonHit<'a>>,
    elapsed_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

impl<'a> JsonAnswer<'a> {
    /// `folder_of` names the folder of a hit, where more than one was searched.
    pub(crate) fn new(
        query: &'a str,
        answer: &'a Answer,
        folder_of: impl Fn(&Hit) -> Option<&'a str>,
    ) -> JsonAnswer<'a> {
        let hit = |hit: &'a Hit| JsonHit {
            path: hit.path.as_str(),
            start_line: hit.span.first_line + 1,
            end_line: hit.span.end_line.max(hit.span.first_line + 1),
            score: hit.why.score,
            symbol: &hit.symbol,
            why: &hit.why,
            stale: hit.stale,
            folder: folder_of(hit),
        };
        JsonAnswer {
            query,
            results: answer.hits.iter().map(hit).collect(),
            elapsed_ms: answer.elapsed.as_secs_f64() * 1e3,
            notice: answer.notice.as_ref().map(sentence),
        }
    }
}

/// A notice, for people.
pub(crate) fn sentence(notice: &Notice) -> String {
    match notice {
        Notice::WordsOnly { reason } => format!("only words took part: {reason}"),
        Notice::BadRegex { reason } => format!("the expression cannot be read: {reason}"),
        Notice::BadFilter { value } => {
            format!("the filter `{value}` names nothing; it was left out")
        }
        Notice::NoExactMatch { name, nearest } if nearest.is_empty() => {
            format!("no exact match for `{name}`; results are near by meaning")
        }
        Notice::NoExactMatch { name, nearest } => format!(
            "no exact match for `{name}`; did you mean {}? Results are near by meaning",
            nearest.join(", ")
        ),
        Notice::Partial => "the search took too long; there may be more".to_owned(),
    }
}

/// One JSON value on a line of its own.
pub(crate) fn json_line(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// A line for people, on standard error: it never mixes with an answer.
pub(crate) fn say(line: &str) {
    // Nothing can be done if standard error is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Results for people: path and line as editors and terminals link them, symbol, best lines.
pub(crate) fn print_hits(answer: &Answer, folder_of: impl Fn(&Hit) -> String) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let colour = out.is_terminal();
    let (bold, dim, beam, reset) = match colour {
        true => ("\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"),
        false => ("", "", "", ""),
    };
    for hit in &answer.hits {
        let line =
            hit.lines.iter().find(|line| line.best).map_or(hit.span.first_line, |l| l.number);
        let prefix = folder_of(hit);
        writeln!(
            out,
            "{bold}{prefix}{}:{}{reset}  {dim}{}{reset}",
            hit.path,
            line + 1,
            reasons(hit)
        )?;
        if !hit.symbol.is_empty() {
            writeln!(out, "  {dim}{}{reset}", hit.symbol)?;
        }
        for line in &hit.lines {
            let mark = if line.best { beam } else { "" };
            let text: String = line.text.trim_end().chars().take(160).collect();
            writeln!(out, "  {dim}{:>5}{reset}  {mark}{text}{reset}", line.number + 1)?;
        }
        writeln!(out)?;
    }
    out.flush()
}

fn reasons(hit: &Hit) -> String {
    let mut reasons = Vec::new();
    reasons.extend(hit.why.meaning.map(|rank| format!("meaning {rank}")));
    reasons.extend(hit.why.words.map(|rank| format!("words {rank}")));
    reasons.extend(hit.why.signals.iter().take(2).map(|signal| signal.name.clone()));
    if hit.stale {
        reasons.push("changed since it was indexed".to_owned());
    }
    reasons.join(" · ")
}
