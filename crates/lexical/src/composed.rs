//! Unicode NFC: an accent may be a separate character or part of its letter, with no visible
//! difference. Texts and names are compared in this form; stored text stays unchanged.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The text for case-insensitive comparison: lower case, in NFC.
pub fn fold(text: &str) -> String {
    match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => folded(text).collect(),
    }
}

/// The text in NFC.
pub fn compose(text: &str) -> Cow<'_, str> {
    Composed::new(text).text
}

/// The characters of [`fold`].
pub(crate) fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase).nfc()
}

/// A text in NFC, with a mapping back to the original.
#[derive(Clone, Debug)]
pub(crate) struct Composed<'a> {
    text: Cow<'a, str>,
    changes: Vec<Change>,
}

/// A run of characters that composition changes, in both texts.
#[derive(Clone, Debug)]
struct Change {
    composed: Range<usize>,
    original: Range<usize>,
}

impl<'a> Composed<'a> {
    pub(crate) fn new(text: &'a str) -> Composed<'a> {
        if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
            return Composed { text: Cow::Borrowed(text), changes: Vec::new() };
        }
        let mut composed = String::with_capacity(text.len());
        let mut changes = Vec::new();
        let mut runs = starts(text).peekable();
        while let Some(start) = runs.next() {
            let original = start..runs.peek().copied().unwrap_or(text.len());
            let before = composed.len();
            composed.extend(text[original.clone()].nfc());
            if composed[before..] != text[original.clone()] {
                changes.push(Change { composed: before..composed.len(), original });
            }
        }
        Composed { text: Cow::Owned(composed), changes }
    }

    pub(crate) fn get(&self) -> &str {
        &self.text
    }

    /// The range of a part of the composed text in the original; a composed run stays whole.
    pub(crate) fn original(&self, composed: Range<usize>) -> Range<usize> {
        if self.changes.is_empty() {
            return composed;
        }
        self.original_of(composed.start, false)..self.original_of(composed.end, true)
    }

    fn original_of(&self, at: usize, is_end: bool) -> usize {
        let after = self.changes.partition_point(|change| change.composed.start < at);
        let before = self.changes[..after].last();
        match before {
            Some(change) if at < change.composed.end => match is_end {
                true => change.original.end,
                false => change.original.start,
            },
            Some(change) => change.original.end + (at - change.composed.end),
            None => at,
        }
    }
}

/// The starts of runs that compose independently: characters that do not combine with preceding
/// ones.
fn starts(text: &str) -> impl Iterator<Item = usize> {
    let begins = |(at, c): &(usize, char)| {
        *at == 0
            || (canonical_combining_class(*c) == 0
                && is_nfc_quick(std::iter::once(*c)) == IsNormalized::Yes)
    };
    text.char_indices().filter(begins).map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_are_those_of_the_original() {
        let text = "a e\u{301}x \u{1100}\u{1161}\u{11a8}!";
        let composed = Composed::new(text);
        assert_eq!(composed.get(), "a éx 각!");
        for (part, expected) in
            [("é", "e\u{301}"), ("éx", "e\u{301}x"), ("각", "\u{1100}\u{1161}\u{11a8}"), ("!", "!")]
        {
            let at = composed.get().find(part).unwrap();
            assert_eq!(&text[composed.original(at..at + part.len())], expected);
        }
    }

    #[test]
    fn case_and_form_do_not_matter() {
        assert_eq!(fold("RÉSUMÉ"), fold("re\u{301}sume\u{301}"));
        assert_eq!(fold("Plain"), "plain");
    }

    proptest! {
        #[test]
        fn it_is_form_c(text in "[a-c éÅがパ한ệ\u{301}\u{323}\u{3099}\u{1161}\u{2126}]*|\\PC*") {
            let composed = Composed::new(&text);
            let expected: String = text.nfc().collect();
            prop_assert_eq!(composed.get(), expected);
            prop_assert_eq!(composed.original(0..composed.get().len()), 0..text.len());
        }
    }
}
