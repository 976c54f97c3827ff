//! Weights that are zeros where a model has none: what a download leaves that took its room beforehand
//! and did not end.

use super::check::Extent;

/// A tensor of fewer rows may well have some of zeros, as that of the token types.
const LEAST_ROWS: usize = 16;

/// One row of zeros in so many is too much. Vocabularies are filled up with a few (0.2 % is usual, 2 %
/// the most that models have).
const SHARE: usize = 16;

/// So many bytes of zeros at the end of the last tensor do not come from weights.
const TAIL: usize = 64;

/// What is wrong with the bytes of a tensor, if they cannot be the weights that were trained; `last` if
/// nothing follows it in the file.
pub(super) fn complaint(name: &str, extent: &Extent, bytes: &[u8], last: bool) -> Option<String> {
    let row_bytes = match extent.shape[..] {
        // A norm that multiplies by zeros lets nothing through. Biases may be zeros.
        [columns] if name.ends_with("norm.weight") => bytes.len() / columns,
        [_] => return None,
        [.., columns] => extent.format.bytes(columns),
        [] => return None,
    };
    let rows = bytes.len() / row_bytes;
    let is_zero = |row: &&[u8]| row.iter().all(|byte| *byte == 0);
    let zeros = bytes.chunks_exact(row_bytes).filter(is_zero).count();
    if rows >= LEAST_ROWS && zeros * SHARE >= rows {
        let what = format!("{zeros} of {rows} rows of the tensor {name} are zeros");
        return Some(format!("{what}, as in a download that did not end"));
    }
    // What a vocabulary is filled up with may be the last thing in a file.
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    let ends = last && !name.contains("_embd") && is_zero(&tail);
    ends.then(|| format!("the file ends in zeros within the tensor {name}"))
}
