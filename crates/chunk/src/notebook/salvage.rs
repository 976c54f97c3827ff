//! The cells of a notebook that is no longer valid JSON: truncated, with merge conflict markers, or
//! with an output number that only Python writes (`NaN`).

use super::json::{JsonCell, NotebookJson};
use super::kernel::Named;

/// The parts of the file that look like cells; `None` if there are none.
pub(super) fn salvage(file: &str) -> Option<NotebookJson<'_>> {
    let begins = file.trim_start();
    if !begins.starts_with('{') && !begins.starts_with("<<<<<<< ") {
        return None;
    }
    let mut json = NotebookJson::default();
    let mut tokens = Tokens { rest: file };
    let (mut key, mut section) = ("", "");
    while let Some(token) = tokens.next() {
        match token {
            Token::Key("outputs" | "attachments") => tokens.skip_value(),
            Token::Key(name) => {
                key = name;
                match name {
                    "kernelspec" | "language_info" => section = name,
                    "cell_type" | "source" | "input" => {
                        section = "";
                        begin(&mut json.cells, name);
                    }
                    _ => {}
                }
            }
            Token::String(string) => take(&mut json, section, key, string),
            Token::Open | Token::Close => {}
        }
    }
    (!json.cells.is_empty()).then_some(json)
}

/// Begins a new cell at a key that the last cell already has.
fn begin(cells: &mut Vec<JsonCell<'_>>, key: &str) {
    let is_source = key != "cell_type";
    let has = |cell: &JsonCell<'_>| match is_source {
        true => cell.source.is_some(),
        false => cell.kind.is_some(),
    };
    if cells.last().is_none_or(has) {
        cells.push(JsonCell::default());
    }
    if let Some(cell) = cells.last_mut().filter(|_| is_source) {
        cell.source = Some(Vec::new());
    }
}

fn take<'a>(json: &mut NotebookJson<'a>, section: &str, key: &str, string: &'a str) {
    let named = match section {
        "kernelspec" => Some(&mut json.metadata.kernelspec),
        "language_info" => Some(&mut json.metadata.language_info),
        _ => None,
    };
    let said = || serde_json::from_str(string).ok();
    match (named, json.cells.last_mut(), key) {
        (Some(named), _, "name") => named.get_or_insert_with(Named::default).name = said(),
        (Some(named), _, "language") => named.get_or_insert_with(Named::default).language = said(),
        (None, Some(cell), "cell_type") => cell.kind = said(),
        (None, Some(cell), "language") => cell.language = said(),
        (None, Some(cell), "source" | "input") => cell.source.get_or_insert_default().push(string),
        _ => {}
    }
}

enum Token<'a> {
    /// A string followed by a colon, without its quotes.
    Key(&'a str),
    /// Any other string, with its quotes.
    String(&'a str),
    Open,
    Close,
}

/// The strings and brackets of damaged JSON. A string ends at the end of its line at the latest.
struct Tokens<'a> {
    rest: &'a str,
}

impl Tokens<'_> {
    /// Skips a value, but does not enter the next cell.
    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        loop {
            let before = self.rest;
            match self.next() {
                Some(Token::Open) => depth += 1,
                Some(Token::Close) => depth = depth.saturating_sub(1),
                Some(Token::String(_)) => {}
                Some(Token::Key("cell_type")) => {
                    self.rest = before;
                    return;
                }
                Some(Token::Key(_)) => continue,
                None => return,
            }
            if depth == 0 {
                return;
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let begin = self.rest.find(['"', '{', '[', '}', ']'])?;
        let found = &self.rest[begin..];
        if !found.starts_with('"') {
            self.rest = &found[1..];
            return Some(if found.starts_with(['{', '[']) { Token::Open } else { Token::Close });
        }
        let mut escaped = false;
        let ends = |c: char| {
            let ends = c == '"' && !escaped || c == '\n';
            escaped = c == '\\' && !escaped;
            ends
        };
        let inside = &found[1..];
        let end = inside.find(ends).unwrap_or(inside.len());
        let closed = inside[end..].starts_with('"');
        self.rest = &inside[end + usize::from(closed)..];
        Some(match closed && self.rest.trim_start().starts_with(':') {
            true => Token::Key(&inside[..end]),
            false => Token::String(&found[..found.len() - self.rest.len()]),
        })
    }
}
