//! The leading comments of a text.

use descry_base::Language;

/// The limits of a leading comment; licences can be long.
const MOST_LINES: usize = 80;
const MOST_BYTES: usize = 8 << 10;

/// Comment text indented further is an example or a quotation.
const INDENTED: usize = 4;

/// Markers of line comments, longest first.
const LINE: [&str; 10] = ["///", "//!", "//", "--", "#", ";", "%", "'", "\"", "rem "];

/// Markers that open and close block comments.
const BLOCK: [(&str, &str); 6] =
    [("<!--", "-->"), ("/*", "*/"), ("{-", "-}"), ("(*", "*)"), ("--[[", "]]"), ("=begin", "=end")];

/// Markers that open a docstring.
const DOCSTRING: [&str; 2] = ["\"\"\"", "'''"];

/// Code that may precede the first comment.
const PASSED: [&str; 15] = [
    "#!",
    "#pragma once",
    "#ifndef ",
    "#define ",
    "#line ",
    "<?php",
    "<?xml",
    "<!doctype",
    "'use strict'",
    "\"use strict\"",
    "\"use client\"",
    "'use client'",
    "\"use server\"",
    "'use server'",
    "---",
];

/// The lines of the leading comments without their markers and without quoted lines.
pub(super) fn leading(text: &str, language: Language) -> Vec<&str> {
    let mut said = Vec::new();
    let mut rest = head(text).trim_start();
    while !rest.is_empty() {
        let (line, below) = rest.split_once('\n').unwrap_or((rest, ""));
        let line = line.trim_end();
        rest = if PASSED.iter().any(|it| begins(line, it).is_some()) {
            below
        } else if let Some((inside, end)) = block(rest) {
            let (inside, after) = inside.split_once(end).unwrap_or((inside, ""));
            let lines = inside.trim_start_matches(['*', '!']).lines();
            said.extend(lines.filter_map(|line| unquoted(line.trim().trim_start_matches('*'))));
            after
        } else if let Some(inside) = of_line(line, language) {
            said.extend(unquoted(inside.trim_start_matches(['#', ';', '%', '*', '-'])));
            below
        } else {
            said.extend(summary(rest, language));
            break;
        };
        let next = rest.trim_start();
        // A blank line or the end of a block ends a sentence.
        if rest[..rest.len() - next.len()].contains('\n') {
            said.push("");
        }
        rest = next;
    }
    said
}

fn head(text: &str) -> &str {
    let head = &text[..text.floor_char_boundary(MOST_BYTES)];
    let end = head.match_indices('\n').nth(MOST_LINES - 1);
    end.map_or(head, |(end, _)| &head[..end])
}

/// The line of a comment, if it is not indented.
fn unquoted(line: &str) -> Option<&str> {
    let indent = line.len() - line.trim_start().len();
    (indent <= INDENTED).then(|| line.trim_matches([' ', '\t', '*']))
}

/// The text after a block comment's opening marker, and its closing marker.
fn block(text: &str) -> Option<(&str, &'static str)> {
    BLOCK.iter().find_map(|(mark, end)| Some((begins(text, mark)?, *end)))
}

/// The text of a line comment.
fn of_line(line: &str, language: Language) -> Option<&str> {
    let mut marks = LINE.iter().filter(|mark| marks_comments(mark, language));
    let said = marks.find_map(|mark| begins(line, mark))?;
    // Prose also begins with a quote.
    let is_quote = line.starts_with(['\'', '"']) && said.starts_with(char::is_alphanumeric);
    (!is_quote).then_some(said)
}

/// The first line of a leading docstring. Later lines may quote what the code writes.
fn summary(text: &str, language: Language) -> Option<&str> {
    let inside = DOCSTRING.iter().find_map(|mark| text.strip_prefix(mark))?;
    let line = inside.trim_start().lines().next()?.trim_end_matches(['"', '\'']);
    (language == Language::Python).then_some(line)
}

/// The text after the marker that the line begins with, ignoring case.
fn begins<'l>(line: &'l str, mark: &str) -> Option<&'l str> {
    let (head, rest) = line.split_at_checked(mark.len())?;
    head.eq_ignore_ascii_case(mark).then_some(rest)
}

/// Whether the marker begins a comment in the language. In an unknown language every marker does;
/// in prose none does.
fn marks_comments(mark: &str, language: Language) -> bool {
    use Language as L;
    let slashes = mark.starts_with('/');
    match language {
        L::Markdown | L::Html | L::Vue | L::Svelte => false,
        L::Plain => true,
        L::Python
        | L::Ruby
        | L::Bash
        | L::Yaml
        | L::Toml
        | L::Elixir
        | L::Julia
        | L::R
        | L::Perl
        | L::GraphQl
        | L::Dockerfile => mark == "#",
        L::Terraform | L::Php => slashes || mark == "#",
        L::Sql | L::Haskell | L::Lua => mark == "--",
        L::OCaml => false,
        _ => slashes,
    }
}
