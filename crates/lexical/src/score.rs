//! BM25F: BM25 over four weighted fields.
//!
//! A term's frequencies in the fields are weighted, divided by the field's relative length and
//! summed before saturation, so that a word in both the symbol and the text counts once, with more
//! weight (Robertson, Zaragoza, Taylor: "Simple BM25 extension to multiple weighted fields", 2004).
//! tantivy's own BM25 scores each field separately and fixes k1 and b; this implementation goes
//! through the postings term by term instead. All statistics cover the live documents of every
//! searched index, so scores from several folders are comparable.

use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, TERMINATED, TantivyError};

use crate::query::{LexicalQuery, QueryTerm, TermKind};
use crate::schema::TextField;
use crate::snapshot::SegmentView;

/// The maximum number of scored terms, the rarest of a query: common terms of a pasted text cost
/// most and discriminate least.
const MAX_SCORED_TERMS: usize = u64::BITS as usize;

/// The weights of fields and kinds of terms, and the constants of BM25. The weights are relative; 0
/// turns a field or kind off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldWeights {
    /// The chunk's text.
    pub body: f32,
    /// The symbol path and the names that the chunk defines.
    pub symbol: f32,
    /// The file's name (twice) and its folders.
    pub path: f32,
    /// The doc comment, in addition to its share of the text.
    pub doc: f32,
    /// A query word.
    pub whole: f32,
    /// Two adjacent query words written as one identifier.
    pub compound: f32,
    /// A part of an identifier in the query.
    pub part: f32,
    /// Another form of a term, relative to the term (`retried` for `retry`).
    pub variant: f32,
    /// How slowly repetitions saturate.
    pub k1: f32,
    /// The strength of length normalization, from 0 to 1.
    pub b: f32,
}

impl Default for FieldWeights {
    fn default() -> FieldWeights {
        // Chosen by NDCG@10 with words alone on 22 repositories with labeled queries, rounded
        // toward the customary values where the gain is small. k1 is high because chunks are short
        // and of similar length: a chunk that repeats a word is about it.
        FieldWeights {
            body: 1.0,
            symbol: 1.5,
            path: 5.0,
            doc: 1.0,
            whole: 1.0,
            compound: 0.7,
            part: 0.5,
            variant: 0.4,
            k1: 4.0,
            b: 0.7,
        }
    }
}

impl FieldWeights {
    fn field(&self, field: TextField) -> f32 {
        match field {
            TextField::Body => self.body,
            TextField::Symbol => self.symbol,
            TextField::Path => self.path,
            TextField::Doc => self.doc,
        }
    }

    fn kind(&self, kind: TermKind) -> f32 {
        match kind {
            TermKind::Whole => self.whole,
            TermKind::Compound => self.compound,
            TermKind::Part => self.part,
        }
    }
}

/// The scores of one segment's documents, by document; 0 if no term occurs.
pub(crate) struct SegmentScores {
    pub(crate) scores: Vec<f32>,
    /// The documents whose score is not 0, in no order.
    pub(crate) found: Vec<DocId>,
    /// The terms in each document, as bits in the order of the weights.
    pub(crate) terms: Vec<u64>,
    /// The weighted frequency of the current term; all 0 between terms.
    frequencies: Vec<f32>,
    /// The documents whose `frequencies` are not 0.
    touched: Vec<DocId>,
}

