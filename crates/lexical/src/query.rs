//! Turns typed text into terms to look up, and locates these terms in a text.

use std::collections::HashMap;
use std::ops::Range;

use crate::score::FieldWeights;
use crate::stop_words::{is_particle, is_stop_word};
use crate::token::{Pieces, tokenize, write_key};
use crate::variants::variants;

/// The maximum number of distinct terms; only pasted text has more.
const MAX_TERMS: usize = 512;

/// Words, phrases and weights.
#[derive(Clone, Debug, Default)]
pub struct LexicalQuery {
    /// The query words as typed, without function words.
    pub words: Vec<String>,
    /// The distinct terms to look up. A document matches if it contains any of them.
    pub terms: Vec<QueryTerm>,
    /// Phrases that every document must contain; see [`LexicalQuery::with_phrase`].
    pub phrases: Vec<String>,
    /// The weights of fields and kinds of terms.
    pub weights: FieldWeights,
}

/// A term to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryTerm {
    /// The token, as [`tokenize`] returns it.
    pub token: String,
    /// Other forms of it, which count a little less.
    pub variants: Vec<String>,
    /// Its relation to its word.
    pub kind: TermKind,
    /// The index of its word in [`LexicalQuery::words`]; of the first of two for
    /// [`TermKind::Compound`].
    pub word: usize,
}

/// How a term relates to its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TermKind {
    /// The word itself.
    Whole,
    /// Two adjacent words written as one identifier: `rate limiter`, `RateLimiter`.
    Compound,
    /// A part of an identifier.
    Part,
}

/// An occurrence of a query word in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordMatch {
    /// The index of the term in [`LexicalQuery::terms`].
    pub term: usize,
    /// The byte range in the text.
    pub bytes: Range<usize>,
}

struct Word<'a> {
    text: &'a str,
    position: usize,
    token: String,
    parts: Vec<String>,
}

impl LexicalQuery {
    /// The query for words, identifiers or a question. Drops function words unless there is nothing
    /// else. Every text is a valid query; one without a letter or digit has no terms.
    pub fn from_text(text: &str) -> LexicalQuery {
        let mut query = LexicalQuery::default();
        query.add_words(text);
        query
    }

    /// The query for exactly these tokens, as [`tokenize`] writes them, without variants.
    pub fn from_tokens(tokens: Vec<String>) -> LexicalQuery {
        let term = |(word, token): (usize, String)| QueryTerm {
            token,
            variants: Vec::new(),
            kind: TermKind::Whole,
            word,
        };
        let words = tokens.clone();
        let terms = tokens.into_iter().enumerate().map(term).collect();
        LexicalQuery { words, terms, ..LexicalQuery::default() }
    }

    /// Also requires an exact phrase: its words, adjacent and in order, in the chunk's text. The
    /// caller must check the text for punctuation between words and for letters adjacent to the
    /// phrase within the same part of an identifier. The phrase's words count for the score.
    pub fn with_phrase(mut self, phrase: &str) -> LexicalQuery {
        self.add_words(phrase);
        self.phrases.push(phrase.to_owned());
        self
    }

