//! Query words in the names that chunks define.

use descry_base::{DefinedName, SymbolKind};

use super::words::{Keywords, split_name};
use crate::Weights;
use crate::candidate::Candidate;

/// For "the port of a host", `host_port` goes before its callers. Orders the chunks of one file.
/// Words count by their rarity among the candidates' names; a name with additional words is partly
/// about something else, so it counts by the share of it that the query contains.
pub(super) fn name_words(candidates: &mut [Candidate], keywords: &Keywords, weights: &Weights) {
    // For each name of each chunk: its keywords, and the share of the name that they cover.
    let name = |name: Vec<String>| -> (Vec<usize>, f32) {
        (keywords.within(&name).collect(), keywords.precision(&name))
    };
    let chunk = |candidate: &Candidate| names_of(candidate).into_iter().map(name).collect();
    let chunks: Vec<Vec<(Vec<usize>, f32)>> = candidates.iter().map(chunk).collect();
    let of_chunk = |names: &Vec<(Vec<usize>, f32)>| {
        let mut found: Vec<usize> = names.iter().flat_map(|(found, _)| found).copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    let found: Vec<Vec<usize>> = chunks.iter().map(of_chunk).collect();
    let tell = keywords.tell(found.iter().map(Vec::as_slice));
    for (candidate, names) in candidates.iter_mut().zip(&chunks) {
        let asked = names.iter().map(|(found, precision)| precision * tell.share(found));
        candidate.own += weights.name * asked.fold(0.0, f32::max);
    }
}

/// Lowers file headers and continuations of a definition, which represent the file only if no
/// definition in it matches. Orders the chunks of one file.
pub(super) fn beginnings(candidates: &mut [Candidate], weights: &Weights) {
    for candidate in candidates {
        let begins =
            candidate.chunk().is_some_and(|chunk| chunk.defines.iter().any(is_defined_here));
        if !begins {
            candidate.own *= weights.begins_nothing;
        }
    }
}

/// Headings, keys and re-exports only mention a name.
fn is_defined_here(name: &DefinedName) -> bool {
    !matches!(name.kind, SymbolKind::Section | SymbolKind::Reexport)
}

/// The words of each name that a chunk defines, and of the definition that contains the chunk.
fn names_of(candidate: &Candidate) -> Vec<Vec<String>> {
    let Some(chunk) = candidate.chunk() else { return Vec::new() };
    let defined = chunk.defines.iter().filter(|name| is_defined_here(name));
    let around = chunk.symbol.rsplit([' ', '>']).next();
    let names = defined.map(|it| it.name.as_str()).chain(around);
    names
        .map(|name| split_name(name).collect())
        .filter(|words: &Vec<_>| !words.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use descry_base::{ChunkId, ChunkMeta, Digest, FileId, Language, RelPath, Span, Stamp};

    use super::*;
    use crate::FileRole;
    use crate::table::FileEntry;

    /// Checks the order of a file's chunks by their own scores; each chunk has a symbol and the
    /// names that it defines.
    #[track_caller]
    fn check(question: &str, chunks: &[(&str, &[&str])], expected: &[&str]) {
        let meta = |(symbol, defines): &(&str, &[&str])| ChunkMeta {
            span: Span::default(),
            doc: None,
            symbol: (*symbol).into(),
            kind: None,
            defines: (defines.iter())
                .map(|name| DefinedName { name: (*name).to_owned(), kind: SymbolKind::Function })
                .collect(),
        };
        let file = Arc::new(FileEntry {
            id: FileId(1),
            path: RelPath::new("a.rs").expect("a path"),
            language: Language::Rust,
            role: FileRole::Source,
            stamp: Stamp::default(),
            digest: Digest([0; 32]),
            first: ChunkId(0),
            chunks: chunks.iter().map(meta).collect(),
        });
        let candidate = |id: ChunkId| Candidate::new(0, id, Arc::clone(&file), 0.5);
        let mut candidates: Vec<Candidate> = file.chunk_ids().map(candidate).collect();
        let weights = Weights::default();
        name_words(&mut candidates, &Keywords::of(question), &weights);
        beginnings(&mut candidates, &weights);
        candidates.sort_by(|a, b| b.own.total_cmp(&a.own));
        let symbols = candidates.iter().filter_map(|it| Some(&*it.chunk()?.symbol));
        assert_eq!(symbols.collect::<Vec<_>>(), expected, "{question}");
    }

    #[test]
    fn the_definition_that_is_asked_for_stands_first() {
        check(
            "Returns the port of a host",
            &[("", &[]), ("fn connect", &["connect"]), ("fn host_port", &["host_port"])],
            &["fn host_port", "fn connect", ""],
        );
        // A name with additional words is partly about something else.
        check(
            "open the log file",
            &[
                ("fn open_log_file_and_rotate_it", &["open_log_file_and_rotate_it"]),
                ("fn open_log", &["open_log"]),
            ],
            &["fn open_log", "fn open_log_file_and_rotate_it"],
        );
    }

    #[test]
    fn what_goes_on_from_a_definition_stands_behind_its_beginning() {
        check(
            "parse the header",
            &[("fn parse_header", &[]), ("fn parse_header", &["parse_header"]), ("", &[])],
            &["fn parse_header", "fn parse_header", ""],
        );
    }
}