/// Scores every live document of `segments` against the query's terms; also returns the weight of
/// each term.
pub(crate) fn score(
    segments: &[&SegmentView],
    query: &LexicalQuery,
) -> Result<(Vec<SegmentScores>, Vec<f32>), TantivyError> {
    let weights = &query.weights;
    let n_docs: u64 = segments.iter().map(|segment| u64::from(segment.num_docs())).sum();
    let shares = field_shares(segments, weights, n_docs);
    let mut scored: Vec<SegmentScores> = (segments.iter())
        .map(|segment| SegmentScores {
            scores: vec![0.0; segment.max_doc() as usize],
            found: Vec::new(),
            terms: vec![0; segment.max_doc() as usize],
            frequencies: vec![0.0; segment.max_doc() as usize],
            touched: Vec::new(),
        })
        .collect();
    let mut tell = Vec::new();
    for (bit, term) in rarest(segments, query)?.into_iter().enumerate() {
        tell.push(0.0);
        let weight = weights.kind(term.kind);
        if weight <= 0.0 {
            continue;
        }
        for (segment, scores) in segments.iter().zip(&mut scored) {
            add_frequencies(segment, &term.token, 1.0, &shares, scores)?;
            if weights.variant > 0.0 {
                for variant in &term.variants {
                    add_frequencies(segment, variant, weights.variant, &shares, scores)?;
                }
            }
        }
        let doc_freq: usize = scored.iter().map(|scores| scores.touched.len()).sum();
        let factor = weight * idf(n_docs, doc_freq as u64) * (weights.k1 + 1.0);
        if doc_freq > 0 && term.kind != TermKind::Compound {
            tell[bit] = weight * idf(n_docs, doc_freq as u64);
        }
        for segment in &mut scored {
            for doc in segment.touched.drain(..) {
                let frequency = std::mem::take(&mut segment.frequencies[doc as usize]);
                let score = &mut segment.scores[doc as usize];
                if *score == 0.0 {
                    segment.found.push(doc);
                }
                *score += factor * frequency / (weights.k1 + frequency);
                segment.terms[doc as usize] |= 1 << bit;
            }
        }
    }
    Ok((scored, tell))
}

/// The weight of one occurrence, by field and by the document's length in it (as tantivy rounds it
/// into a byte). All 0 for a field that is off.
type FieldShares = [[f32; 256]; 4];

fn field_shares(segments: &[&SegmentView], weights: &FieldWeights, n_docs: u64) -> FieldShares {
    TextField::ALL.map(|field| {
        let total: u64 = segments.iter().map(|segment| segment.length(field)).sum();
        // A field that is empty everywhere has no postings; the minimum only avoids a division by
        // zero.
        let average = (total as f32 / n_docs.max(1) as f32).max(f32::MIN_POSITIVE);
        std::array::from_fn(|norm| {
            let relative = SegmentView::length_of_norm(norm as u8) as f32 / average;
            weights.field(field) / (1.0 - weights.b + weights.b * relative)
        })
    })
}

fn add_frequencies(
    segment: &SegmentView,
    token: &str,
    weight: f32,
    shares: &FieldShares,
    out: &mut SegmentScores,
) -> Result<(), TantivyError> {
    for field in TextField::ALL {
        let shares = &shares[field as usize];
        if shares[0] <= 0.0 {
            continue;
        }
        let Some(mut postings) = segment.postings(field, token, IndexRecordOption::WithFreqs)?
        else {
            continue;
        };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if segment.is_live(doc) {
                let share = shares[segment.norm(field, doc) as usize];
                let frequency = &mut out.frequencies[doc as usize];
                if *frequency == 0.0 {
                    out.touched.push(doc);
                }
                *frequency += weight * share * postings.term_freq() as f32;
            }
            doc = postings.advance();
        }
    }
    Ok(())
}

/// The inverse document frequency as in Lucene: never negative.
fn idf(n_docs: u64, doc_freq: u64) -> f32 {
    let (n_docs, doc_freq) = (n_docs as f32, doc_freq as f32);
    (1.0 + (n_docs - doc_freq + 0.5) / (doc_freq + 0.5)).ln()
}

/// The terms to score, in query order: all, or the rarest existing ones of a long query.
fn rarest<'q>(
    segments: &[&SegmentView],
    query: &'q LexicalQuery,
) -> Result<Vec<&'q QueryTerm>, TantivyError> {
    if query.terms.len() <= MAX_SCORED_TERMS {
        return Ok(query.terms.iter().collect());
    }
    let mut by_rarity = Vec::new();
    for (i, term) in query.terms.iter().enumerate() {
        let mut doc_freq = 0;
        for segment in segments {
            for field in TextField::ALL {
                doc_freq += u64::from(segment.doc_freq(field, &term.token)?);
            }
        }
        if doc_freq > 0 {
            by_rarity.push((doc_freq, i));
        }
    }
    by_rarity.sort_unstable();
    by_rarity.truncate(MAX_SCORED_TERMS);
    by_rarity.sort_unstable_by_key(|&(_, i)| i);
    Ok(by_rarity.into_iter().map(|(_, i)| &query.terms[i]).collect())
}
