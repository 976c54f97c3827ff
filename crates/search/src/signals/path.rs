//! The words of the question in a file's name.

use std::collections::{HashMap, HashSet};

use descry_base::RelPath;
use descry_lexical::is_stop_word;

use crate::Weights;
use crate::candidate::Candidate;
use crate::reference::{Reference, references as references_in};

/// Words of the question in the file's name or in its folder's. A word that stands in the paths of
/// most candidates (the project's own name, say) tells little, so words count by their rarity; a name
/// with other words besides is about something else as well, so it counts by how much of it was asked.
pub(super) fn path_words(candidates: &mut [Candidate], words: &str, weights: &Weights, best: f32) {
    let keywords: HashSet<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 3)
        .map(str::to_lowercase)
        .filter(|word| !is_stop_word(word))
        .collect();
    let mut files: HashMap<_, (Vec<&String>, f32)> = HashMap::new();
    for candidate in candidates.iter() {
        files.entry(candidate.file_key()).or_insert_with(|| {
            let parts = path_parts(&candidate.file.path);
            let found = |word: &&String| parts.iter().any(|part| alike(word, part));
            let stem: Vec<String> = split_name(name_of(&candidate.file.path)).collect();
            let named = |part: &&String| keywords.iter().any(|word| alike(word, part));
            let precision = stem.iter().filter(named).count() as f32 / stem.len().max(1) as f32;
            (keywords.iter().filter(found).collect(), precision)
        });
    }
    let rarity = |word: &String| {
        let with = files.values().filter(|(found, _)| found.contains(&word)).count();
        (1.0 + files.len() as f32 / (with as f32 + 0.5)).ln()
    };
    let rarities: HashMap<&String, f32> =
        keywords.iter().map(|word| (word, rarity(word))).collect();
    let all: f32 = rarities.values().sum();
    for candidate in candidates {
        let (found, precision) = &files[&candidate.file_key()];
        let share =
            found.iter().map(|word| rarities[*word]).sum::<f32>() / all.max(f32::MIN_POSITIVE);
        if share >= 0.1 {
            candidate.add("path", weights.path * share * precision * best);
        }
    }
}

/// Files that the question names, as in `src/net/retry.rs:42`; the chunk that has the line first. False
/// if it names none.
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
    // A reference that fits several files names those that it has most in common with.
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
        candidate.named_line = lines.find(has_line);
        // Otherwise another place of the file is meant.
        let strength = if is_whole || candidate.named_line.is_some() { 1.0 } else { 0.5 };
        candidate.own += weights.reference * strength;
        candidate.add("reference", weights.reference * strength * best);
    }
    !files.is_empty()
}

/// The words of a file's name and of its folder's.
fn path_parts(path: &RelPath) -> Vec<String> {
    let folder = path.parent().rsplit('/').next().unwrap_or("");
    split_name(name_of(path)).chain(split_name(folder)).filter(|part| part.len() >= 3).collect()
}

/// What a file is called: some languages name a folder's main file always the same, so that it is
/// the folder that has the name.
pub(crate) fn name_of(path: &RelPath) -> &str {
    match path.file_name() {
        "mod.rs" | "__init__.py" | "index.ts" | "index.tsx" | "index.js" | "index.jsx" => {
            path.parent().rsplit('/').next().unwrap_or("")
        }
        _ => path.stem(),
    }
}

/// Two words that differ in their ending only (`parse`, `parser`, `parsing` by their first letters).
fn alike(a: &str, b: &str) -> bool {
    a == b || (a.len().min(b.len()) >= 3 && (a.starts_with(b) || b.starts_with(a)))
}

/// The words of a name: `HttpServer_v2` gives `http`, `server`, `v2`.
fn split_name(name: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase()) {
            spaced.push(' ');
        }
        spaced.extend(c.to_lowercase().filter(|c| c.is_alphanumeric()));
        before = c;
    }
    spaced.split_whitespace().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        let split = |name| split_name(name).collect::<Vec<_>>();
        assert_eq!(split("HttpServer_v2"), ["http", "server", "v2"]);
        assert_eq!(split("retry-policy"), ["retry", "policy"]);
        assert_eq!(split(""), Vec::<String>::new());
    }

    #[test]
    fn endings_do_not_matter() {
        assert!(alike("parser", "parse"));
        assert!(!alike("parsing", "parser"));
        assert!(!alike("io", "iota"));
    }
}
