//! The words of the query, and names split into words to compare with them.

use std::collections::HashSet;

use descry_lexical::{is_stop_word, tokenize};

/// The maximum number of keywords; more words of a pasted text add nothing.
const MOST: usize = 64;

/// The meaningful words of a query, each once.
pub(super) struct Keywords(Vec<String>);

/// The information of each keyword; common words carry little.
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

    /// The indexes of the keywords among these words.
    pub(super) fn within(&self, words: &[String]) -> impl Iterator<Item = usize> {
        let is_there = |keyword: &String| words.iter().any(|word| alike(keyword, word));
        (0..self.0.len()).filter(move |number| is_there(&self.0[*number]))
    }

    /// The share of these words that the query contains: 0 to 1.
    pub(super) fn precision(&self, words: &[String]) -> f32 {
        let asked = |word: &&String| self.0.iter().any(|keyword| alike(keyword, word));
        words.iter().filter(asked).count() as f32 / words.len().max(1) as f32
    }

    /// The information of each keyword, from its rarity among items; `found` lists the keywords of
    /// each item.
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
    /// The share of the keywords' total information that these have: 0 to 1.
    pub(super) fn share(&self, found: &[usize]) -> f32 {
        found.iter().map(|number| self.of[*number]).sum::<f32>() / self.all.max(f32::MIN_POSITIVE)
    }
}

/// True if two words differ only in their endings (`parse`, `parser`): one is a prefix of the
/// other.
fn alike(a: &str, b: &str) -> bool {
    a == b || (a.len().min(b.len()) >= 3 && (a.starts_with(b) || b.starts_with(a)))
}

/// The words of a name, as the word index splits it: `HTTPServer_v2` is `http`, `server`, `v`, `2`.
pub(crate) fn split_name(name: &str) -> impl Iterator<Item = String> {
    let mut tokens = tokenize(name).peekable();
    std::iter::from_fn(move || {
        loop {
            let token = tokens.next()?;
            // The parts of a word follow it.
            let has_parts = !token.is_part && tokens.peek().is_some_and(|next| next.is_part);
            if !has_parts {
                return Some(token.text);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        let split = |name| split_name(name).collect::<Vec<_>>();
        assert_eq!(split("HTTPServer_v2"), ["http", "server", "v", "2"]);
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
