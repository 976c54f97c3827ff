//! SentencePiece's Unigram model (Kudo, 2018), rebuilt from GGUF metadata: finds the most probable
//! split of a word into tokens.

use super::charsmap::Charsmap;
use super::trie::Trie;
use super::vocabulary::{Kind, SPACE_MARK, Vocabulary};
use crate::error::Cause;
use crate::gguf::Gguf;

/// How much less probable a character that is not a token is than the least probable token
/// (`kUnkPenalty` in SentencePiece's unigram_model.cc).
const UNKNOWN_PENALTY: f64 = 10.0;

/// Splits words as the tokenizers of T5 and XLM-RoBERTa do, ignoring white space between them. The
/// key `remove_extra_whitespaces` is not read: its value in files of XLM-RoBERTa's descendants
/// varies with what they were converted from, but the tokenizer is the same.
pub(super) struct Unigram {
    tokens: Trie,
    /// The log probability of each token.
    scores: Vec<f32>,
    unknown: u32,
    unknown_score: f64,
    charsmap: Option<Charsmap>,
    /// Whether the first word of a text has a space mark before it, like the others.
    space_prefix: bool,
}

/// The best path to a position in a word.
#[derive(Clone, Copy)]
struct Step {
    score: f64,
    /// The last token, and where it begins.
    id: u32,
    start: u32,
}

/// Memory reused for the next word.
#[derive(Default)]
struct Scratch {
    normal: String,
    word: String,
    steps: Vec<Step>,
}

impl Unigram {
    pub(super) fn load(
        gguf: &Gguf,
        vocabulary: &Vocabulary<'_>,
        unknown: u32,
    ) -> Result<Unigram, Cause> {
        let scores = vocabulary.scores(gguf)?;
        // Special tokens are never found in text. Neither are added tokens, which represent gaps in
        // a text (T5).
        let normal =
            || vocabulary.iter().filter(|&(id, _, kind)| id != unknown && kind == Kind::Normal);
        let least = normal().map(|(id, _, _)| scores[id as usize]).fold(0.0, f32::min);
        Ok(Unigram {
            tokens: Trie::new(normal().map(|(id, text, _)| (id, text.as_bytes()))),
            scores,
            unknown,
            unknown_score: f64::from(least) - UNKNOWN_PENALTY,
            charsmap: Charsmap::load(gguf)?,
            space_prefix: gguf.flag("tokenizer.ggml.add_space_prefix", true)?,
        })
    }

    pub(super) fn encode(&self, text: &str, limit: usize, ids: &mut Vec<u32>) {
        let mut scratch = Scratch::default();
        let (mut rest, mut prefix) = (text, self.space_prefix);
        while !rest.is_empty() && ids.len() < limit {
            let (part, after) = rest.split_at(part(rest));
            let mut normal = std::mem::take(&mut scratch.normal);
            let words = match &self.charsmap {
                Some(charsmap) => charsmap.normalize(part, &mut normal),
                None => part,
            };
            for word in words.split_whitespace() {
                self.encode_word(word, prefix, &mut scratch, ids);
                prefix = true;
                if ids.len() >= limit {
                    break;
                }
            }
            scratch.normal = normal;
            rest = after;
        }
        ids.truncate(limit);
    }

    /// Encodes a word without white space; it is split before each mark in it.
    fn encode_word(&self, word: &str, prefix: bool, scratch: &mut Scratch, ids: &mut Vec<u32>) {
        let mut marked = std::mem::take(&mut scratch.word);
        marked.clear();
        if prefix && !word.starts_with(SPACE_MARK) {
            marked.push(SPACE_MARK);
        }
        marked.push_str(word);
        let mut rest = &*marked;
        while let Some(first) = rest.chars().next() {
            let len = first.len_utf8();
            let end = rest[len..].find(SPACE_MARK).map_or(rest.len(), |at| len + at);
            self.best(&rest[..end], &mut scratch.steps, ids);
            rest = &rest[end..];
        }
        scratch.word = marked;
    }

    /// Finds the most probable tokens (Viterbi algorithm); adjacent unknown characters become one
    /// token.
    fn best(&self, word: &str, steps: &mut Vec<Step>, ids: &mut Vec<u32>) {
        let nowhere = Step { score: f64::NEG_INFINITY, id: self.unknown, start: 0 };
        steps.clear();
        steps.resize(word.len() + 1, nowhere);
        steps[0].score = 0.0;
        for (start, c) in word.char_indices() {
            let here = steps[start].score;
            let mut single = false;
            let mut offer = |len: usize, id: u32, score: f64| {
                let step = &mut steps[start + len];
                if here + score > step.score {
                    *step = Step { score: here + score, id, start: start as u32 };
                }
            };
            for (id, len) in self.tokens.prefixes(&word.as_bytes()[start..]) {
                offer(len, id, f64::from(self.scores[id as usize]));
                single |= len == c.len_utf8();
            }
            if !single {
                offer(c.len_utf8(), self.unknown, self.unknown_score);
            }
        }
        let (first, mut end) = (ids.len(), word.len());
        while end > 0 {
            let step = steps[end];
            if step.id != self.unknown || ids.len() == first || ids.last() != Some(&self.unknown) {
                ids.push(step.id);
            }
            end = step.start as usize;
        }
        ids[first..].reverse();
    }
}

/// The length of a prefix of `text` that can be normalised on its own: up to white space before a
/// character that does not combine with it.
fn part(text: &str) -> usize {
    let ends = |pair: &[u8]| matches!(pair[0], b' ' | b'\t' | b'\n' | b'\r') && pair[1] < 128;
    text.as_bytes().windows(2).position(ends).map_or(text.len(), |at| at + 1)
}
