//! Duplicate code: the best copy is a hit and lists the others.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use descry_base::{ChunkId, RelPath, RootId, Span};
use serde::{Deserialize, Serialize};

/// A chunk with the same or nearly the same text as a hit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Duplicate {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its folder.
    pub root: RootId,
    /// The path inside the folder.
    pub path: RelPath,
    /// The location in the file.
    pub span: Span,
    /// True if all lines are equal except for surrounding blanks; false if only most are.
    pub exact: bool,
}

/// A fingerprint for comparing texts.
#[derive(Debug)]
pub(crate) struct Print {
    /// The hash of all lines in order.
    whole: u64,
    /// The hash of each line with content.
    lines: HashSet<u64>,
}

/// A text with fewer letters (a closing bracket, an import) occurs everywhere and remains a
/// separate hit.
const LEAST_LETTERS: usize = 40;

/// With fewer lines, a single difference makes another text.
const LEAST_LINES: usize = 6;

/// The share of common lines at which two texts are nearly the same: one line in ten may differ.
const ALIKE: f32 = 0.8;

impl Print {
    /// `None` for a text that is too short.
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

    /// `Some(true)` if both texts are equal, `Some(false)` if nearly equal.
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
