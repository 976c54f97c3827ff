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
const BLOCK: [(&str, &str); 5] =
    [("<!--", "-->"), ("/*", "*/"), ("{-", "-}"), ("(*", "*)"), ("=begin", "=end")];

/// What may stand above the first comment, for it is no code that says anything.
const PASSED: [&str; 7] =
    ["#!", "<?php", "<?xml", "<!doctype", "'use strict'", "\"use strict\"", "---"];

/// The lines of the leading comments without the marks, and without those that are quoted.
pub(super) fn leading(text: &str, language: Language) -> Vec<&str> {
    let head = &text[..text.floor_char_boundary(MOST_BYTES)];
    let mut said = Vec::new();
    let mut open: Option<&str> = None;
    for line in head.lines().take(MOST_LINES).map(str::trim) {
        let inside = match open {
            Some(_) => Some(line.trim_start_matches('*')),
            None if line.is_empty() || PASSED.iter().any(|it| begins(line, it).is_some()) => {
                continue;
            }
            None => match BLOCK.iter().find_map(|(mark, end)| Some((begins(line, mark)?, end))) {
                Some((rest, end)) => {
                    open = Some(end);
                    Some(rest.trim_start_matches(['*', '!']))
                }
                None => LINE
                    .iter()
                    .filter(|mark| marks_comments(mark, language))
                    .find_map(|mark| begins(line, mark))
                    .map(|rest| rest.trim_start_matches(['#', ';', '%', '*', '-'])),
            },
        };
        let Some(mut inside) = inside else { break };
        if let Some(end) = open
            && let Some(at) = inside.find(end)
        {
            inside = &inside[..at];
            open = None;
        }
        let indent = inside.len() - inside.trim_start().len();
        if indent <= INDENTED {
            said.push(inside.trim_matches([' ', '\t', '*']));
        }
    }
    said
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
        L::Plain => !matches!(mark, "'" | "\"" | "%"),
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
