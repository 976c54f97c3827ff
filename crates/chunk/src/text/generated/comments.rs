//! The comments that a text begins with, before anything else is in it.

use descry_base::Language;

/// What stands above the first code may be long: licences are.
const MOST_LINES: usize = 80;
const MOST_BYTES: usize = 8 << 10;

/// Text further to the right in a comment is an example or a quotation.
const INDENTED: usize = 4;

/// What a comment of one line begins with, longest first.
const LINE: [&str; 10] = ["///", "//!", "//", "--", "#", ";", "%", "'", "\"", "rem "];

/// What a comment of several lines begins and ends with.
const BLOCK: [(&str, &str); 6] =
    [("<!--", "-->"), ("/*", "*/"), ("{-", "-}"), ("(*", "*)"), ("--[[", "]]"), ("=begin", "=end")];

/// What a docstring begins with.
const DOCSTRING: [&str; 2] = ["\"\"\"", "'''"];

/// What may stand above the first comment, for it is no code that says anything.
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

/// The lines of the leading comments without the marks, and without those that are quoted.
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
        // A blank line ends a sentence, and so does the end of a block.
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

/// What stands behind the beginning of a comment of several lines, and what ends it.
fn block(text: &str) -> Option<(&str, &'static str)> {
    BLOCK.iter().find_map(|(mark, end)| Some((begins(text, mark)?, *end)))
}

/// What a line says that is a comment.
fn of_line(line: &str, language: Language) -> Option<&str> {
    let mut marks = LINE.iter().filter(|mark| marks_comments(mark, language));
    let said = marks.find_map(|mark| begins(line, mark))?;
    // Prose begins with a quote, too.
    let is_quote = line.starts_with(['\'', '"']) && said.starts_with(char::is_alphanumeric);
    (!is_quote).then_some(said)
}

/// The first line of the docstring that a text begins with. Below it may quote what the code writes.
fn summary(text: &str, language: Language) -> Option<&str> {
    let inside = DOCSTRING.iter().find_map(|mark| text.strip_prefix(mark))?;
    let line = inside.trim_start().lines().next()?.trim_end_matches(['"', '\'']);
    (language == Language::Python).then_some(line)
}

/// What comes behind the mark that the line begins with, in any case.
fn begins<'l>(line: &'l str, mark: &str) -> Option<&'l str> {
    let (head, rest) = line.split_at_checked(mark.len())?;
    head.eq_ignore_ascii_case(mark).then_some(rest)
}

/// Whether lines that begin with the mark are comments of the language. Of a language that is not known
/// any may be; prose has none of them.
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
