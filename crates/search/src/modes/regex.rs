//! Regular expressions over the text of every file as indexed, in path order.

use std::ops::Range;
use std::time::{Duration, Instant};

use descry_base::ChunkId;
use descry_grep::{Case, Finder, Options, Pattern, PatternError};
use rayon::prelude::*;

use crate::answer::{Answer, Hit, Line, Notice, Why};
use crate::candidate::Candidate;
use crate::joined::Joined;
use crate::scope::Scope;
use crate::sources::Sources;
use crate::table::FileEntry;
use crate::{Parsed, Query, facets};

/// The time limit of a search, short enough to keep up with typing.
const LIMIT: Duration = Duration::from_millis(800);

/// The number of files read at a time.
const STEP: usize = 64;

/// The maximum number of lines that a hit shows.
const LINES: usize = 6;

/// Chunks that the expression matches; `total` counts lines. Uses smart case, as in ripgrep.
pub(super) fn search(
    scope: &Scope<'_>,
    parsed: &Parsed,
    query: &Query,
    sources: &dyn Sources,
) -> Answer {
    if parsed.words.trim().is_empty() {
        return Answer::default();
    }
    let options = Options { regex: true, case: Case::Smart, word: false };
    let pattern = match Pattern::new(&parsed.words, options) {
        Ok(pattern) => pattern,
        Err(PatternError::Invalid { reason }) => {
            return Answer { notice: Some(Notice::BadRegex { reason }), ..Answer::default() };
        }
    };
    let begun = Instant::now();
    let files: Vec<&FileEntry> = scope.files().collect();
    let mut found: Vec<Candidate> = Vec::new();
    let mut answer = Answer::default();
    for step in files.chunks(STEP) {
        if begun.elapsed() > LIMIT {
            answer.notice = Some(Notice::Partial);
            break;
        }
        let look = |finder: &mut Finder, file: &&FileEntry| by_chunk(finder, file, sources);
        let lines: Vec<_> = step.par_iter().map_init(|| Finder::new(&pattern), look).collect();
        for Matched { chunk, lines } in lines.into_iter().flatten() {
            let candidate = scope.candidate(chunk, 1.0);
            let Some(candidate) =
                candidate.filter(|it| it.chunk().is_some_and(|it| scope.filter.admits_chunk(it)))
            else {
                continue;
            };
            answer.total += lines.len();
            if answer.hits.len() < query.limit {
                answer.hits.extend(hit(scope, &candidate, lines));
            }
            found.push(candidate);
        }
    }
    answer.facets = facets::count(&found, &scope.shards);
    answer
}

/// The matching lines of a file, grouped by chunk. Blank lines between chunks are not in the index.
fn by_chunk(finder: &mut Finder, file: &FileEntry, sources: &dyn Sources) -> Vec<Matched> {
    let joined = Joined::of(file, sources);
    let mut chunks: Vec<Matched> = Vec::new();
    for line in finder.lines(&joined.text) {
        let at = |byte: u32| line.start + byte as usize;
        let mut marks: Vec<Range<usize>> =
            line.marks.iter().map(|(start, end)| at(*start)..at(*end)).collect();
        if marks.is_empty() {
            marks.push(line.start..line.start);
        }
        let number = joined.first_line + line.number;
        let whole = line.start..line.start + line.text.len();
        for mark in marks {
            let Some((id, within)) = joined.chunk_of(&mark) else { continue };
            // A long line may span several chunks.
            let shown = whole.start.max(within.start)..whole.end.min(within.end);
            let place = |at: usize| (at.clamp(shown.start, shown.end) - shown.start) as u32;
            let mark = (place(mark.start), place(mark.end));
            if chunks.last().is_none_or(|last| last.chunk != id) {
                chunks.push(Matched { chunk: id, lines: Vec::new() });
            }
            let Some(Matched { lines, .. }) = chunks.last_mut() else { continue };
            match lines.last_mut() {
                Some(last) if last.number == number => last.marks.push(mark),
                _ => {
                    let text = joined.text.get(shown.clone()).unwrap_or("").to_owned();
                    lines.push(Line { number, text, best: true, marks: vec![mark] });
                }
            }
        }
    }
    for line in chunks.iter_mut().flat_map(|it| &mut it.lines) {
        line.marks.retain(|(start, end)| start < end);
    }
    chunks
}

/// The matching lines of a chunk.
struct Matched {
    chunk: ChunkId,
    lines: Vec<Line>,
}

fn hit(scope: &Scope<'_>, candidate: &Candidate, lines: Vec<Line>) -> Option<Hit> {
    let chunk = candidate.chunk()?.clone();
    Some(Hit {
        chunk: candidate.id,
        root: scope.shards.get(candidate.shard)?.root,
        path: candidate.file.path.clone(),
        language: candidate.file.language,
        role: candidate.file.role,
        span: chunk.span,
        symbol: chunk.symbol.into(),
        kind: chunk.kind,
        lines: lines.into_iter().take(LINES).collect(),
        why: Why { score: 1.0, ..Why::default() },
        copies: Vec::new(),
        stale: false,
    })
}
