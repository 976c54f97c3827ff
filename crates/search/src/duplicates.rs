//! Code that is written more than once: the best of it is a hit, the others are listed with it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use descry_base::{ChunkId, RelPath, RootId, Span};
use serde::{Deserialize, Serialize};

/// A chunk that says the same as a hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its folder.
    pub root: RootId,
    /// Path inside the folder.
    pub path: RelPath,
    /// Where in the file.
    pub span: Span,
    /// Every line is the same but for blanks at either end; otherwise most lines are.
    pub exact: bool,
}

/// What two texts are compared by.
#[derive(Debug)]
pub(crate) struct Print {
    /// Of all lines in order.
    whole: u64,
    /// Of each line that says something.
    lines: HashSet<u64>,
}

/// A text of fewer letters (a closing bracket, an import) is everywhere and stays a hit of its own.
const LEAST_LETTERS: usize = 40;

/// Of fewer lines, one that differs makes another thing.
const LEAST_LINES: usize = 6;

/// The share of all their lines that two texts have in common, from which on they are nearly the same:
/// of ten lines, one may differ.
const ALIKE: f32 = 0.8;

impl Print {
    /// `None` for a text that says too little.
    pub(crate) fn of(text: &str) -> Option<Print> {
        let letters = |line: &str| line.chars().filter(|c| c.is_alphanumeric()).count();
        if letters(text) < LEAST_LETTERS {
            return None;
        }
        let mut whole = DefaultHasher::new();
        let mut lines = HashSet::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            line.hash(&mut whole);
            if letters(line) > 1 {
                let mut one = DefaultHasher::new();
                line.hash(&mut one);
                lines.insert(one.finish());
            }
        }
        Some(Print { whole: whole.finish(), lines })
    }

    /// Whether they say the same: exactly (`true`), or nearly.
    pub(crate) fn same(&self, other: &Print) -> Option<bool> {
        if self.whole == other.whole {
            return Some(true);
        }
        let (few, many) =
            (self.lines.len().min(other.lines.len()), self.lines.len().max(other.lines.len()));
        if few < LEAST_LINES || (few as f32) < ALIKE * many as f32 {
            return None;
        }
        let shared = self.lines.intersection(&other.lines).count();
        let all = few + many - shared;
        (shared as f32 >= ALIKE * all as f32).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_by_their_lines() {
        #[track_caller]
        fn check(a: &str, b: &str, expected: Option<bool>) {
            let same = match (Print::of(a), Print::of(b)) {
                (Some(a), Some(b)) => a.same(&b),
                _ => None,
            };
            assert_eq!(same, expected);
        }
        let lines = |names: &[&str]| {
            names
                .iter()
                .map(|name| format!("    let {name} = compute({name});\n"))
                .collect::<String>()
        };
        let many = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let text = lines(&many);
        check(&text, &text, Some(true));
        check(&text, &text.replace("    ", "\t"), Some(true));
        check(&text, &text.replace("let j = ", "let k = "), Some(false));
        check(&text, &lines(&many[..6]), None);
        check(&lines(&many[..3]), &lines(&["a", "b", "x"]), None);
        check("}\n", "}\n", None);
        check("", "", None);
    }
}
