//! The reader side: the index as one commit left it.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use descry_base::ChunkId;
use tantivy::columnar::ColumnValues;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::SegmentPostings;
use tantivy::query::{DfaWrapper, FuzzyTermQuery};
use tantivy::schema::{IndexRecordOption, Schema};
use tantivy::termdict::TermStreamer;
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, TantivyError, Term};

use crate::phrase::documents_with_all;
use crate::schema::{Fields, ID, TextField};
use crate::score::score;
use crate::{Found, LexicalError, LexicalQuery, ScoredChunk};

/// An immutable state of one index. Cheap to clone; later commits do not affect it.
#[derive(Clone)]
pub struct LexicalSnapshot(Arc<Inner>);

struct Inner {
    path: PathBuf,
    segments: Vec<Arc<SegmentView>>,
}

impl LexicalSnapshot {
    pub(crate) fn new(
        path: &Path,
        fields: Fields,
        searcher: &Searcher,
        before: Option<&LexicalSnapshot>,
    ) -> Result<LexicalSnapshot, TantivyError> {
        // A commit leaves most segments as they are.
        let known = |reader: &SegmentReader| {
            let views = before.iter().flat_map(|before| &before.0.segments);
            views.into_iter().find(|view| view.is_of(reader)).cloned()
        };
        let segments = (searcher.segment_readers().iter())
            .map(|reader| match known(reader) {
                Some(view) => Ok(view),
                None => SegmentView::new(reader, fields).map(Arc::new),
            })
            .collect::<Result<_, TantivyError>>()?;
        Ok(LexicalSnapshot(Arc::new(Inner { path: path.to_owned(), segments })))
    }

    /// The best `limit` chunks of this index; see [`search`].
    pub fn search(
        &self,
        query: &LexicalQuery,
        limit: usize,
        keep: &(dyn Fn(ChunkId) -> bool + Sync),
    ) -> Result<Vec<ScoredChunk>, LexicalError> {
        let found = search(&[self], query, &[Take { limit, keep }])?;
        Ok(found.into_iter().flat_map(|found| found.hits).collect())
    }

    pub(crate) fn segments(&self) -> &[Arc<SegmentView>] {
        &self.0.segments
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }

    /// The number of chunks.
    pub fn num_docs(&self) -> u64 {
        self.0.segments.iter().map(|segment| u64::from(segment.num_docs())).sum()
    }

    /// The number of segments that a search visits; merges keep it small.
    pub fn num_segments(&self) -> usize {
        self.0.segments.len()
    }

    /// Every chunk, in no order.
    pub fn chunk_ids(&self) -> Vec<ChunkId> {
        (self.0.segments.iter())
            .flat_map(|segment| segment.live_docs().map(|doc| segment.id(doc)))
            .collect()
    }

