//! Regular expressions, over the text of every chunk, in the order of the paths.

use std::time::{Duration, Instant};

use descry_base::ChunkId;
use regex::RegexBuilder;

use crate::answer::{Answer, Hit, Line, Notice, Why};
use crate::candidate::Candidate;
use crate::lists::Scope;
use crate::sources::Sources;
use crate::{Parsed, Query, facets};

/// After this a search stops and says so: it has to follow the typing.
const LIMIT: Duration = Duration::from_millis(800);

/// Compiled, an expression may take this much memory; what takes more is refused.
const COMPILED_BYTES: usize = 1 << 20;

/// Chunks that are read at a time.
const STEP: usize = 256;

/// Chunks that the expression matches. Lower case only matches both cases, as ripgrep's smart case.
pub(super) fn search(
    scope: &Scope<'_>,
    parsed: &Parsed,
    query: &Query,
    sources: &dyn Sources,
) -> Answer {
    let pattern = parsed.words.as_str();
    if pattern.is_empty() {
        return Answer::default();
    }
    let compiled = RegexBuilder::new(pattern)
        .case_insensitive(!pattern.chars().any(char::is_uppercase))
        .multi_line(true)
        .size_limit(COMPILED_BYTES)
        .build();
    let regex = match compiled {
        Ok(regex) => regex,
        Err(error) => {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or("").trim_start_matches("error: ").to_owned();
            return Answer { notice: Some(Notice::BadRegex { reason }), ..Answer::default() };
        }
    };
    let begun = Instant::now();
    let ids: Vec<ChunkId> = scope
        .shards
        .iter()
        .flat_map(|shard| shard.table.files())
        .filter(|file| scope.filter.admits_file(file))
        .flat_map(|file| {
            file.chunk_ids()
                .filter(|id| file.chunk(*id).is_some_and(|chunk| scope.filter.admits_chunk(chunk)))
        })
        .collect();
    let mut found: Vec<Candidate> = Vec::new();
    let mut hits = Vec::new();
    let mut notice = None;
    for step in ids.chunks(STEP) {
        if begun.elapsed() > LIMIT {
            notice = Some(Notice::Partial);
            break;
        }
        for (id, text) in step.iter().zip(sources.texts(step)) {
            let Some(text) = text.filter(|text| regex.is_match(text)) else { continue };
            let Some(candidate) = scope.candidate(*id, 1.0) else { continue };
            if hits.len() < query.limit {
                hits.extend(hit(scope, &candidate, &text, &regex));
            }
            found.push(candidate);
        }
    }
    let facets = facets::count(&found, &scope.shards);
    Answer { hits, total: found.len(), facets, notice, ..Answer::default() }
}

/// The first lines that match, at most three.
fn hit(scope: &Scope<'_>, candidate: &Candidate, text: &str, regex: &regex::Regex) -> Option<Hit> {
    let chunk = candidate.chunk()?.clone();
    let lines = text.lines().zip(chunk.span.first_line..).filter_map(|(line, number)| {
        let marks: Vec<(u32, u32)> = regex
            .find_iter(line)
            .map(|found| (found.start() as u32, found.end() as u32))
            .filter(|(start, end)| start < end)
            .collect();
        (!marks.is_empty()).then(|| Line { number, text: line.to_owned(), best: true, marks })
    });
    let lines: Vec<Line> = lines.take(3).collect();
    Some(Hit {
        chunk: candidate.id,
        root: scope.shards.get(candidate.shard)?.root,
        path: candidate.file.path.clone(),
        language: candidate.file.language,
        place: candidate.file.place,
        span: chunk.span,
        symbol: chunk.symbol.into(),
        kind: chunk.kind,
        lines,
        why: Why { score: 1.0, ..Why::default() },
        copies: Vec::new(),
        stale: false,
    })
}
