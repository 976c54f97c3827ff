//! SentencePiece's unigram model (Kudo, 2018), rebuilt from GGUF metadata: of all ways to cut a
//! word into tokens, the most probable.

use super::charsmap::Charsmap;
use super::trie::Trie;
use super::vocabulary::{Kind, SPACE_MARK, Vocabulary};
use crate::error::Cause;
use crate::gguf::Gguf;

/// A character that is no token is this much less probable than the least probable token
/// (`kUnkPenalty` in SentencePiece's unigram_model.cc).
const UNKNOWN_PENALTY: f64 = 10.0;

/// Words are found as the tokenizers of T5 and XLM-RoBERTa do, white space between them being of no
/// account. The key `remove_extra_whitespaces` is not asked: files of XLM-RoBERTa's descendants say
/// now this, now that, depending on what they were converted from, but have the same tokenizer.
pub(super) struct Unigram {
    tokens: Trie,
    /// The logarithm of each token's probability.
    scores: Vec<f32>,
    unknown: u32,
    unknown_score: f64,
    charsmap: Option<Charsmap>,
    /// The first word of a text has the mark of a space before it, like all the others.
    space_prefix: bool,
}

/// The best way to some place of a word.
#[derive(Clone, Copy)]
struct Step {
    score: f64,
    /// The last token, and where it begins.
    id: u32,
    start: u32,
}

/// Memory that is used again for the next word.
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
        // Special tokens are never found in text, nor are added ones, which stand for gaps in a text
        // (T5) and not for text.
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

    /// A word without white space; one with marks in it is cut before each of them.
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

    /// The most probable tokens (Viterbi's algorithm); neighbours that are no tokens become one.
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

/// The length of a part of `text` that can be normalised alone: up to white space before a
/// character that joins nothing to it.
fn part(text: &str) -> usize {
    let ends = |pair: &[u8]| matches!(pair[0], b' ' | b'\t' | b'\n' | b'\r') && pair[1] < 128;
    text.as_bytes().windows(2).position(ends).map_or(text.len(), |at| at + 1)
}
