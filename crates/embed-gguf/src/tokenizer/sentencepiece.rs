//! SentencePiece's byte-pair encoding (bpe_model.cc), rebuilt from GGUF metadata: joins first the
//! neighbours whose joined text is the token with the best score.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::merge::{Merger, Symbol};
use super::trie::Trie;
use super::vocabulary::{Kind, SPACE_MARK, Vocabulary};
use crate::error::Cause;
use crate::gguf::Gguf;

/// The symbol of a character that is not a token.
const NONE: u32 = u32::MAX;
const MARK: &str = "\u{2581}";

pub(super) struct SentencePiece {
    /// The rank (least for the best score) and id. Spaces are written as such, not as marks.
    tokens: FxHashMap<Box<str>, (u32, u32)>,
    longest: usize,
    /// Pairs of adjacent characters within tokens. No token spans another pair, so splitting text
    /// there does not affect merges.
    neighbours: FxHashSet<(char, char)>,
    /// Matched as written, before spaces and marks become the same.
    user_defined: Trie,
    /// The token of each byte, if there is one.
    bytes: Box<[Option<u32>; 256]>,
    unknown: Option<u32>,
    /// Whether a space is put before a text.
    space_prefix: bool,
}

impl SentencePiece {
    pub(super) fn load(
        gguf: &Gguf,
        vocabulary: &Vocabulary<'_>,
        unknown: Option<u32>,
    ) -> Result<SentencePiece, Cause> {
        let ranks = ranks(&vocabulary.scores(gguf)?);
        let mut tokens: FxHashMap<Box<str>, _> = FxHashMap::default();
        let mut user_defined = Vec::new();
        let mut bytes = Box::new([None; 256]);
        for (id, text, kind) in vocabulary.iter() {
            let text = text.replace(SPACE_MARK, " ");
            match kind {
                Kind::Normal => drop(tokens.entry(text.into()).or_insert((ranks[id as usize], id))),
                Kind::UserDefined => {
                    // Runs of spaces, which llama.cpp's converter writes as such. They were marks,
                    // which are found in text as marks, and are joined from spaces first.
                    if text.contains(' ') {
                        tokens.entry(text.as_str().into()).or_insert((0, id));
                    }
                    user_defined.push((id, text.replace(' ', MARK)));
                }
                Kind::Byte => match byte(&text) {
                    Some(byte) => bytes[byte as usize] = Some(id),
                    None => {
                        let reason = format!("has an invalid byte token: {text:.40?}");
                        return Err(gguf.bad("tokenizer.ggml.tokens", reason));
                    }
                },
                Kind::Unknown | Kind::Control | Kind::Unused => {}
            }
        }
        let pairs = tokens.keys().flat_map(|text| text.chars().zip(text.chars().skip(1)));
        Ok(SentencePiece {
            longest: tokens.keys().map(|text| text.len()).max().unwrap_or(0),
            neighbours: pairs.collect(),
            tokens,
            user_defined: Trie::new(user_defined.iter().map(|(id, text)| (*id, text.as_bytes()))),
            bytes,
            unknown,
            space_prefix: gguf.flag("tokenizer.ggml.add_space_prefix", true)?,
        })
    }

    pub(super) fn encode(&self, text: &str, limit: usize, ids: &mut Vec<u32>) {
        let mut merger = Merger::default();
        let (mut rest, mut prefix) = (text, self.space_prefix);
        while !rest.is_empty() && ids.len() < limit {
            let found = self.user_defined.find(rest);
            let (start, end) = found.map_or((rest.len(), rest.len()), |(_, s, e)| (s, e));
            let mut plain = Cow::Borrowed(&rest[..start]);
            if plain.contains(SPACE_MARK) {
                plain = plain.replace(SPACE_MARK, " ").into();
            }
            if std::mem::take(&mut prefix) && !plain.is_empty() {
                plain = format!(" {plain}").into();
            }
            self.encode_plain(&plain, limit, &mut merger, ids);
            ids.extend(found.map(|(id, _, _)| id));
            rest = &rest[end..];
        }
        ids.truncate(limit);
    }

    /// Encodes text without user-defined tokens and marks.
    fn encode_plain(&self, text: &str, limit: usize, merger: &mut Merger, ids: &mut Vec<u32>) {
        let (mut rest, mut unknown) = (text, false);
        while !rest.is_empty() && ids.len() < limit {
            let (word, after) = rest.split_at(self.word(rest));
            self.encode_word(word, &mut unknown, merger, ids);
            rest = after;
        }
    }

    /// The length of a prefix of `text` whose end no token spans.
    fn word(&self, text: &str) -> usize {
        let ends = text.char_indices().skip(1).zip(text.chars());
        let mut ends = ends.filter(|&((_, right), left)| !self.neighbours.contains(&(left, right)));
        ends.next().map_or(text.len(), |((end, _), _)| end)
    }

    /// `unknown`: whether the last token was the unknown token; a run of them becomes one.
    fn encode_word(&self, word: &str, unknown: &mut bool, merger: &mut Merger, ids: &mut Vec<u32>) {
        let token = |start: usize, end: usize| match end - start <= self.longest {
            true => self.tokens.get(&word[start..end]).copied(),
            false => None,
        };
        merger.clear();
        for (start, c) in word.char_indices() {
            let end = start + c.len_utf8();
            merger.push(token(start, end).map_or(NONE, |(_, id)| id), start, end);
        }
        let join = |left: Symbol, right: Symbol| token(left.start as usize, right.end as usize);
        for symbol in merger.merge(join) {
            let bytes = &word.as_bytes()[symbol.start as usize..symbol.end as usize];
            let before = std::mem::take(unknown);
            if symbol.id != NONE {
                ids.push(symbol.id);
            } else if bytes.iter().all(|&byte| self.bytes[byte as usize].is_some()) {
                ids.extend(bytes.iter().filter_map(|&byte| self.bytes[byte as usize]));
            } else {
                ids.extend(self.unknown.filter(|_| !before));
                *unknown = true;
            }
        }
    }
}

/// The byte of a token `<0xXX>`.
fn byte(text: &str) -> Option<u8> {
    let digits = text.strip_prefix("<0x")?.strip_suffix('>')?;
    u8::from_str_radix(digits, 16).ok()
}

/// The rank of each score, from 1 for the highest; equal scores share a rank.
fn ranks(scores: &[f32]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut ranks = vec![1; scores.len()];
    for pair in order.windows(2) {
        let next = u32::from(scores[pair[0]] > scores[pair[1]]);
        ranks[pair[1]] = ranks[pair[0]] + next;
    }
    ranks
}
