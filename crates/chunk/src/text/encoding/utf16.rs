//! UTF-16 without a byte order mark.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::{is_of_a_text, share};

/// How many bytes are examined.
const SAMPLE: usize = 64 * 1024;

/// The byte order, if the bytes are UTF-16. Line ends and blanks have their zero byte on the same
/// side; a letter such as U+4E00 may have it on the other.
pub(super) fn order(bytes: &[u8]) -> Option<&'static Encoding> {
    let bytes = &bytes[..bytes.len() & !1];
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let (little, big) = (breaks(sample, u16::from_le_bytes), breaks(sample, u16::from_be_bytes));
    let zeros = |side: usize| sample.iter().skip(side).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (encoding, zeros) = match (little.cmp(&big), even, odd) {
        (_, 0, 0) => return None,
        (std::cmp::Ordering::Greater, ..) | (std::cmp::Ordering::Equal, 0, _) => (UTF_16LE, odd),
        (std::cmp::Ordering::Less, ..) | (std::cmp::Ordering::Equal, _, 0) => (UTF_16BE, even),
        _ => return None,
    };
    // Latin text has a zero in almost every pair. Other scripts have few, but their other bytes are
    // not plain ASCII, unlike those of a log with a stray zero.
    let plain =
        |byte: &&u8| byte.is_ascii_graphic() || matches!(byte, 0 | b' ' | b'\t' | b'\n' | b'\r');
    let wide = zeros + sample.iter().filter(|byte| !plain(byte)).count();
    let least = if zeros * 5 > sample.len() * 2 { 0.9 } else { 0.97 };
    let is_text = || {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        text.is_some_and(|text| share(&text, is_of_a_text) > least)
    };
    (wide * 4 > sample.len() && is_text()).then_some(encoding)
}

/// The number of line ends and blanks in this byte order.
fn breaks(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> usize {
    let (units, _) = bytes.as_chunks();
    units.iter().filter(|bytes| matches!(unit(**bytes), 0x0a | 0x0d | 0x20)).count()
}
