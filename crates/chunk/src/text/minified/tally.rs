//! Counts the bytes of a line outside data.

/// A word at least this long is data if it mixes upper case, lower case or digits: base64, hex.
const LONG_WORD: usize = 200;

/// This many numbers in a row are data.
const LIST: usize = 3;

/// Bytes that may precede a regular expression; after others a slash divides.
const BEFORE_REGEX: &[u8] = b"(,=:[!&|?{;";

/// The bytes of a line that are not data: not in quotes, in CSS's `url(...)`, in a regular
/// expression, in a list of numbers or in a long word.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) outside: usize,
    /// The bytes among them that packers avoid: blanks, and letters of other scripts.
    written: usize,
}

impl Tally {
    pub(super) fn of(line: &str, is_script: bool) -> Tally {
        let mut line = Line { bytes: line.as_bytes(), is_script, absent: [false; 256], word: 0 };
        let (mut at, mut tally) = (0, Tally::default());
        while let Some(byte) = line.bytes.get(at) {
            if let Some(length) = line.list(at).or_else(|| line.long_word(at)) {
                at += length;
                continue;
            }
            tally.outside += 1;
            tally.written += usize::from(matches!(byte, b' ' | b'\t' | 0x80..));
            at += match byte {
                b'\\' => 2,
                _ => line.quoted(at).unwrap_or(1),
            };
        }
        tally
    }

    /// Whether a person wrote the line: fewer than one byte in ten is a blank in packed code.
    pub(super) fn is_written(&self) -> bool {
        self.written * 10 >= self.outside
    }
}

struct Line<'l> {
    bytes: &'l [u8],
    is_script: bool,
    /// Closing bytes that do not occur in the rest of the line.
    absent: [bool; 256],
    /// The end of the last long run of letters and digits.
    word: usize,
}

impl Line<'_> {
    /// The length of the quotation that begins here, with its quotes. An unclosed quote quotes
    /// nothing.
    fn quoted(&mut self, at: usize) -> Option<usize> {
        let before = &self.bytes[..at];
        let close = match self.bytes[at] {
            quote @ (b'"' | b'\'' | b'`') => quote,
            b'(' if before.ends_with(b"url") => b')',
            b'/' if self.is_script && is_before_regex(before) => b'/',
            _ => return None,
        };
        let absent = &mut self.absent[usize::from(close)];
        let inside = (!*absent).then(|| unescaped(&self.bytes[at + 1..], close)).flatten();
        *absent = inside.is_none();
        inside.map(|length| length + 2)
    }

    /// The length of the list of numbers that begins here.
    fn list(&self, at: usize) -> Option<usize> {
        let rest = &self.bytes[at..];
        let begins = rest[0].is_ascii_digit() || matches!(rest[0], b'-' | b'.' | b'#');
        if !begins || at > 0 && is_of_word(self.bytes[at - 1]) {
            return None;
        }
        let (mut end, mut numbers) = (0, 0);
        while let Some(length) = number(&rest[end..]) {
            end += length;
            numbers += 1;
            end += rest[end..].iter().take_while(|b| matches!(b, b',' | b' ' | b'\t')).count();
        }
        (numbers >= LIST).then_some(end)
    }

    /// The length of the long word that begins here.
    fn long_word(&mut self, at: usize) -> Option<usize> {
        if at < self.word || !self.bytes[at].is_ascii_alphanumeric() {
            return None;
        }
        let is_base64 =
            |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_');
        let length = self.bytes[at..].iter().take_while(is_base64).count();
        self.word = at + length;
        let word = &self.bytes[at..self.word];
        let kinds = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
        let mixed = || kinds.iter().filter(|is| word.iter().any(**is)).count() > 1;
        (length >= LONG_WORD && mixed()).then_some(length)
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// The length of the number at the start of the bytes, with its sign and unit.
fn number(bytes: &[u8]) -> Option<usize> {
    let sign = bytes.iter().take_while(|b| matches!(b, b'-' | b'+' | b'.' | b'#')).count();
    let is_of_number = |b: &&u8| is_of_word(**b) || matches!(b, b'.' | b'%');
    let is_number = bytes.get(sign)?.is_ascii_digit() && sign <= 2;
    is_number.then(|| sign + bytes[sign..].iter().take_while(is_of_number).count())
}

fn is_before_regex(before: &[u8]) -> bool {
    let last = before.iter().rev().find(|byte| !byte.is_ascii_whitespace());
    last.is_none_or(|byte| BEFORE_REGEX.contains(byte))
}

/// The position of the first `close` that no backslash escapes.
fn unescaped(bytes: &[u8], close: u8) -> Option<usize> {
    let mut escaped = false;
    bytes.iter().position(|byte| {
        let found = *byte == close && !escaped;
        escaped = *byte == b'\\' && !escaped;
        found
    })
}
