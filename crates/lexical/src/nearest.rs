//! Looks up index words by spelling: words close to a missing one, and words that contain a part.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::TantivyError;

use crate::schema::TextField;
use crate::snapshot::{LexicalSnapshot, SegmentView};
use crate::{LexicalError, fold};

/// At most `most` words from names and paths in these indexes that are spelled like `word`, nearest
/// first, by the optimal string alignment distance, up to a third of the word's length. Empty if
/// the word itself is indexed.
///
/// # Errors
/// Fails if the index cannot be read.
pub fn nearest(
    snapshots: &[&LexicalSnapshot],
    word: &str,
    most: usize,
) -> Result<Vec<String>, LexicalError> {
    let word = fold(word);
    let length = word.chars().count();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for snapshot in snapshots {
        let error = |error| LexicalError::from_tantivy(snapshot.path(), &error);
        for segment in snapshot.segments() {
            for field in NAMES {
                if segment.doc_freq(field, &word).map_err(error)? > 0 {
                    return Ok(Vec::new());
                }
            }
        }
    }
    for snapshot in snapshots {
        for segment in snapshot.segments() {
            look(segment, &word, length, &mut found)
                .map_err(|error| LexicalError::from_tantivy(snapshot.path(), &error))?;
        }
    }
    let mut found: Vec<(usize, String)> =
        found.into_iter().map(|(word, distance)| (distance, word)).collect();
    found.sort();
    found.truncate(most);
    Ok(found.into_iter().map(|(_, word)| word).collect())
}

/// At most `most` words from texts in these indexes that contain `part`, shortest first; both are
/// in the form of [`tokenize`](crate::tokenize).
///
/// # Errors
/// Fails if the index cannot be read.
pub fn containing(
    snapshots: &[&LexicalSnapshot],
    part: &str,
    most: usize,
) -> Result<Vec<String>, LexicalError> {
    let finder = memchr::memmem::Finder::new(part.as_bytes());
    let mut found: BTreeSet<(usize, String)> = BTreeSet::new();
    for snapshot in snapshots {
        let error = |error| LexicalError::from_tantivy(snapshot.path(), &error);
        for segment in snapshot.segments() {
            let terms = segment.body_terms().map_err(error)?;
            let mut from = 0;
            while let Some(at) = finder.find(&terms[from..]).map(|at| from + at) {
                let start = memchr::memrchr(b'\n', &terms[..at]).map_or(0, |end| end + 1);
                let end = memchr::memchr(b'\n', &terms[at..]).map_or(terms.len(), |end| at + end);
                if let Ok(term) = std::str::from_utf8(&terms[start..end]) {
                    found.insert((term.len(), term.to_owned()));
                }
                if found.len() > most {
                    found.pop_last();
                }
                from = end;
            }
        }
    }
    Ok(found.into_iter().map(|(_, term)| term).collect())
}

/// Where names stand.
const NAMES: [TextField; 2] = [TextField::Symbol, TextField::Path];

/// The kinds of letters in a text, as bits.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |letters, letter| letters | 1 << (u32::from(letter) % 64))
}

fn look(
    segment: &SegmentView,
    word: &str,
    length: usize,
    found: &mut BTreeMap<String, usize>,
) -> Result<(), TantivyError> {
    let letters = letters(word);
    for field in NAMES {
        let mut terms = segment.terms(field)?;
        while terms.advance() {
            let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
            // Each extra or missing letter is an edit, and an edit changes two kinds of letters at
            // most.
            let edits = term.chars().count().abs_diff(length);
            let differing = (letters ^ self::letters(term)).count_ones() as usize;
            if edits.max(differing.div_ceil(2)) <= length / 3 {
                let distance = strsim::osa_distance(word, term);
                if distance <= length / 3 {
                    found.insert(term.to_owned(), distance);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_edit_changes_two_kinds_of_letters_at_most(a in "[a-dä€🦀]{0,8}", b in "[a-dä€🦀]{0,8}") {
            let differing = (letters(&a) ^ letters(&b)).count_ones() as usize;
            prop_assert!(differing.div_ceil(2) <= strsim::osa_distance(&a, &b));
        }
    }
}
