//! The code tokenizer, which indexes an identifier as a whole and by its parts.
//!
//! A word is a run of letters, digits and `_`. It is lower-cased and stripped of `_`, so that
//! `retry_policy`, `retryPolicy` and `RetryPolicy` are one word, `retrypolicy`. Its parts have the
//! same position, so that a phrase finds adjacent words whether or not they have parts. Scripts
//! without spaces between words are split into overlapping pairs of characters. Text is read in
//! Unicode NFC, so that separately encoded accents do not matter.

use std::ops::Range;

use crate::composed::{Composed, folded};

/// Longer words are hashes, keys and encoded data, which nobody searches for by a part.
const MAX_WORD_BYTES: usize = 128;

/// A word or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The lower-case text without `_`; equal texts match.
    pub text: String,
    /// The byte range in the text.
    pub bytes: Range<usize>,
    /// The number of words before it. A part has the position of its word.
    pub position: usize,
    /// True for a part of a longer word, which precedes it.
    pub is_part: bool,
}

/// The tokens of `text`, in order; a word with several parts is followed by them.
pub fn tokenize(text: &str) -> impl Iterator<Item = Token> {
    Pieces::new(text).map(move |piece| {
        let mut token = String::new();
        write_key(&text[piece.bytes.clone()], &mut token);
        Token { text: token, bytes: piece.bytes, position: piece.position, is_part: piece.is_part }
    })
}

/// A token without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) bytes: Range<usize>,
    pub(crate) position: usize,
    pub(crate) is_part: bool,
}

/// Writes the comparison key of a word or part: lower case, composed, without `_`.
pub(crate) fn write_key(word: &str, out: &mut String) {
    out.clear();
    if word.is_ascii() {
        out.push_str(word);
        out.make_ascii_lowercase();
        if word.as_bytes().contains(&b'_') {
            out.retain(|c| c != '_');
        }
    } else {
        out.extend(folded(word).filter(|c| *c != '_'));
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Gap,
    Underscore,
    Digit,
    Lower,
    Upper,
    /// A character of a script without spaces.
    Dense,
}

const ASCII: [Class; 128] = {
    let mut table = [Class::Gap; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Upper,
            b'0'..=b'9' => Class::Digit,
            b'_' => Class::Underscore,
            _ => Class::Gap,
        };
        byte += 1;
    }
    table
};

fn class_of(c: char) -> Class {
    match c {
        // Combining accents belong to the preceding letter.
        '\u{300}'..='\u{36f}' => Class::Lower,
        // Thai, Lao, Myanmar, Khmer; kana, Han, Hangul; their compatibility and extension blocks.
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}'
            if c.is_alphanumeric() =>
        {
            Class::Dense
        }
        _ if c.is_uppercase() => Class::Upper,
        _ if c.is_alphabetic() => Class::Lower,
        _ if c.is_numeric() => Class::Digit,
        _ => Class::Gap,
    }
}

/// Iterates over the tokens of a text, without allocating if it is composed.
#[derive(Clone, Debug)]
pub(crate) struct Pieces<'a> {
    text: Composed<'a>,
    /// The end of the scanned text.
    at: usize,
    /// The rest of the current word, still to be returned as parts.
    parts: Range<usize>,
    /// The position of the next word.
    next_position: usize,
}

impl<'a> Pieces<'a> {
    pub(crate) fn new(text: &'a str) -> Pieces<'a> {
        Pieces { text: Composed::new(text), at: 0, parts: 0..0, next_position: 0 }
    }

    /// The class and end of the character at `at`; a gap at the end of the text.
    #[inline]
    fn class_at(&self, at: usize) -> (Class, usize) {
        match self.text.get().as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => (ASCII[*byte as usize], at + 1),
            Some(_) => match self.text.get()[at..].chars().next() {
                Some(c) => (class_of(c), at + c.len_utf8()),
                None => (Class::Gap, at),
            },
            None => (Class::Gap, at),
        }
    }

    /// The end of the run of `class` that starts or ends at `at`.
    #[inline]
    fn run_end(&self, class: Class, mut at: usize) -> usize {
        loop {
            match self.class_at(at) {
                (found, end) if found == class => at = end,
                _ => return at,
            }
        }
    }

    /// The end of the part that starts with the letter or digit at `start`.
    fn part_end(&self, start: usize) -> usize {
        let (class, first_end) = self.class_at(start);
        match class {
            Class::Upper => {}
            Class::Dense => return first_end,
            _ => return self.run_end(class, first_end),
        }
        let (mut last_upper, mut end) = (start, first_end);
        while let (Class::Upper, next) = self.class_at(end) {
            (last_upper, end) = (end, next);
        }
        let lower_end = self.run_end(Class::Lower, end);
        let plural_of_capitals = last_upper > start && &self.text.get()[end..lower_end] == "s";
        if lower_end == end || last_upper == start || plural_of_capitals {
            lower_end // HTTP, Server, URLs
        } else {
            last_upper // the HTTP of HTTPServer
        }
    }

    fn next_part(&mut self) -> Option<Range<usize>> {
        let start = self.run_end(Class::Underscore, self.parts.start);
        if start >= self.parts.end {
            return None;
        }
        self.parts.start = self.part_end(start);
        Some(start..self.parts.start)
    }

    /// Returns the next word, and sets `parts` if it has several.
    fn next_word(&mut self) -> Option<Piece> {
        loop {
            let (class, end) = self.class_at(self.at);
            match class {
                Class::Gap if end == self.at => return None,
                Class::Gap | Class::Underscore => self.at = end,
                Class::Dense => return Some(self.dense(end)),
                _ => {
                    let start = self.at;
                    if let Some(bytes) = self.word_from(start) {
                        return Some(self.piece(bytes, false));
                    }
                }
            }
        }
    }

