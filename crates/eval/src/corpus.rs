//! Whether exact queries find their files: identifiers drawn from all files, and the names of the
//! files.

use std::collections::{HashMap, HashSet};

/// An indexed file.
pub(crate) struct File {
    pub(crate) path: String,
    /// Whether it is part of the code itself: not tests, settings, prose or examples.
    pub(crate) is_source: bool,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn name(&self) -> &str {
        name(&self.path)
    }
}

/// The last part of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Where an identifier occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Source,
    Elsewhere,
    Both,
}

impl At {
    pub(crate) const ALL: [(At, &str); 3] =
        [(At::Source, "source only"), (At::Elsewhere, "elsewhere only"), (At::Both, "both")];
}

/// The files of each identifier.
pub(crate) struct Corpus<'a> {
    files: &'a [File],
    by_path: HashMap<&'a str, usize>,
    holders: HashMap<&'a str, Vec<usize>>,
}

/// Shorter words are rarely names.
const LEAST_LETTERS: usize = 4;

/// The identifiers in a text, with repetitions.
pub(crate) fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| {
        word.len() >= LEAST_LETTERS
            && word.is_ascii()
            && !word.starts_with(|c: char| c.is_ascii_digit())
    })
}

impl<'a> Corpus<'a> {
    pub(crate) fn of(files: &'a [File]) -> Corpus<'a> {
        let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            for identifier in identifiers(&file.text) {
                let holders = holders.entry(identifier).or_default();
                if holders.last() != Some(&index) {
                    holders.push(index);
                }
            }
        }
        let by_path = files.iter().map(|file| file.path.as_str()).zip(0..).collect();
        Corpus { files, by_path, holders }
    }

    /// Draws at most `most` identifiers evenly from all files that have any left: a long file
    /// counts no more than a short one. Hashes alone decide which ones.
    pub(crate) fn draw(&self, most: usize) -> Vec<&'a str> {
        let by_hash = |text: &&str| *blake3::hash(text.as_bytes()).as_bytes();
        let mut files: Vec<&File> = self.files.iter().collect();
        files.sort_by_cached_key(|file| by_hash(&file.path.as_str()));
        let mut waiting: Vec<_> = files
            .into_iter()
            .map(|file| {
                let own: HashSet<&str> = identifiers(&file.text).collect();
                let mut own: Vec<&str> = own.into_iter().collect();
                own.sort_by_cached_key(by_hash);
                own.into_iter()
            })
            .collect();
        let (mut drawn, mut seen) = (Vec::new(), HashSet::new());
        loop {
            let before = drawn.len();
            for own in &mut waiting {
                if drawn.len() < most {
                    drawn.extend(own.find(|identifier| seen.insert(*identifier)));
                }
            }
            if drawn.len() == before {
                return drawn;
            }
        }
    }

    /// The files that contain an identifier.
    pub(crate) fn holders(&self, identifier: &str) -> impl Iterator<Item = &'a File> {
        self.holders.get(identifier).into_iter().flatten().map(|index| &self.files[*index])
    }

    pub(crate) fn at(&self, identifier: &str) -> At {
        let is = |source| self.holders(identifier).any(|file| file.is_source == source);
        match (is(true), is(false)) {
            (true, true) => At::Both,
            (true, false) => At::Source,
            (false, _) => At::Elsewhere,
        }
    }

    fn holds(&self, path: &str, identifier: &str) -> bool {
        let holders = self.holders.get(identifier);
        let index = self.by_path.get(path);
        index.zip(holders).is_some_and(|(index, holders)| holders.binary_search(index).is_ok())
    }

    /// Each file name once.
    pub(crate) fn names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.files.iter().map(File::name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// How an identifier was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The first hit contains it.
    pub(crate) first: bool,
    /// The first hit's file contains it.
    pub(crate) first_file: bool,
    /// No hit without it ranks above a hit with it.
    pub(crate) in_order: bool,
    /// No file without it ranks above a file with it.
    pub(crate) files_in_order: bool,
}

