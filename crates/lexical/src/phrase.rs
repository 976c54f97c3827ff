//! Finds the documents that contain a phrase.

use tantivy::query::{EnableScoring, PhraseQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED, TantivyError, Term};

use crate::schema::TextField;
use crate::snapshot::SegmentView;
use crate::token::tokenize;

/// The number of words by which a longer phrase is looked up; the caller compares the text anyway.
const MAX_WORDS: usize = 64;

/// A word of a phrase, as its whole token and as its parts.
struct Word {
    whole: Option<String>,
    parts: Vec<String>,
}

/// The documents of a segment that contain every phrase, by document; `None` if no phrase has a
/// word.
pub(crate) fn documents_with_all(
    phrases: &[String],
    segment: &SegmentView,
) -> Result<Option<Vec<bool>>, TantivyError> {
    let mut all: Option<Vec<bool>> = None;
    for phrase in phrases {
        let Some(found) = documents_with(phrase, segment)? else { continue };
        match &mut all {
            None => all = Some(found),
            Some(all) => all.iter_mut().zip(found).for_each(|(has, found)| *has &= found),
        }
    }
    Ok(all)
}

fn documents_with(phrase: &str, segment: &SegmentView) -> Result<Option<Vec<bool>>, TantivyError> {
    let words = words(phrase);
    let Some(last) = words.len().checked_sub(1) else { return Ok(None) };
    let mut found = vec![false; segment.max_doc() as usize];
    // `bar baz` also occurs in `foo_bar baz_qux`: a word at an edge may be part of a longer one, so
    // it is looked up both whole and by its parts.
    let edges = [false, true];
    for first_by_parts in edges {
        for last_by_parts in edges {
            if last == 0 && first_by_parts != last_by_parts {
                continue;
            }
            let mut terms: Vec<(usize, Term)> = Vec::new();
            for (position, word) in words.iter().enumerate() {
                let by_parts =
                    (position == 0 && first_by_parts) || (position == last && last_by_parts);
                for token in word.tokens(by_parts) {
                    terms.push((position, segment.term(TextField::Body, token)));
                }
            }
            mark(terms, segment, &mut found)?;
        }
    }
    Ok(Some(found))
}

fn mark(
    mut terms: Vec<(usize, Term)>,
    segment: &SegmentView,
    found: &mut [bool],
) -> Result<(), TantivyError> {
    terms.dedup();
    let query: Box<dyn Query> = match &terms[..] {
        [] => return Ok(()),
        [(_, term)] => Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic)),
        _ => Box::new(PhraseQuery::new_with_offset(terms)),
    };
    let weight = query.weight(EnableScoring::disabled_from_schema(segment.schema()))?;
    let mut docs = weight.scorer(segment.reader(), 1.0)?;
    let mut doc = docs.doc();
    while doc != TERMINATED {
        found[doc as usize] = true;
        doc = docs.advance();
    }
    Ok(())
}

impl Word {
    fn tokens(&self, by_parts: bool) -> &[String] {
        match &self.whole {
            Some(whole) if !by_parts || self.parts.is_empty() => std::slice::from_ref(whole),
            _ => &self.parts,
        }
    }
}

fn words(phrase: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for token in tokenize(phrase) {
        if token.position == words.len() {
            if words.len() == MAX_WORDS {
                break;
            }
            words.push(Word { whole: None, parts: Vec::new() });
        }
        let word = &mut words[token.position];
        if token.is_part {
            word.parts.push(token.text);
        } else {
            word.whole = Some(token.text);
        }
    }
    words
}
