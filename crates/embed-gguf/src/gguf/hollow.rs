//! Detects missing weights stored as zeros, as an interrupted download into preallocated space
//! leaves them.

use super::check::Extent;

/// A tensor with fewer rows, such as the token types, may contain zero rows.
const LEAST_ROWS: usize = 16;

/// The most zero rows: one in this many. Padding of vocabularies adds a few (0.2 % is usual, 2 %
/// the maximum in real models).
const SHARE: usize = 16;

/// This many zero bytes at the end of the last tensor are not weights.
const TAIL: usize = 64;

/// Why the bytes of a tensor cannot be trained weights, if so; `last` if nothing follows the tensor
/// in the file.
pub(super) fn complaint(name: &str, extent: &Extent, bytes: &[u8], last: bool) -> Option<String> {
    let row_bytes = match extent.shape[..] {
        // A norm with zero weights lets nothing through. Biases may be zeros.
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
        return Some(format!("{what}, as in an interrupted download"));
    }
    // Vocabulary padding may be the last thing in a file.
    let tail = &bytes[bytes.len().saturating_sub(TAIL)..];
    let ends = last && !name.contains("_embd") && is_zero(&tail);
    ends.then(|| format!("the file ends in zeros within the tensor {name}"))
}
