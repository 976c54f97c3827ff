//! Text that a program packed and nobody reads.

mod tally;

use descry_base::Language;

use tally::Tally;

/// A shorter text is never treated as minified.
const MIN_BYTES: usize = 2_000;

/// Nobody writes lines longer than this on average.
const MAX_AVERAGE_LINE: usize = 5_000;

/// The same for languages that are shipped minified; people write them in short lines.
const MAX_AVERAGE_LINE_OF_SCRIPT: usize = 400;

/// Whether the lines are far too long. Data does not count: people keep long texts, tables, keys
/// and images in code, but write the code around them in lines. Neither do lines with as many
/// blanks as people write. A text that is only data counts as minified.
pub(super) fn is_minified(text: &str, language: Language) -> bool {
    use Language as L;
    let is_script = matches!(language, L::JavaScript | L::TypeScript | L::Tsx);
    let limit = match is_script || language == L::Css {
        true => MAX_AVERAGE_LINE_OF_SCRIPT,
        false => MAX_AVERAGE_LINE,
    };
    let lines = text.bytes().filter(|b| *b == b'\n').count() + 1;
    let is_long = |bytes: usize| bytes / lines > limit;
    if text.len() < MIN_BYTES || !is_long(text.len()) {
        return false;
    }
    let tallies: Vec<Tally> = text.lines().map(|line| Tally::of(line, is_script)).collect();
    let counted = tallies.iter().filter(|line| !line.is_written()).map(|line| line.outside).sum();
    is_long(counted) || tallies.iter().all(|line| line.outside == 0)
}
