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
            let mut terms = segment.terms(TextField::Body).map_err(error)?;
            while terms.advance() {
                if finder.find(terms.key()).is_none() {
                    continue;
                }
                if let Ok(term) = std::str::from_utf8(terms.key()) {
                    found.insert((term.len(), term.to_owned()));
                }
                if found.len() > most {
                    found.pop_last();
                }
            }
        }
    }
    Ok(found.into_iter().map(|(_, term)| term).collect())
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
            // Each extra or missing letter is an edit.
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
