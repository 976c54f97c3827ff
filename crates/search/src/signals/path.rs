//! Query words in a file's name.

use std::collections::HashMap;

use descry_base::RelPath;

use super::words::{Keywords, split_name};
use crate::candidate::Candidate;
use crate::exact::Exactness;
use crate::reference::{Reference, references as references_in};
use crate::{SignalKind, Weights};

/// Query words in the names of the file and its folder. A word in the paths of most candidates
/// (such as the project's name) says little, so words count by their rarity; a name with additional
/// words is partly about something else, so it counts by the share of it that the query contains.
pub(super) fn path_words(
    candidates: &mut [Candidate],
    keywords: &Keywords,
    weights: &Weights,
    best: f32,
) {
    let mut files: HashMap<_, (Vec<usize>, f32)> = HashMap::new();
    for candidate in candidates.iter() {
        files.entry(candidate.file_key()).or_insert_with(|| {
            let parts = path_parts(&candidate.file.path);
            let stem: Vec<String> = split_name(name_of(&candidate.file.path)).collect();
            (keywords.within(&parts).collect(), keywords.precision(&stem))
        });
    }
    let tell = keywords.tell(files.values().map(|(found, _)| found.as_slice()));
    for candidate in candidates {
        let (found, precision) = &files[&candidate.file_key()];
        let share = tell.share(found);
        if share >= 0.1 {
            candidate.add(SignalKind::Path, weights.path * share * precision * best);
        }
    }
}

/// Files that the query names, as in `src/net/retry.rs:42`; the chunk with the line goes first.
/// Returns false if the query names none.
pub(super) fn references(
    candidates: &mut [Candidate],
    words: &str,
    weights: &Weights,
    best: f32,
) -> bool {
    let references = references_in(words);
    if references.is_empty() {
        return false;
    }
    // A reference that fits several files names those that share most with it.
    let mut files: HashMap<_, Vec<&Reference>> = HashMap::new();
    for reference in &references {
        let likeness: HashMap<_, usize> = candidates
            .iter()
            .filter_map(|it| Some((it.file_key(), reference.likeness(&it.file.path)?)))
            .collect();
        let most = likeness.values().max().copied();
        for (file, _) in likeness.iter().filter(|(_, length)| Some(**length) == most) {
            files.entry(*file).or_default().push(reference);
        }
    }
    for candidate in candidates {
        let Some(named) = files.get(&candidate.file_key()) else { continue };
        let span = candidate.chunk().map(|chunk| chunk.span.first_line..chunk.span.end_line);
        let mut lines = named.iter().filter_map(|it| it.line);
        let has_line = |line: &u32| span.as_ref().is_some_and(|span| span.contains(line));
        let is_whole = lines.clone().next().is_none();
        candidate.is_named = true;
        candidate.named_line = lines.find(has_line);
        if candidate.named_line.is_some() {
            candidate.exactness = Exactness::NamedLine;
        }
        // Otherwise the query means another part of the file.
        let strength = if is_whole || candidate.named_line.is_some() { 1.0 } else { 0.5 };
        candidate.own += weights.reference * strength;
        candidate.add(SignalKind::Reference, weights.reference * strength * best);
    }
    !files.is_empty()
}

/// The words in the names of a file and its folder.
fn path_parts(path: &RelPath) -> Vec<String> {
    let folder = path.parent().rsplit('/').next().unwrap_or("");
    split_name(name_of(path)).chain(split_name(folder)).filter(|part| part.len() >= 3).collect()
}

/// The name of a file. Main files that have the same name in every folder take the folder's name.
pub(crate) fn name_of(path: &RelPath) -> &str {
    match path.file_name() {
        "mod.rs" | "__init__.py" | "index.ts" | "index.tsx" | "index.js" | "index.jsx" => {
            path.parent().rsplit('/').next().unwrap_or("")
        }
        _ => path.stem(),
    }
}
