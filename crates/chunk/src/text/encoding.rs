//! Decodes bytes to text, in the encodings found in source files.

mod mixed;
mod utf16;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_874};

/// First bytes of files that are never text.
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

/// The position of a tar archive's magic.
const TAR: std::ops::Range<usize> = 257..262;

/// The decoded text without a byte order mark, and the name of its encoding; `None` if the bytes
/// are not text.
pub(super) fn text(bytes: &[u8]) -> Option<(Cow<'_, str>, &'static str)> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, &bytes[mark..]),
        None if is_known_binary(bytes) => return None,
        None => (guess(bytes), bytes),
    };
    let text = match encoding == UTF_8 {
        true => mixed::decode(bytes),
        false => encoding.decode_without_bom_handling(bytes).0,
    };
    let is_text = is_written(&text) && (encoding == UTF_8 || is_worded(&text, encoding));
    is_text.then_some((text, encoding.name()))
}

fn is_known_binary(bytes: &[u8]) -> bool {
    MAGIC.iter().any(|magic| bytes.starts_with(magic)) || bytes.get(TAR) == Some(b"ustar")
}

/// The most likely encoding of the bytes, if they are text.
fn guess(bytes: &[u8]) -> &'static Encoding {
    match utf16::order(bytes) {
        Some(encoding) => encoding,
        None if !mixed::is_mostly_utf8(bytes) => legacy(bytes),
        None if is_iso_2022_jp(bytes) => ISO_2022_JP,
        None => UTF_8,
    }
}

/// The most likely encoding from before UTF-8.
fn legacy(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether the bytes are Japanese text in seven bits with the escapes of ISO-2022-JP.
fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    let has = |escape: &[u8]| bytes.windows(escape.len()).any(|window| window == escape);
    bytes.contains(&0x1b)
        && (has(b"\x1b$B") || has(b"\x1b$@"))
        && ISO_2022_JP.decode_without_bom_handling_and_without_replacement(bytes).is_some()
}

/// Whether control and broken characters are as rare as in text by people and programs. A log may
/// contain zeros, many in a row after a crash; an image has them everywhere.
fn is_written(text: &str) -> bool {
    let (mut chars, mut lines, mut controls, mut broken) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut last = None;
    for c in text.chars() {
        // A run of zeros counts as one.
        if last.replace(c) == Some('\0') && c == '\0' {
            continue;
        }
        chars += 1;
        match c {
            '\n' => lines += 1,
            c if is_written_control(c) => {}
            c if c.is_control() => controls += 1,
            char::REPLACEMENT_CHARACTER => broken += 1,
            _ => {}
        }
    }
    let few = controls * 50 <= chars || controls <= lines && controls * 8 <= chars;
    few && broken * 4 <= chars
}

/// Control characters between letters for terminals, printers, DOS and old record formats.
fn is_written_control(c: char) -> bool {
    matches!(c, '\x07'..='\x0d' | '\x1a'..='\x1f' | '\u{85}')
}

/// Whether a largely non-ASCII text consists of words: any bytes are valid in the older encodings.
fn is_worded(text: &str, encoding: &'static Encoding) -> bool {
    if share(text, |c| !c.is_ascii()) < 0.3 {
        return true;
    }
    // Thai and East Asian languages have no blanks between words.
    let has_blanks = encoding.is_single_byte() && encoding != WINDOWS_874;
    let spaced = !has_blanks || share(text, char::is_whitespace) > 0.02;
    spaced && share(text, is_of_a_text) > 0.9
}

fn share(text: &str, which: impl Fn(char) -> bool) -> f32 {
    let chars = text.chars().count().max(1);
    text.chars().filter(|c| which(*c)).count() as f32 / chars as f32
}

/// Letters and their marks, digits, blanks, and the punctuation of ASCII, typography and East Asia.
fn is_of_a_text(c: char) -> bool {
    c.is_alphanumeric()
        || c.is_whitespace()
        || c.is_ascii_graphic()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}')
        || matches!(c, '\u{e31}'..='\u{e4f}')
        || matches!(c, '\u{a0}'..='\u{bf}' | '\u{2010}'..='\u{203a}' | '\u{2116}' | '\u{2122}')
        || matches!(c, '\u{2500}'..='\u{257f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}
