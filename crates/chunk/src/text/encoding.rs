//! Bytes to text, in the encodings that source files come in.

use std::borrow::Cow;

/// What files that are never text begin with.
const MAGIC: [&[u8]; 22] = [
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
    b"\x00asm",
    b"RIFF",
    b"OggS",
    b"ID3\x03",
    b"wOF2",
];

/// The bytes that are looked at to tell text from binary.
const SAMPLE: usize = 64 * 1024;

/// The text that the bytes hold, without a byte order mark; `None` if they are not text.
pub(super) fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return utf8(rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf16(rest, u16::from_le_bytes);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf16(rest, u16::from_be_bytes);
    }
    if MAGIC.iter().any(|magic| bytes.starts_with(magic)) {
        return None;
    }
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    match zeros(sample) {
        (0, 0) => utf8(bytes),
        // Latin text in UTF-16 has a zero in almost every pair, always on the same side.
        (even, odd) if even == 0 && odd * 5 > sample.len() * 2 => utf16(bytes, u16::from_le_bytes),
        (even, odd) if odd == 0 && even * 5 > sample.len() * 2 => utf16(bytes, u16::from_be_bytes),
        _ => None,
    }
}

/// How many bytes at even and at odd offsets are zero.
fn zeros(bytes: &[u8]) -> (usize, usize) {
    let count = |first: usize| bytes.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    (count(0), count(1))
}

fn utf8(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = String::from_utf8_lossy(bytes);
    let mut chars = 0;
    let mut controls = 0;
    let mut broken = 0;
    for c in text[..text.floor_char_boundary(SAMPLE)].chars() {
        chars += 1;
        match c {
            '\0' => return None,
            '\t' | '\n' | '\r' | '\x0c' | '\x1b' => {}
            c if c.is_control() => controls += 1,
            char::REPLACEMENT_CHARACTER => broken += 1,
            _ => {}
        }
    }
    // A zero past the sample is as telling as one in it.
    let is_text = controls * 50 <= chars && broken * 4 <= chars && !bytes.contains(&0);
    is_text.then_some(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'static, str>> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: String =
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    let bad =
        |c: &char| *c == char::REPLACEMENT_CHARACTER || (c.is_control() && !c.is_whitespace());
    let is_text = text.chars().filter(bad).count() * 50 <= text.chars().count();
    is_text.then_some(Cow::Owned(text))
}