    /// True if the chunk is in the index.
    pub fn contains(&self, chunk: ChunkId) -> Result<bool, LexicalError> {
        let contains = |segment: &SegmentView| -> Result<bool, TantivyError> {
            let term = segment.fields.id_term(chunk);
            let ids = segment.reader.inverted_index(term.field())?;
            let Some(mut docs) = ids.read_postings(&term, IndexRecordOption::Basic)? else {
                return Ok(false);
            };
            let mut doc = docs.doc();
            while doc != TERMINATED && !segment.is_live(doc) {
                doc = docs.advance();
            }
            Ok(doc != TERMINATED)
        };
        for segment in &self.0.segments {
            if contains(segment)
                .map_err(|error| LexicalError::from_tantivy(&self.0.path, &error))?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The limits of one result list of a search.
pub struct Take<'a> {
    /// The maximum number of chunks.
    pub limit: usize,
    /// The list takes only chunks that this accepts; it is called only for chunks good enough for
    /// the list.
    pub keep: &'a (dyn Fn(ChunkId) -> bool + Sync),
}

/// Searches several indexes as if they were one. Each list gets its best chunks, best first, ties
/// by id; every chunk is scored once, regardless of the number of lists. A phrase without a word is
/// ignored; a query of phrases alone finds all chunks that contain them, with score 0.
pub fn search(
    snapshots: &[&LexicalSnapshot],
    query: &LexicalQuery,
    lists: &[Take<'_>],
) -> Result<Vec<Found>, LexicalError> {
    if query.is_empty() {
        return Ok(lists.iter().map(|_| Found::default()).collect());
    }
    let mut best: Vec<Best> = lists.iter().map(|list| Best::new(list.limit)).collect();
    let segments: Vec<&SegmentView> =
        snapshots.iter().flat_map(|snapshot| &snapshot.0.segments).map(AsRef::as_ref).collect();
    let error = |error: TantivyError| {
        let path = snapshots.first().map_or(Path::new(""), |snapshot| &snapshot.0.path);
        LexicalError::from_tantivy(path, &error)
    };
    let any_score = query.terms.is_empty();
    let (scored, weights) = score(&segments, query).map_err(error)?;
    for (segment, scored) in segments.iter().zip(scored) {
        let has_phrases = documents_with_all(&query.phrases, segment).map_err(error)?;
        let mut offer = |doc: DocId| {
            let score = scored.scores[doc as usize];
            if has_phrases.as_ref().is_none_or(|has| has[doc as usize]) {
                for (best, list) in best.iter_mut().zip(lists) {
                    if best.may_take(score) {
                        let id = segment.id(doc);
                        best.offer(
                            ScoredChunk { id, score, terms: scored.terms[doc as usize] },
                            list.keep,
                        );
                    }
                }
            }
        };
        match any_score {
            true => segment.live_docs().for_each(&mut offer),
            false => scored.found.iter().copied().for_each(&mut offer),
        }
    }
    let found = |best: Best| Found { hits: best.into_sorted(), weights: weights.clone() };
    Ok(best.into_iter().map(found).collect())
}

/// One segment with everything that a search reads.
pub(crate) struct SegmentView {
    reader: SegmentReader,
    fields: Fields,
    ids: Arc<dyn ColumnValues<u64>>,
    /// By [`TextField`].
    inverted: [Arc<InvertedIndexReader>; 4],
    norms: [FieldNormReader; 4],
    /// The total length of the live documents.
    lengths: [u64; 4],
    /// The terms of the body, each after a line feed; collected when they are first looked through,
    /// as a dictionary takes much longer than plain text (`cargo xtask bench scale`, unknown name).
    body_terms: OnceLock<Box<[u8]>>,
}

impl SegmentView {
    fn new(reader: &SegmentReader, fields: Fields) -> Result<SegmentView, TantivyError> {
        let inverted = |field| reader.inverted_index(fields.text(field));
        let norms = |field| reader.get_fieldnorms_reader(fields.text(field));
        let [body, symbol, path, doc] = TextField::ALL;
        let mut view = SegmentView {
            fields,
            ids: reader.fast_fields().u64(ID)?.first_or_default_col(0),
            inverted: [inverted(body)?, inverted(symbol)?, inverted(path)?, inverted(doc)?],
            norms: [norms(body)?, norms(symbol)?, norms(path)?, norms(doc)?],
            lengths: [0; 4],
            body_terms: OnceLock::new(),
            reader: reader.clone(),
        };
        view.lengths = TextField::ALL.map(|field| {
            let norms = &view.norms[field as usize];
            view.live_docs().map(|doc| u64::from(norms.fieldnorm(doc))).sum()
        });
        Ok(view)
    }

    /// True if the reader has this segment, with the same documents removed.
    fn is_of(&self, reader: &SegmentReader) -> bool {
        self.reader.segment_id() == reader.segment_id()
            && self.reader.num_deleted_docs() == reader.num_deleted_docs()
    }

    pub(crate) fn reader(&self) -> &SegmentReader {
        &self.reader
    }

    pub(crate) fn schema(&self) -> &Schema {
        self.reader.schema()
    }

    pub(crate) fn num_docs(&self) -> u32 {
        self.reader.num_docs()
    }

    pub(crate) fn max_doc(&self) -> u32 {
        self.reader.max_doc()
    }

    fn id(&self, doc: DocId) -> ChunkId {
        ChunkId(self.ids.get_val(doc))
    }

    pub(crate) fn is_live(&self, doc: DocId) -> bool {
        self.reader.alive_bitset().is_none_or(|live| live.is_alive(doc))
    }

    fn live_docs(&self) -> impl Iterator<Item = DocId> {
        (0..self.max_doc()).filter(|doc| self.is_live(*doc))
    }

    /// The total length of the live documents in `field`, in tokens.
    pub(crate) fn length(&self, field: TextField) -> u64 {
        self.lengths[field as usize]
    }

    /// The length of a document in `field`, encoded as a byte; see [`SegmentView::length_of_norm`].
    pub(crate) fn norm(&self, field: TextField, doc: DocId) -> u8 {
        self.norms[field as usize].fieldnorm_id(doc)
    }

    /// Decodes a length byte into tokens.
    pub(crate) fn length_of_norm(norm: u8) -> u32 {
        FieldNormReader::id_to_fieldnorm(norm)
    }

    pub(crate) fn term(&self, field: TextField, token: &str) -> Term {
        self.fields.term(field, token)
    }

    pub(crate) fn doc_freq(&self, field: TextField, token: &str) -> Result<u32, TantivyError> {
        Ok(self.inverted[field as usize].doc_freq(&self.term(field, token))?)
    }

    /// The terms of a field that `edits` turn into `token`, in order; a swap of two letters is one
    /// edit. May include terms of removed documents.
    pub(crate) fn terms_near(
        &self,
        field: TextField,
        token: &str,
        edits: u8,
    ) -> Result<TermStreamer<'_, DfaWrapper>, TantivyError> {
        let near = FuzzyTermQuery::new(self.term(field, token), edits, true).automaton()?;
        Ok(self.inverted[field as usize].terms().search(near).into_stream()?)
    }

    /// Every term of the body, each after a line feed; may include terms of removed documents.
    pub(crate) fn body_terms(&self) -> Result<&[u8], TantivyError> {
        if let Some(terms) = self.body_terms.get() {
            return Ok(terms);
        }
        let mut all = Vec::new();
        let mut terms = self.inverted[TextField::Body as usize].terms().stream()?;
        while terms.advance() {
            all.push(b'\n');
            all.extend(terms.key());
        }
        Ok(self.body_terms.get_or_init(|| all.into()))
    }

    pub(crate) fn postings(
        &self,
        field: TextField,
        token: &str,
        record: IndexRecordOption,
    ) -> Result<Option<SegmentPostings>, TantivyError> {
        let term = self.term(field, token);
        Ok(self.inverted[field as usize].read_postings(&term, record)?)
    }
}

/// The best candidates so far; the worst is on top of the heap.
struct Best {
    limit: usize,
    heap: BinaryHeap<Reverse<Ranked>>,
    /// The score of the worst, once there are `limit`.
    floor: f32,
}

/// Greater is better.
#[derive(PartialEq)]
struct Ranked(ScoredChunk);

impl Eq for Ranked {}

impl Ord for Ranked {
    fn cmp(&self, other: &Ranked) -> Ordering {
        self.0.score.total_cmp(&other.0.score).then_with(|| other.0.id.cmp(&self.0.id))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Ranked) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Best {
    fn new(limit: usize) -> Best {
        let floor = if limit == 0 { f32::INFINITY } else { f32::NEG_INFINITY };
        Best { limit, heap: BinaryHeap::new(), floor }
    }

    /// False for most documents of a large index.
    fn may_take(&self, score: f32) -> bool {
        score >= self.floor
    }

    fn offer(&mut self, chunk: ScoredChunk, keep: &(dyn Fn(ChunkId) -> bool + Sync)) {
        let is_full = self.heap.len() >= self.limit;
        let candidate = Ranked(chunk);
        let is_worse = self.heap.peek().is_some_and(|Reverse(worst)| candidate < *worst);
        if self.limit == 0 || is_full && is_worse || !keep(chunk.id) {
            return;
        }
        if is_full {
            self.heap.pop();
        }
        self.heap.push(Reverse(candidate));
        if let Some(Reverse(worst)) = self.heap.peek().filter(|_| self.heap.len() == self.limit) {
            self.floor = worst.0.score;
        }
    }

    fn into_sorted(self) -> Vec<ScoredChunk> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(ranked)| ranked.0).collect()
    }
}
