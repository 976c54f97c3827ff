//! The words of the question, and names taken apart into words, to hold one against the other.

use std::collections::HashSet;

use descry_lexical::is_stop_word;

/// Further words of a pasted text say nothing new of what it is about.
const MOST: usize = 64;

/// The words of a question that tell something, each once.
pub(super) struct Keywords(Vec<String>);

/// How much each keyword tells: words that most things have tell little.
pub(super) struct Tell {
    of: Vec<f32>,
    all: f32,
}

impl Keywords {
    pub(super) fn of(words: &str) -> Keywords {
        let mut seen = HashSet::new();
        let words = words.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        let telling = words.filter(|word| word.chars().count() >= 3 && !is_stop_word(word));
        Keywords(telling.filter(|word| seen.insert(word.clone())).take(MOST).collect())
    }

    /// The numbers of the keywords that are among these words.
    pub(super) fn within(&self, words: &[String]) -> impl Iterator<Item = usize> {
        let is_there = |keyword: &String| words.iter().any(|word| alike(keyword, word));
        (0..self.0.len()).filter(move |number| is_there(&self.0[*number]))
    }

    /// How much of these words is asked for: 0 to 1.
    pub(super) fn precision(&self, words: &[String]) -> f32 {
        let asked = |word: &&String| self.0.iter().any(|keyword| alike(keyword, word));
        words.iter().filter(asked).count() as f32 / words.len().max(1) as f32
    }

    /// What each keyword tells, by its rarity among things of which each has some.
    pub(super) fn tell<'f>(&self, found: impl Iterator<Item = &'f [usize]>) -> Tell {
        let (mut with, mut things) = (vec![0_usize; self.0.len()], 0_usize);
        for found in found {
            things += 1;
            found.iter().for_each(|number| with[*number] += 1);
        }
        let rarity = |with: usize| (1.0 + things as f32 / (with as f32 + 0.5)).ln();
        let of: Vec<f32> = with.into_iter().map(rarity).collect();
        Tell { all: of.iter().sum(), of }
    }
}

impl Tell {
    /// How much of all that the keywords tell these have: 0 to 1.
    pub(super) fn share(&self, found: &[usize]) -> f32 {
        found.iter().map(|number| self.of[*number]).sum::<f32>() / self.all.max(f32::MIN_POSITIVE)
    }
}

/// Two words that differ in their ending only (`parse`, `parser`, `parsing` by their first letters).
fn alike(a: &str, b: &str) -> bool {
    a == b || (a.len().min(b.len()) >= 3 && (a.starts_with(b) || b.starts_with(a)))
}

/// The words of a name: `HttpServer_v2` gives `http`, `server`, `v2`.
pub(crate) fn split_name(name: &str) -> impl Iterator<Item = String> {
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
