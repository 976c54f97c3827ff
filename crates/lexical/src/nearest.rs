//! Looks up index words by spelling: words close to a missing one, and words that contain a part.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::TantivyError;

use crate::schema::TextField;
use crate::snapshot::{LexicalSnapshot, SegmentView};
use crate::{LexicalError, fold};

/// The longest word that gets suggestions, in bytes; an automaton grows with its word.
const LONGEST: usize = 256;

/// The largest distance of a suggestion; further names are no misspellings.
const MOST_EDITS: usize = 2;

/// At most `most` words from names and paths in these indexes that are spelled like `word`, nearest
/// first, by the optimal string alignment distance, up to a third of the word's length and
/// [`MOST_EDITS`]. Empty if the word itself is indexed.
///
/// # Errors
/// Fails if the index cannot be read.
pub fn nearest(
    snapshots: &[&LexicalSnapshot],
    word: &str,
    most: usize,
) -> Result<Vec<String>, LexicalError> {
    let word = fold(word);
    let edits = (word.chars().count() / 3).min(MOST_EDITS) as u8;
    if word.len() > LONGEST {
        return Ok(Vec::new());
    }
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
            look(segment, &word, edits, &mut found)
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

/// Adds the names of this segment that are close to `word`, with their distances.
fn look(
    segment: &SegmentView,
    word: &str,
    edits: u8,
    found: &mut BTreeMap<String, usize>,
) -> Result<(), TantivyError> {
    for field in NAMES {
        let mut terms = segment.terms_near(field, word, edits)?;
        while terms.advance() {
            let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
            found.insert(term.to_owned(), strsim::osa_distance(word, term));
        }
    }
    Ok(())
}
