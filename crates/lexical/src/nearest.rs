//! The words that an index has, for one that it lacks.

use std::collections::BTreeMap;

use tantivy::TantivyError;

use crate::LexicalError;
use crate::schema::TextField;
use crate::snapshot::{LexicalSnapshot, SegmentView};

/// At most `most` words of the names and paths in these indexes that are spelled like `word`, nearest
/// first: by the optimal string alignment distance, at most a third of the word's length. None if
/// the word itself is there.
///
/// # Errors
/// The index cannot be read.
pub fn nearest(
    snapshots: &[&LexicalSnapshot],
    word: &str,
    most: usize,
) -> Result<Vec<String>, LexicalError> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for snapshot in snapshots {
        for segment in snapshot.segments() {
            look(segment, &word, length, &mut found)
                .map_err(|error| LexicalError::from_tantivy(snapshot.path(), &error))?;
        }
    }
    if found.contains_key(&word) {
        return Ok(Vec::new());
    }
    let mut found: Vec<(usize, String)> =
        found.into_iter().map(|(word, distance)| (distance, word)).collect();
    found.sort();
    found.truncate(most);
    Ok(found.into_iter().map(|(_, word)| word).collect())
}

fn look(
    segment: &SegmentView,
    word: &str,
    length: usize,
    found: &mut BTreeMap<String, usize>,
) -> Result<(), TantivyError> {
    for field in [TextField::Symbol, TextField::Path] {
        let mut terms = segment.terms(field)?;
        while terms.advance() {
            let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
            // Letters that are too many or too few are edits each.
            if term.chars().count().abs_diff(length) <= length / 3 {
                let distance = strsim::osa_distance(word, term);
                if distance <= length / 3 {
                    found.insert(term.to_owned(), distance);
                }
            }
        }
    }
    Ok(())
}
