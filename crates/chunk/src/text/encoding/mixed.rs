//! UTF-8 with some damage, and with some lines in another encoding, as older and newer editors
//! leave it.

use std::borrow::Cow;

use super::legacy;

/// Fewer letters than this are UTF-8 by chance.
const FEW_LETTERS: usize = 3;

/// Whether most non-ASCII bytes are UTF-8.
pub(super) fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let all = Count::of(bytes);
    if all.is_utf8() {
        return true;
    }
    let (mut letters, mut utf8, mut other) = (0, 0, 0);
    for count in lines(bytes).map(Count::of) {
        if count.is_other() {
            other += 1;
        } else if count.letters > 0 && count.is_utf8() {
            letters += count.letters;
            utf8 += 1;
        }
    }
    letters >= FEW_LETTERS && utf8 >= other
}

/// The decoded text. Lines without a UTF-8 letter are read in their most likely encoding; broken
/// bytes in other lines are damage.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    let is_other = |line: &&[u8]| Count::of(line).is_other();
    let others: Vec<u8> = match &text {
        Cow::Borrowed(_) => return text,
        Cow::Owned(_) => lines(bytes).filter(is_other).flatten().copied().collect(),
    };
    if others.is_empty() {
        return text;
    }
    let encoding = legacy(&others);
    let decoded = lines(bytes).map(|line| match is_other(&line) {
        true => encoding.decode_without_bom_handling(line).0,
        false => String::from_utf8_lossy(line),
    });
    Cow::Owned(decoded.collect())
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

/// Counts of the non-ASCII content of some bytes.
struct Count {
    letters: usize,
    broken: usize,
}

impl Count {
    fn of(bytes: &[u8]) -> Count {
        let mut count = Count { letters: 0, broken: 0 };
        for chunk in bytes.utf8_chunks() {
            count.letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            count.broken += usize::from(!chunk.invalid().is_empty());
        }
        count
    }

    /// A few broken bytes among many UTF-8 letters are damage.
    fn is_utf8(&self) -> bool {
        self.broken * 8 <= self.letters
    }

    /// More broken bytes than letters mean another encoding.
    fn is_other(&self) -> bool {
        self.broken > self.letters
    }
}
