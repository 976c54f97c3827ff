//! Text that a program packed, so that no one reads it.

use descry_base::Language;

/// A short text is read, however it is written.
const MIN_BYTES: usize = 2_000;

/// Lines longer than this on average were written by no one.
const MAX_AVERAGE_LINE: usize = 5_000;

/// The same for the languages that are shipped minified, which people write in short lines.
const MAX_AVERAGE_LINE_OF_SCRIPT: usize = 400;

/// Whether the lines are far too long. What stands between quotes does not count: people keep long
/// texts, keys and pictures in code, but they write the code around them in lines.
pub(super) fn is_minified(text: &str, language: Language) -> bool {
    let limit = match language {
        Language::JavaScript | Language::Css | Language::TypeScript => MAX_AVERAGE_LINE_OF_SCRIPT,
        _ => MAX_AVERAGE_LINE,
    };
    let average = |bytes: usize, lines: usize| bytes / lines.max(1);
    let lines = text.bytes().filter(|b| *b == b'\n').count() + 1;
    text.len() >= MIN_BYTES
        && average(text.len(), lines) > limit
        && average(text.lines().map(outside_quotes).sum(), lines) > limit
}

/// The bytes of a line that stand outside of quotes and of CSS's `url(...)`. A quote that is not closed
/// in the line quotes nothing.
fn outside_quotes(line: &str) -> usize {
    let bytes = line.as_bytes();
    let (mut at, mut outside) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        let close = match byte {
            b'"' | b'\'' | b'`' => Some(*byte),
            b'(' if bytes[..at].ends_with(b"url") => Some(b')'),
            _ => None,
        };
        outside += 1;
        at += 1;
        if let Some(length) = close.and_then(|close| unescaped(&bytes[at..], close)) {
            at += length + 1;
        }
    }
    outside
}

/// Where `close` stands, not counting those behind a backslash.
fn unescaped(bytes: &[u8], close: u8) -> Option<usize> {
    let mut escaped = false;
    bytes.iter().position(|byte| {
        let found = *byte == close && !escaped;
        escaped = *byte == b'\\' && !escaped;
        found
    })
}
