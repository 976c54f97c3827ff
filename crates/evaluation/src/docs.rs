//! Questions from doc comments: the first sentence asks for the definition below it. Such questions
//! share few words with their answers.

use std::ops::Range;

use descry_base::{Language, SymbolKind};
use descry_chunk::ChunkConfig;

use crate::question::Question;
use crate::score::Target;

/// A shorter sentence says too little to be a question.
const LEAST_WORDS: usize = 4;

/// One chunk per definition, whatever its size, because a question asks for one definition.
const ONE_BY_ONE: ChunkConfig =
    ChunkConfig { max_bytes: 1500, target_bytes: 0, alone_bytes: 0, min_bytes: 0 };

/// The questions from a file, each with the byte range of its comment.
pub(crate) fn questions(
    path: &str,
    language: Language,
    text: &str,
) -> Vec<(Question, Range<usize>)> {
    let question = |chunk: descry_base::ChunkMeta| {
        chunk.kind.filter(|kind| *kind != SymbolKind::Section)?;
        let doc = chunk.doc?;
        let comment = doc.start as usize..doc.end as usize;
        let names = chunk.defines.iter().map(|defined| defined.name.as_str());
        let sentence = first_sentence(text.get(comment.clone())?, names)?;
        let lines = (chunk.span.first_line + 1, chunk.span.end_line.max(chunk.span.first_line + 1));
        let target = Target { path: path.to_owned(), lines: Some(lines) };
        Some((Question { text: sentence, targets: vec![target] }, comment))
    };
    descry_chunk::chunks(text, language, &ONE_BY_ONE).into_iter().filter_map(question).collect()
}

/// Blanks `comment` in the text without moving any byte or line.
pub(crate) fn blank(text: &mut String, comment: Range<usize>) {
    let blank = text[comment.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
    let blank: String = blank.collect();
    text.replace_range(comment, &blank);
}

/// The first sentence of a doc comment without comment marks; `None` if it says too little. A
/// leading name of the definition, as in Go, is removed: with it, the question would be a search
/// for that name.
fn first_sentence<'a>(comment: &str, mut names: impl Iterator<Item = &'a str>) -> Option<String> {
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
    let (first, rest) = said.split_once(' ')?;
    let bare = first.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let said = if names.any(|name| name == bare) { rest.trim_start() } else { said };
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
            let names = ["give_up", "Bind"].into_iter();
            assert_eq!(first_sentence(comment, names).as_deref(), expected);
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
        check("// Bind checks what was sent", Some("checks what was sent"));
        check("// `Bind` checks what was sent", Some("checks what was sent"));
        check("// Binds what was sent", Some("Binds what was sent"));
        check("// The router", None);
        check("// Bind checks this thing", None);
        check("", None);
    }

    #[test]
    fn each_definition_is_asked_for_alone() {
        let text =
            "/// Adds one to a number.\nfn a() {}\n\n/// Takes one from a number.\nfn b() {}\n";
        let found = questions("src/a.rs", Language::Rust, text);
        let shown: Vec<_> = found
            .iter()
            .map(|(question, comment)| {
                (&*question.text, question.targets[0].lines, &text[comment.clone()])
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("Adds one to a number", Some((1, 2)), "/// Adds one to a number."),
                ("Takes one from a number", Some((4, 5)), "/// Takes one from a number."),
            ]
        );
    }

    #[test]
    fn a_blank_keeps_lines_and_bytes() {
        let mut text = "xa\nü\ny".to_owned();
        blank(&mut text, 1..6);
        assert_eq!(text, "x \n  \ny");
    }
}
