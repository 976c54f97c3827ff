//! Bytes to text, in the encodings that source files come in.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

/// What files that are never text begin with.
const MAGIC: [&[u8]; 24] = [
    b"\x7fELF",
    b"MZ\x90",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"\x28\xb5\x2f\xfd",
    b"Rar!\x1a",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfe\xed",
    b"\x00asm",
    b"RIFF",
    b"OggS",
    b"ID3\x03",
    b"wOF2",
    b"SQLite format 3\0",
];

/// Where a tar archive says that it is one.
const TAR: std::ops::Range<usize> = 257..262;

/// The bytes that are looked at to tell UTF-16 without a byte order mark.
const SAMPLE: usize = 64 * 1024;

/// The text that the bytes hold, without a byte order mark, and the name of its encoding; `None` if
/// they are not text.
pub(super) fn text(bytes: &[u8]) -> Option<(Cow<'_, str>, &'static str)> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, &bytes[mark..]),
        None if is_known_binary(bytes) => return None,
        None => (guess(bytes), bytes),
    };
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let is_text = is_written(&text) && (encoding == UTF_8 || is_worded(&text, encoding));
    is_text.then_some((text, encoding.name()))
}

fn is_known_binary(bytes: &[u8]) -> bool {
    MAGIC.iter().any(|magic| bytes.starts_with(magic)) || bytes.get(TAR) == Some(b"ustar")
}

/// The encoding that the bytes are most likely in, should they be text.
fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some(encoding) = utf16(bytes) {
        return encoding;
    }
    if is_mostly_utf8(bytes) {
        return if is_iso_2022_jp(bytes) { ISO_2022_JP } else { UTF_8 };
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// A few broken bytes among many letters of UTF-8 are damage; as many as letters, another encoding.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut letters, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken * 8 <= letters
}

/// Japanese in seven bits, between escapes that say so.
fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    let has = |escape: &[u8]| bytes.windows(escape.len()).any(|window| window == escape);
    bytes.contains(&0x1b)
        && (has(b"\x1b$B") || has(b"\x1b$@"))
        && ISO_2022_JP.decode_without_bom_handling_and_without_replacement(bytes).is_some()
}

/// The byte order of a text in UTF-16 that has no mark. Its line ends and blanks have a zero, always on
/// the same side.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let (even, odd) = zeros(sample);
    let encoding = match (even, odd) {
        (0, 1..) => UTF_16LE,
        (1.., 0) => UTF_16BE,
        _ => return None,
    };
    // Latin text has a zero in almost every pair.
    let latin = (even + odd) * 5 > sample.len() * 2;
    let plain =
        |byte: &&u8| byte.is_ascii_graphic() || matches!(byte, 0 | b' ' | b'\t' | b'\n' | b'\r');
    // Other scripts have few, but what is no zero is then not plain ASCII either.
    let other = || {
        sample.iter().filter(plain).count() * 20 < sample.len() * 17
            && bytes.len().is_multiple_of(2)
            && encoding
                .decode_without_bom_handling_and_without_replacement(bytes)
                .is_some_and(|text| share(&text, is_of_a_text) > 0.97)
    };
    (latin || other()).then_some(encoding)
}

/// How many bytes at even and at odd offsets are zero.
fn zeros(bytes: &[u8]) -> (usize, usize) {
    let count = |first: usize| bytes.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    (count(0), count(1))
}

/// Whether there are as few control characters and broken ones as in what people and programs write. A log
/// may have some zeros in it; a picture has more.
fn is_written(text: &str) -> bool {
    let (mut chars, mut controls, mut broken) = (0_usize, 0_usize, 0_usize);
    for c in text.chars() {
        chars += 1;
        match c {
            '\t' | '\n' | '\r' | '\x08' | '\x0c' | '\x1b' => {}
            c if c.is_control() => controls += 1,
            char::REPLACEMENT_CHARACTER => broken += 1,
            _ => {}
        }
    }
    controls * 50 <= chars && broken * 4 <= chars
}

/// Whether a text that is largely not ASCII is made of words: any bytes at all are something in the
/// older encodings.
fn is_worded(text: &str, encoding: &'static Encoding) -> bool {
    if share(text, |c| !c.is_ascii()) < 0.3 {
        return true;
    }
    let spaced = !encoding.is_single_byte() || share(text, char::is_whitespace) > 0.02;
    spaced && share(text, is_of_a_text) > 0.9
}

fn share(text: &str, which: impl Fn(char) -> bool) -> f32 {
    let chars = text.chars().count().max(1);
    text.chars().filter(|c| which(*c)).count() as f32 / chars as f32
}

/// Letters, digits, blanks, and the punctuation of ASCII, typography, and East Asia.
fn is_of_a_text(c: char) -> bool {
    c.is_alphanumeric()
        || c.is_whitespace()
        || c.is_ascii_graphic()
        || matches!(c, '\u{a0}'..='\u{bf}' | '\u{2010}'..='\u{203a}' | '\u{2116}' | '\u{2122}')
        || matches!(c, '\u{2500}'..='\u{257f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}
