//! The text in the form given to the grammars: of the same length, without what breaks their
//! hand-written scanners. Some index tables by code point; some keep delimiters and indentation in
//! a buffer of 1,024 bytes and abort the process if it overflows.

use std::borrow::Cow;

use descry_base::Language;

/// The longest run of letters and digits; a blank breaks a longer one.
const MAX_WORD: usize = 200;

/// The most blank columns (or YAML's `- `) before a line's first word in languages that nest by
/// them.
const MAX_INDENT: usize = 200;

/// The most bytes in a here-document's delimiter, and in all open delimiters together.
const MAX_DELIMITER: usize = 60;
const MAX_OPEN: usize = 400;

/// Bytes in which every offset means the same as in `text`; `None` if the text could break the
/// language's grammar.
pub(super) fn plain(text: &str, language: Language) -> Option<Cow<'_, [u8]>> {
    if nests_by_indent(language) && text.lines().any(|line| indent(line) > MAX_INDENT) {
        return None;
    }
    let mut bytes = Cow::Borrowed(text.as_bytes());
    let mut run = 0;
    for (i, byte) in text.bytes().enumerate() {
        let is_word = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        run = if is_word { run + 1 } else { 0 };
        let plain = match byte {
            _ if run > MAX_WORD => {
                run = 0;
                b' '
            }
            // Most chars beyond ASCII are letters, or are in strings and comments.
            0x80.. => b'x',
            b'\t' | b'\n' | b'\r' | b'\x0c' => byte,
            0..0x20 | 0x7f => b' ',
            _ => byte,
        };
        if plain != byte {
            bytes.to_mut()[i] = plain;
        }
    }
    if matches!(language, Language::Ruby | Language::Bash | Language::Php) {
        close_here_documents(&mut bytes);
    }
    Some(bytes)
}

fn nests_by_indent(language: Language) -> bool {
    use Language::{Haskell, Python, Scala, Yaml};
    matches!(language, Python | Yaml | Haskell | Scala)
}

fn indent(line: &str) -> usize {
    line.bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'-' | b'?' | b':')).count()
}

/// Blanks the `<<` before delimiters that are too long, or of which too many are open.
fn close_here_documents(bytes: &mut Cow<'_, [u8]>) {
    let mut open: Vec<Vec<u8>> = Vec::new();
    let mut blanks = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if !open.is_empty() {
            let end = line.trim_ascii().strip_suffix(b";").unwrap_or(line.trim_ascii());
            open.retain(|word| word != end);
        }
        let mut at = 0;
        while let Some(found) = line[at..].windows(2).position(|pair| pair == b"<<") {
            at += found + 2;
            let Some(word) = delimiter(&bytes[start + at..]) else { continue };
            let held: usize = open.iter().map(|word| word.len() + 5).sum();
            match word.len() <= MAX_DELIMITER && held + word.len() <= MAX_OPEN {
                true => open.push(word.to_vec()),
                false => blanks.push(start + at - 2),
            }
        }
        start += line.len();
    }
    for at in blanks {
        bytes.to_mut()[at..at + 2].fill(b' ');
    }
}

/// The delimiter that ends the here-document after `<<`: `EOF` for `-'EOF'`. In quotes it may span
/// lines.
fn delimiter(after: &[u8]) -> Option<&[u8]> {
    let is_before = |b: &&u8| matches!(b, b'<' | b'-' | b'~' | b' ' | b'\t' | b'\\');
    let after = &after[after.iter().take_while(is_before).count()..];
    let word = match after.first()? {
        quote @ (b'"' | b'\'' | b'`') => after[1..].split(|b| b == quote).next()?,
        _ => after.split(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).next()?,
    };
    (!word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: Language, text: &str, expected: Option<&str>) {
        let plain = plain(text, language);
        assert_eq!(plain.as_deref(), expected.map(str::as_bytes), "{text}");
    }

    #[test]
    fn ascii_of_the_same_length() {
        check(Language::Rust, "fn a() {\n}\n", Some("fn a() {\n}\n"));
        check(Language::Bash, "é=\u{1F600}\0\n", Some("xx=xxxx \n"));
    }

    #[test]
    fn endless_words_are_broken() {
        let long = "a".repeat(MAX_WORD + 1) + "b";
        check(Language::Rust, &long, Some(&("a".repeat(MAX_WORD) + " b")));
    }

    #[test]
    fn endless_indentation_is_not_parsed() {
        check(Language::Yaml, &"- ".repeat(300), None);
        check(Language::C, &" ".repeat(300), Some(&" ".repeat(300)));
    }

    #[test]
    fn here_documents_with_odd_delimiters_are_shifts() {
        let good = "cat <<-'EOF'\nx\nEOF\n".repeat(200);
        check(Language::Bash, &good, Some(&good));
        let long = format!("puts <<\"{}\"", "a ".repeat(80));
        check(Language::Ruby, &long, Some(&long.replace("<<", "  ")));
        let lines = format!("puts <<\"{}\"", "a\n".repeat(80));
        check(Language::Ruby, &lines, Some(&lines.replace("<<", "  ")));
        let many = "a <<EOF ".repeat(100);
        let plain = plain(&many, Language::Ruby).unwrap_or_default();
        assert!(plain.windows(2).filter(|pair| pair == b"<<").count() <= 50);
    }
}
