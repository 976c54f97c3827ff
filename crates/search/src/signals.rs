//! Ranking signals: small functions over the candidates, applied in one order, each with its weight
//! and its reason. The shape of the rules follows what semble and sifs publish (their ranking
//! sources); the weights are ours, chosen on the benchmark.

use std::collections::{HashMap, HashSet};

use descry_base::RelPath;
use descry_lexical::is_stop_word;

use crate::Place;
use crate::candidate::Candidate;
use crate::kind::{QueryKind, names_in};

/// Every number of the ranking.
#[derive(Clone, Debug)]
pub struct Weights {
    /// `k` of reciprocal rank fusion.
    pub rrf_k: f32,
    /// Share of meaning against words, for a symbol query.
    pub meaning_symbol: f32,
    /// The same for natural language with a name in it.
    pub meaning_mixed: f32,
    /// The same for natural language.
    pub meaning_natural: f32,
    /// How many candidates each list gives.
    pub candidates: usize,
    /// A file with many good chunks: added to its best chunk, times its share, times the best score.
    pub coherence: f32,
    /// The chunk defines the name asked for, times the best score.
    pub definition: f32,
    /// The same where the name is one among words.
    pub definition_mixed: f32,
    /// The file is named like the name asked for: multiplies the definition's bonus.
    pub definition_stem: f32,
    /// Words of the question in the file's name and folder, times their share, times the best score.
    pub path: f32,
    /// Tests, when the question does not ask for tests.
    pub tests: f32,
    /// Examples and benchmarks, when not asked for.
    pub examples: f32,
    /// Copies of other projects and code kept for compatibility.
    pub vendored: f32,
    /// Prose and settings, when the question is for code.
    pub prose: f32,
    /// Files that only gather other files (`__init__.py`, `package-info.java`).
    pub gathering: f32,
    /// Declarations without code (`.d.ts`).
    pub declarations: f32,
    /// The second chunk of a file, the third twice, and so on.
    pub saturation: f32,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            rrf_k: 20.0,
            meaning_symbol: 0.3,
            meaning_mixed: 0.5,
            meaning_natural: 0.5,
            candidates: 100,
            coherence: 0.2,
            definition: 3.0,
            definition_mixed: 1.5,
            definition_stem: 1.5,
            path: 1.0,
            tests: 0.3,
            examples: 0.3,
            vendored: 0.3,
            prose: 0.4,
            gathering: 0.5,
            declarations: 0.7,
            saturation: 0.4,
        }
    }
}

impl Weights {
    /// The share of meaning for this kind of question.
    pub fn meaning(&self, kind: QueryKind) -> f32 {
        match kind {
            QueryKind::Symbol => self.meaning_symbol,
            QueryKind::Mixed => self.meaning_mixed,
            QueryKind::Natural => self.meaning_natural,
        }
    }
}

/// Applies every signal and sorts, best first.
pub(crate) fn rank(candidates: &mut [Candidate], words: &str, kind: QueryKind, weights: &Weights) {
    let best = candidates.iter().map(|c| c.score).fold(0.0, f32::max);
    coherence(candidates, weights, best);
    definitions(candidates, words, kind, weights, best);
    if kind != QueryKind::Symbol {
        path_words(candidates, words, weights, best);
    }
    priors(candidates, words, weights);
    sort(candidates);
    saturate(candidates, weights);
    sort(candidates);
}

fn sort(candidates: &mut [Candidate]) {
    candidates.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then(a.shard.cmp(&b.shard)).then(a.id.cmp(&b.id))
    });
}

/// A file of which many chunks answer is about the question: its best chunk gains.
fn coherence(candidates: &mut [Candidate], weights: &Weights, best: f32) {
    let mut files: HashMap<(usize, u64), (f32, usize)> = HashMap::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let entry = files.entry((candidate.shard, candidate.file.id.0)).or_insert((0.0, index));
        entry.0 += candidate.score;
        if candidate.score > candidates[entry.1].score {
            entry.1 = index;
        }
    }
    let most = files.values().map(|(sum, _)| *sum).fold(f32::MIN_POSITIVE, f32::max);
    for (sum, index) in files.into_values() {
        candidates[index].add("same file", weights.coherence * best * sum / most);
    }
}