impl Verdict {
    /// Judges the hits, best first, each a path and its shown text.
    pub(crate) fn of(corpus: &Corpus<'_>, identifier: &str, hits: &[(&str, &str)]) -> Verdict {
        let hold = hits.iter().map(|(_, text)| identifiers(text).any(|it| it == identifier));
        let hold: Vec<bool> = hold.collect();
        // A file has the rank of its first hit.
        let mut seen = HashSet::new();
        let firsts = hits.iter().filter(|(path, _)| seen.insert(*path));
        let files: Vec<bool> = firsts.map(|(path, _)| corpus.holds(path, identifier)).collect();
        Verdict {
            first: hold.first() == Some(&true),
            first_file: files.first() == Some(&true),
            in_order: hold.is_sorted_by(|above, below| above >= below),
            files_in_order: files.is_sorted_by(|above, below| above >= below),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Vec<File> {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            is_source: path.starts_with("src/"),
            text: (*text).to_owned(),
        };
        files.iter().map(file).collect()
    }

    #[test]
    fn identifiers_are_ascii_words_that_begin_with_a_letter() {
        #[track_caller]
        fn check(text: &str, expected: &[&str]) {
            assert_eq!(identifiers(text).collect::<Vec<_>>(), expected);
        }
        check("let retry_limit = max(four, 3);", &["retry_limit", "four"]);
        check("$RETRY-_four.x1234 0x1234abcd 12ab", &["RETRY", "_four", "x1234"]);
        check("naïvely größer tête", &[]);
        check("", &[]);
    }

    #[test]
    fn a_draw_is_even_and_the_same_each_time() {
        let long: Vec<String> = (0..100).map(|number| format!("word_{number}")).collect();
        let files = files(&[("src/a.rs", &long.join(" ")), ("notes.txt", "only once"), ("e", "")]);
        let corpus = Corpus::of(&files);
        let drawn = corpus.draw(6);
        assert_eq!(drawn, corpus.draw(6));
        assert_eq!(drawn.len(), 6);
        assert!(drawn.contains(&"only") && drawn.contains(&"once"), "{drawn:?}");
        assert_eq!(corpus.draw(1_000).len(), 102);
        // A larger draw begins with the same identifiers.
        assert_eq!(corpus.draw(8)[..6], drawn);
    }

    #[test]
    fn where_it_stands_is_told_by_the_files() {
        let files = files(&[
            ("src/a.rs", "here both"),
            ("tests/a.rs", "both there there"),
            ("src/b.rs", "here"),
        ]);
        let corpus = Corpus::of(&files);
        let check = |identifier: &str, at: At, holders: usize| {
            assert_eq!((corpus.at(identifier), corpus.holders(identifier).count()), (at, holders));
        };
        check("here", At::Source, 2);
        check("there", At::Elsewhere, 1);
        check("both", At::Both, 2);
        assert_eq!(corpus.names(), ["a.rs", "b.rs"]);
    }

    #[test]
    fn what_holds_it_stands_above_what_does_not() {
        let files = files(&[("a", "name this"), ("b", "Name that"), ("c", "name")]);
        let corpus = Corpus::of(&files);
        #[track_caller]
        fn check(corpus: &Corpus<'_>, hits: &[(&str, &str)], expected: [bool; 4]) {
            let verdict = Verdict::of(corpus, "name", hits);
            let Verdict { first, first_file, in_order, files_in_order } = verdict;
            assert_eq!([first, first_file, in_order, files_in_order], expected);
        }
        check(&corpus, &[("a", "name"), ("c", "name"), ("b", "Name")], [true; 4]);
        check(&corpus, &[("a", "this"), ("c", "name"), ("b", "")], [false, true, false, true]);
        check(&corpus, &[("a", "name"), ("b", "Name"), ("c", "name")], [true, true, false, false]);
        check(&corpus, &[("a", "name"), ("b", ""), ("a", "this")], [true; 4]);
        check(&corpus, &[("b", "my_name rename"), ("a", "name")], [false; 4]);
        check(&corpus, &[("b", "that")], [false, false, true, true]);
        check(&corpus, &[], [false, false, true, true]);
    }
}
