//! Finds every chunk that contains a literal text or a match of an expression.

use std::collections::{HashMap, HashSet};

use descry_base::ChunkId;
use descry_grep::Pattern;
use rayon::prelude::*;

use crate::Parsed;
use crate::answer::Hit;
use crate::candidate::Candidate;
use crate::joined::Joined;
use crate::parse::FilterToken;
use crate::scope::Scope;
use crate::sources::Sources;
use crate::table::FileEntry;

/// The patterns that a chunk must and must not contain.
pub(crate) struct Held {
    wanted: Vec<Pattern>,
    unwanted: Vec<Pattern>,
}

impl Held {
    /// The phrases and expressions of a query; `None` if it has none.
    pub(crate) fn of(parsed: &Parsed) -> Option<Held> {
        let patterns = |negated| {
            let filters = parsed.filters.iter().filter(move |it| it.valid && it.negated == negated);
            filters.filter_map(FilterToken::pattern).flatten().collect::<Vec<Pattern>>()
        };
        let held = Held { wanted: patterns(false), unwanted: patterns(true) };
        (!held.wanted.is_empty() || !held.unwanted.is_empty()).then_some(held)
    }

    /// All admitted chunks that satisfy the patterns, each with its matching line in the file.
    pub(crate) fn chunks(&self, scope: &Scope<'_>, sources: &dyn Sources) -> HashMap<ChunkId, u32> {
        let files: Vec<&FileEntry> = scope.files().collect();
        let within = |file: &&FileEntry| {
            let mut held = self.held(file, sources);
            let admits = |id| file.chunk(id).is_some_and(|chunk| scope.filter.admits_chunk(chunk));
            held.retain(|(id, _)| admits(*id));
            held
        };
        files.par_iter().flat_map_iter(within).collect()
    }

    /// The chunks of a file that satisfy the patterns.
    fn held(&self, file: &FileEntry, sources: &dyn Sources) -> Vec<(ChunkId, u32)> {
        let joined = Joined::of(file, sources);
        let mut held: HashMap<ChunkId, u32> = match self.wanted.split_first() {
            Some((first, _)) => places(first, &joined),
            None => {
                let lines = file.chunks.unpack().into_iter().map(|it| it.span.first_line);
                file.chunk_ids().zip(lines).collect()
            }
        };
        for pattern in self.wanted.iter().skip(1) {
            let also = places(pattern, &joined);
            held.retain(|id, _| also.contains_key(id));
        }
        for pattern in &self.unwanted {
            let holds = places(pattern, &joined);
            held.retain(|id, _| !holds.contains_key(id));
        }
        held.into_iter().collect()
    }

    /// Marks the matches in the lines of hits.
    pub(crate) fn mark(&self, hits: &mut [Hit]) {
        for line in hits.iter_mut().flat_map(|hit| &mut hit.lines) {
            for pattern in &self.wanted {
                let mut from = 0;
                while let Some(range) = pattern.find_at(&line.text, from) {
                    line.marks.push((range.start as u32, range.end as u32));
                    from = range.end.max(range.start + 1);
                    if from > line.text.len() {
                        break;
                    }
                }
            }
            line.marks = apart(std::mem::take(&mut line.marks));
        }
    }
}

/// The chunks in which a match begins, each with the line of its first match.
fn places(pattern: &Pattern, joined: &Joined) -> HashMap<ChunkId, u32> {
    let mut places = HashMap::new();
    let (mut from, mut counted, mut line) = (0, 0, joined.first_line);
    while from <= joined.text.len()
        && let Some(found) = pattern.find_at(&joined.text, from)
    {
        from = found.end.max(found.start + 1);
        if let Some((id, within)) = joined.chunk_of(&found) {
            let start = found.start.max(within.start);
            line += joined.text[counted..start].matches('\n').count() as u32;
            counted = start;
            places.insert(id, line);
            // One match per chunk is enough.
            from = within.end;
        }
        from = joined.text.ceil_char_boundary(from);
        if from == joined.text.len() {
            break;
        }
    }
    places
}

/// Sorts the ranges and merges those that overlap or touch.
fn apart(mut marks: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    marks.retain(|(start, end)| start < end);
    marks.sort_unstable();
    let mut apart: Vec<(u32, u32)> = Vec::with_capacity(marks.len());
    for (start, end) in marks {
        match apart.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => apart.push((start, end)),
        }
    }
    apart
}

/// Adds the admitted chunks that no list found, in path order, and sets the line to show for each.
pub(crate) fn complete(scope: &Scope<'_>, candidates: &mut Vec<Candidate>) {
    let known: HashSet<ChunkId> = candidates.iter().map(|candidate| candidate.id).collect();
    candidates.extend(admitted(scope).filter(|it| !known.contains(&it.id)));
    let Some(only) = &scope.filter.only else { return };
    for candidate in candidates {
        candidate.named_line = only.get(&candidate.id).copied().or(candidate.named_line);
    }
}

/// All admitted chunks, in path order.
pub(crate) fn admitted(scope: &Scope<'_>) -> impl Iterator<Item = Candidate> {
    let files = scope.shards.iter().flat_map(|shard| {
        shard.table.files().filter(|file| scope.filter.admits_file(file)).map(move |it| (shard, it))
    });
    let chunks = files.flat_map(|(shard, file)| file.chunk_ids().map(move |id| (shard, id)));
    let passing = chunks.filter(|(shard, id)| scope.filter.admits(shard, *id));
    passing.filter_map(|(_, id)| scope.candidate(id, 0.0))
}