    /// True if the query has no terms and no phrases.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.phrases.is_empty()
    }

    fn add_words(&mut self, text: &str) {
        let mut words = words(text);
        if words.iter().any(|word| !is_stop_word(&word.token)) {
            words.retain(|word| !is_stop_word(&word.token));
        }
        let is_said = |word: &Word<'_>| word.parts.is_empty() && is_particle(&word.token);
        let has_others = words.iter().any(|word| !is_said(word));
        for (i, word) in words.iter().enumerate() {
            if self.terms.len() >= MAX_TERMS {
                break;
            }
            if has_others && is_said(word) {
                continue;
            }
            let index = self.words.len();
            self.words.push(word.text.to_owned());
            self.add_term(word.token.clone(), TermKind::Whole, index);
            for part in &word.parts {
                if !is_stop_word(part) {
                    self.add_term(part.clone(), TermKind::Part, index);
                }
            }
            if let Some(next) = words.get(i + 1)
                && next.position == word.position + 1
                && word.parts.is_empty()
                && next.parts.is_empty()
            {
                self.add_term(format!("{}{}", word.token, next.token), TermKind::Compound, index);
            }
        }
    }

    fn add_term(&mut self, token: String, kind: TermKind, word: usize) {
        match self.terms.iter_mut().find(|term| term.token == token) {
            Some(term) if term.kind > kind => (term.kind, term.word) = (kind, word),
            Some(_) => {}
            None => {
                let variants =
                    if kind == TermKind::Compound { Vec::new() } else { variants(&token) };
                self.terms.push(QueryTerm { token, variants, kind, word });
            }
        }
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    for piece in Pieces::new(text) {
        let slice = &text[piece.bytes];
        let mut token = String::new();
        write_key(slice, &mut token);
        if let Some(word) = words.last_mut().filter(|word| word.position == piece.position) {
            word.parts.push(token);
        } else if words.len() < 4 * MAX_TERMS {
            let position = piece.position;
            words.push(Word { text: slice, position, token, parts: Vec::new() });
        } else {
            break;
        }
    }
    words
}

/// The occurrences of the words of `query` in `text`, in order and without overlap: the whole
/// identifier if the query contains it, otherwise its parts.
pub fn matched_terms(query: &LexicalQuery, text: &str) -> Vec<WordMatch> {
    let mut by_token: HashMap<&str, usize> = HashMap::new();
    for (i, term) in query.terms.iter().enumerate() {
        by_token.insert(&term.token, i);
    }
    if query.weights.variant > 0.0 {
        for (i, term) in query.terms.iter().enumerate() {
            for variant in &term.variants {
                by_token.entry(variant).or_insert(i);
            }
        }
    }
    let mut matches: Vec<WordMatch> = Vec::new();
    for token in tokenize(text) {
        if let Some(&term) = by_token.get(token.text.as_str())
            && matches.last().is_none_or(|last| last.bytes.end <= token.bytes.start)
        {
            matches.push(WordMatch { term, bytes: token.bytes });
        }
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words are bare, parts have `.`, compounds have `+`.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found: Vec<String> = (LexicalQuery::from_text(text).terms.iter())
            .map(|term| match term.kind {
                TermKind::Whole => term.token.clone(),
                TermKind::Part => format!(".{}", term.token),
                TermKind::Compound => format!("+{}", term.token),
            })
            .collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }

    #[test]
    fn terms() {
        check("how does the retry policy work?", "retry +retrypolicy policy +policywork work");
        check("getUserById", "getuserbyid .get .user .id");
        check("Router::route", "router +routerroute route");
        check("http HTTPServer http", "http httpserver .server");
        check("HTTPServer http", "httpserver http .server");
        check("what is this", "what +whatis is +isthis this");
        check("back off twice", "back +backoff twice");
        check("only up", "only +onlyup up");
        check("for", "for");
        check("=> {}", "");
    }

    #[test]
    fn matches_in_a_text() {
        #[track_caller]
        fn check(query: &str, text: &str, expected: &[&str]) {
            let query = LexicalQuery::from_text(query);
            let found: Vec<&str> =
                matched_terms(&query, text).into_iter().map(|m| &text[m.bytes]).collect();
            assert_eq!(found, expected, "{query:?}");
        }
        check("http server", "new HTTPServer(server)", &["HTTPServer", "server"]);
        check("server", "new HTTPServer(server)", &["Server", "server"]);
        check("retryPolicy", "retry_policy; policy", &["retry_policy", "policy"]);
        check("検索", "全文検索する", &["検索"]);
        check("x", "nothing", &[]);
    }

    #[test]
    fn a_pasted_file_stays_a_query() {
        let text: String = (0..10_000).map(|i| format!("word{i} ")).collect();
        assert!(LexicalQuery::from_text(&text).terms.len() <= MAX_TERMS + 3);
    }
}