/// Who asks for a name wants its definition.
fn definitions(
    candidates: &mut [Candidate],
    words: &str,
    kind: QueryKind,
    weights: &Weights,
    best: f32,
) {
    let names = names_in(words, kind);
    let Some(wanted) = names.last().map(|name| name.to_lowercase()) else { return };
    let base =
        if kind == QueryKind::Symbol { weights.definition } else { weights.definition_mixed };
    for candidate in candidates {
        let defined = candidate.chunk().map_or(0.0, |chunk| {
            let strength = |name: &str| {
                if names.iter().any(|wanted| wanted == name) {
                    1.0
                } else if name.to_lowercase() == wanted {
                    0.8
                } else {
                    0.0
                }
            };
            chunk.defines.iter().map(|d| strength(&d.name)).fold(0.0, f32::max)
        });
        let stem = squash(name_of(&candidate.file.path));
        let stem_matches = names.iter().any(|name| squash(name) == stem);
        let factor = if stem_matches { weights.definition_stem } else { 1.0 };
        candidate.add("defines", base * defined * factor * best);
        if defined == 0.0 && stem_matches {
            candidate.add("path", 0.5 * best);
        }
    }
}

/// `retry_policy`, `RetryPolicy` and `retry-policy` are one name.
fn squash(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Words of the question in the file's name or in its folder's. A word that stands in the paths of
/// most candidates (the project's own name, say) tells little, so words count by their rarity.
fn path_words(candidates: &mut [Candidate], words: &str, weights: &Weights, best: f32) {
    let keywords: HashSet<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 3)
        .map(str::to_lowercase)
        .filter(|word| !is_stop_word(word))
        .collect();
    let mut files: HashMap<(usize, u64), Vec<&String>> = HashMap::new();
    for candidate in candidates.iter() {
        files.entry((candidate.shard, candidate.file.id.0)).or_insert_with(|| {
            let parts = path_parts(&candidate.file.path);
            let found = |word: &&String| parts.iter().any(|part| alike(word, part));
            keywords.iter().filter(found).collect()
        });
    }
    let rarity = |word: &String| {
        let with = files.values().filter(|found| found.contains(&word)).count();
        (1.0 + files.len() as f32 / (with as f32 + 0.5)).ln()
    };
    let rarities: HashMap<&String, f32> =
        keywords.iter().map(|word| (word, rarity(word))).collect();
    let all: f32 = rarities.values().sum();
    for candidate in candidates {
        let found = &files[&(candidate.shard, candidate.file.id.0)];
        let share =
            found.iter().map(|word| rarities[*word]).sum::<f32>() / all.max(f32::MIN_POSITIVE);
        if share >= 0.1 {
            candidate.add("path", weights.path * share * best);
        }
    }
}

/// The words of a file's name and of its folder's.
fn path_parts(path: &RelPath) -> Vec<String> {
    let folder = path.parent().rsplit('/').next().unwrap_or("");
    split_name(name_of(path)).chain(split_name(folder)).filter(|part| part.len() >= 3).collect()
}

/// What a file is called: some languages name a folder's main file always the same, so that it is
/// the folder that has the name.
fn name_of(path: &RelPath) -> &str {
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

/// What a file is: tests, examples, copies, prose; each gives way when the question asks for it.
fn priors(candidates: &mut [Candidate], words: &str, weights: &Weights) {
    let asked: HashSet<String> =
        words.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    let asks = |list: &[&str]| list.iter().any(|word| asked.contains(*word));
    let tests = asks(&["test", "tests", "testing", "tested", "spec", "mock", "fixture", "assert"]);
    let examples = asks(&["example", "examples", "demo", "sample", "tutorial", "usage"]);
    let benches = asks(&["bench", "benchmark", "benchmarks", "performance"]);
    let prose = asks(&[
        "docs",
        "documentation",
        "readme",
        "changelog",
        "guide",
        "config",
        "configuration",
        "settings",
        "manifest",
    ]);
    let vendored = asks(&["vendor", "vendored", "compat", "compatibility", "legacy"]);
    for candidate in candidates {
        let (name, factor) = match candidate.file.place {
            Place::Tests if !tests => ("tests", weights.tests),
            Place::Examples if !examples => ("example", weights.examples),
            Place::Benches if !benches => ("benchmark", weights.examples),
            Place::Vendored if !vendored => ("vendored", weights.vendored),
            Place::Docs | Place::Config if !prose => ("prose", weights.prose),
            _ => ("", 1.0),
        };
        if factor != 1.0 {
            candidate.multiply(name, factor);
        }
        match candidate.file.path.file_name() {
            "__init__.py" | "package-info.java" => {
                candidate.multiply("gathering file", weights.gathering);
            }
            name if name.ends_with(".d.ts") => {
                candidate.multiply("declarations", weights.declarations);
            }
            _ => {}
        }
    }
}

/// Further chunks of a file that is shown already make room for other files.
fn saturate(candidates: &mut [Candidate], weights: &Weights) {
    let mut seen: HashMap<(usize, u64), i32> = HashMap::new();
    for candidate in candidates {
        let count = seen.entry((candidate.shard, candidate.file.id.0)).or_default();
        candidate.score *= weights.saturation.powi(*count);
        *count += 1;
    }
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