    /// The character that ends at `end`, paired with the next one if that is also dense.
    fn dense(&mut self, end: usize) -> Piece {
        let start = std::mem::replace(&mut self.at, end);
        let inside = self.text.get()[..start]
            .chars()
            .next_back()
            .is_some_and(|c| class_of(c) == Class::Dense);
        match self.class_at(end) {
            (Class::Dense, pair_end) => {
                self.parts = start..end;
                self.piece(start..pair_end, false)
            }
            _ => self.piece(start..end, inside),
        }
    }

    /// The word that starts at `start`, without trailing `_`, unless it is too long.
    fn word_from(&mut self, start: usize) -> Option<Range<usize>> {
        let mut word_end = start;
        loop {
            let (class, end) = self.class_at(self.at);
            match class {
                Class::Gap | Class::Dense => break,
                Class::Underscore => self.at = end,
                _ => {
                    self.at = end;
                    word_end = end;
                }
            }
        }
        if word_end - start > MAX_WORD_BYTES {
            return None;
        }
        if self.part_end(start) < word_end {
            self.parts = start..word_end;
        }
        Some(start..word_end)
    }

    fn piece(&mut self, bytes: Range<usize>, is_part: bool) -> Piece {
        self.next_position += 1;
        Piece { bytes, position: self.next_position - 1, is_part }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let piece = self.next_piece()?;
        Some(Piece { bytes: self.text.original(piece.bytes), ..piece })
    }
}

impl Pieces<'_> {
    /// The next piece, in bytes of the composed text.
    fn next_piece(&mut self) -> Option<Piece> {
        if self.parts.start < self.parts.end
            && let Some(bytes) = self.next_part()
        {
            return Some(Piece { bytes, position: self.next_position - 1, is_part: true });
        }
        self.next_word()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    /// `expected`: words separated by spaces, their parts after colons.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut found = String::new();
        for token in tokenize(text) {
            found += if token.is_part { ":" } else { " " };
            found += &token.text;
        }
        assert_eq!(found.trim_start(), expected, "{text}");
    }

    #[test]
    fn identifiers_and_their_parts() {
        check("HTTPServer2", "httpserver2:http:server:2");
        check("retry_policy retryPolicy RetryPolicy", &["retrypolicy:retry:policy"; 3].join(" "));
        check("__init__(self)", "init self");
        check("MAX_RETRIES = 0x1F;", "maxretries:max:retries 0x1f:0:x:1:f");
        check("parseURLs(IDs, aB)", "parseurls:parse:urls ids ab:a:b");
        check("URLSet", "urlset:url:set");
        check("a-b.c::d", "a b c d");
        check("_ __ ", "");
        check("", "");
    }

    #[test]
    fn any_script() {
        check("größeBerechnen", "größeberechnen:größe:berechnen");
        check("ПоискСлова", "поискслова:поиск:слова");
        check("検索", "検索:検:索");
        check("検索する値x1", "検索:検 索す:索 する:す る値:る:値 x1:x:1");
        check("字", "字");
        check("e\u{301}te\u{301}", "été");
        check("x\u{301}y", "x\u{301}y");
        check("🙂foo🙂", "foo");
    }

    #[test]
    fn very_long_words_are_left_out() {
        check(&format!("a {} b", "x".repeat(MAX_WORD_BYTES + 1)), "a b");
    }

    /// Texts that differ only in normalization form have the same tokens at the same visible
    /// places.
    #[track_caller]
    fn check_forms(text: &str) -> Result<(), TestCaseError> {
        let of = |text: &str| -> Vec<_> {
            let token = |token: Token| {
                let shown: String = text[token.bytes].nfc().collect();
                (token.text, token.position, token.is_part, shown)
            };
            tokenize(text).map(token).collect()
        };
        let composed: String = text.nfc().collect();
        let decomposed: String = text.nfd().collect();
        prop_assert_eq!(of(&composed), of(&decomposed), "{}", text);
        Ok(())
    }

    #[test]
    fn accents_may_be_characters_of_their_own() {
        let texts = [
            "ÉCOLE Élève naïveÉlan résumé_final",
            "größeBerechnen()",
            "ガイドブック プログラム",
            "한국어 검색",
            "Việt Nam Åse",
            "x\u{301} q\u{323}\u{301}",
        ];
        texts.into_iter().for_each(|text| check_forms(text).unwrap());
    }

    proptest! {
        #[test]
        fn any_text_has_the_same_tokens_in_any_form(text in "([a-cA-C_ éÉüñÅệ\u{301}\u{323}1]|[가-힣がパ字]+ )*") {
            check_forms(&text)?;
        }

        #[test]
        fn tokens_are_in_order_and_lie_within_their_word(text in any::<String>()) {
            let mut word = Token { text: String::new(), bytes: 0..0, position: 0, is_part: false };
            let mut expected_position = 0;
            for token in tokenize(&text) {
                prop_assert!(text.get(token.bytes.clone()).is_some_and(|t| !t.is_empty()));
                prop_assert!(!token.text.is_empty());
                if token.is_part && token.position == word.position && expected_position > 0 {
                    prop_assert!(token.bytes.start >= word.bytes.start);
                    prop_assert!(token.bytes.end <= word.bytes.end);
                } else {
                    prop_assert_eq!(token.position, expected_position);
                    prop_assert!(token.bytes.start >= word.bytes.start);
                    expected_position += 1;
                    word = token;
                }
            }
        }
    }
}
