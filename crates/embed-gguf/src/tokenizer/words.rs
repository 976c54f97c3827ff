//! Splits text into words for byte-level BPE: the models' pre-tokenizer expressions, written by
//! hand because a general regex engine is slower than the rest of tokenization and fails on very
//! long runs of blanks. A test compares both.

use std::sync::LazyLock;

use tokenizers::utils::SysRegex;

/// The expression that splits text into words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Words {
    /// GPT-2's: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
    Gpt2,
    /// GPT-2's, applied to the text between digits, each of which (`\p{N}`) is a word.
    Gpt2Digits,
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}|`
    /// ` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
    /// where n is `digits`: 1 in Qwen2's, 3 in Llama 3's.
    Qwen2 { digits: usize },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Number,
    Space,
    Other,
}

impl Words {
    /// The length of the first word of `text`, which is not empty.
    #[inline]
    pub(super) fn first(self, text: &str) -> usize {
        match self {
            Words::Gpt2 => gpt2(text),
            Words::Gpt2Digits => gpt2_digits(text),
            Words::Qwen2 { digits } => qwen2(text, digits),
        }
    }
}

fn gpt2(text: &str) -> usize {
    if text.starts_with('\'') {
        let endings = ["s", "t", "re", "ve", "m", "ll", "d"];
        if let Some(ending) = endings.iter().find(|ending| text[1..].starts_with(**ending)) {
            return 1 + ending.len();
        }
    }
    let blank = usize::from(text.starts_with(' '));
    match class_at(text, blank) {
        Some(class) if class != Class::Space => run(text, blank, class),
        _ => spaces(text),
    }
}

/// GPT-2's expression does not see a digit, nor anything after it.
fn gpt2_digits(text: &str) -> usize {
    if let Some(digit) = text.chars().next().filter(|c| c.is_numeric()) {
        return digit.len_utf8();
    }
    let word = &text[..gpt2(text)];
    match word.find(char::is_numeric) {
        Some(digit) => gpt2(&text[..digit]),
        None if word.starts_with(char::is_whitespace) => {
            let end = run(text, 0, Class::Space);
            if text[end..].starts_with(char::is_numeric) { end } else { word.len() }
        }
        None => word.len(),
    }
}

fn qwen2(text: &str, digits: usize) -> usize {
    if let Some(len) = text.strip_prefix('\'').and_then(contraction) {
        return 1 + len;
    }
    let Some(first) = text.chars().next() else { return 0 };
    let (len, class) = (first.len_utf8(), class(first));
    match class {
        Class::Letter => return run(text, 0, class),
        Class::Number => {
            let numbers = text.chars().take(digits).take_while(|&c| self::class(c) == class);
            return numbers.map(char::len_utf8).sum();
        }
        _ if first != '\r' && first != '\n' && class_at(text, len) == Some(Class::Letter) => {
            return run(text, len, Class::Letter);
        }
        _ => {}
    }
    let blank = usize::from(first == ' ');
    if class_at(text, blank) == Some(Class::Other) {
        let end = run(text, blank, Class::Other);
        let breaks = text[end..].bytes().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        return end + breaks.count();
    }
    let end = run(text, 0, Class::Space);
    match text[..end].rfind(['\r', '\n']) {
        Some(last) => last + 1,
        None => spaces(text),
    }
}

/// `(?i:s|t|re|ve|m|ll|d)` after an apostrophe.
fn contraction(text: &str) -> Option<usize> {
    let mut letters = text.chars();
    match (letters.next()?.to_ascii_lowercase(), letters.next().map(|c| c.to_ascii_lowercase())) {
        ('s' | 't' | 'm' | 'd', _) => Some(1),
        // Case-insensitively, the long s is an s.
        ('\u{17f}', _) => Some('\u{17f}'.len_utf8()),
        ('r' | 'v', Some('e')) | ('l', Some('l')) => Some(2),
        _ => None,
    }
}

/// `\s+(?!\S)|\s+`: without the last character if something follows.
fn spaces(text: &str) -> usize {
    let end = run(text, 0, Class::Space);
    let last = text[..end].chars().next_back().map_or(0, char::len_utf8);
    if end == text.len() || end == last { end } else { end - last }
}

/// The end of the run of characters of a class that begins at `start`.
#[inline]
fn run(text: &str, start: usize, wanted: Class) -> usize {
    let rest = &text[start..];
    rest.find(|c| class(c) != wanted).map_or(text.len(), |len| start + len)
}

#[inline]
fn class_at(text: &str, at: usize) -> Option<Class> {
    text[at..].chars().next().map(class)
}

#[inline]
fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' => Class::Letter,
        '0'..='9' => Class::Number,
        ' ' | '\t'..='\r' => Class::Space,
        '\0'..='\x7f' => Class::Other,
        _ if CLASSES[0].contains(c) => Class::Letter,
        _ if CLASSES[1].contains(c) => Class::Number,
        _ if c.is_whitespace() => Class::Space,
        _ => Class::Other,
    }
}

/// `\p{L}`, which the standard library does not distinguish from `Alphabetic`, and `\p{N}`. The
/// models' own regex engine supplies both, so that the Unicode versions match.
static CLASSES: LazyLock<[Set; 2]> = LazyLock::new(|| [r"\p{L}+", r"\p{N}+"].map(Set::new));

/// A set of characters: one bit for each code point.
struct Set(Vec<u64>);

impl Set {
    fn new(expression: &str) -> Set {
        let mut bits = vec![0; (char::MAX as usize + 1) / 64];
        let all: String = ('\0'..=char::MAX).collect();
        // The expressions are valid, so the engine always exists.
        let engine = SysRegex::new(expression).ok();
        for (start, end) in engine.iter().flat_map(|engine| engine.find_iter(&all)) {
            for c in all[start..end].chars() {
                bits[c as usize / 64] |= 1u64 << (c as usize % 64);
            }
        }
        Set(bits)
    }

    fn contains(&self, c: char) -> bool {
        self.0[c as usize / 64] >> (c as usize % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GPT2: &str =
        r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    fn expression(words: Words) -> String {
        match words {
            Words::Qwen2 { digits } => format!(
                "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{{L}}\\p{{N}}]?\\p{{L}}+|\\p{{N}}{{1,{digits}}}\
                 | ?[^\\s\\p{{L}}\\p{{N}}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
            ),
            _ => GPT2.to_owned(),
        }
    }

    /// The engine's words of a text.
    fn expected(words: Words, engine: &SysRegex, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut rest = text;
        while words == Words::Gpt2Digits && !rest.is_empty() {
            let end = rest.find(char::is_numeric).unwrap_or(rest.len());
            found.extend(engine.find_iter(&rest[..end]).map(|(s, e)| rest[s..e].to_owned()));
            let digit = rest[end..].chars().next().map(String::from);
            rest = &rest[end + digit.as_ref().map_or(0, String::len)..];
            found.extend(digit);
        }
        if words != Words::Gpt2Digits {
            found.extend(engine.find_iter(text).map(|(s, e)| text[s..e].to_owned()));
        }
        found
    }

    #[test]
    fn words_are_those_of_the_expressions() {
        let all = [
            Words::Gpt2,
            Words::Gpt2Digits,
            Words::Qwen2 { digits: 1 },
            Words::Qwen2 { digits: 3 },
        ];
        let engines = all.map(|words| (words, SysRegex::new(&expression(words)).unwrap()));
        let check = |text: &str| {
            for (words, engine) in &engines {
                let (mut rest, mut found) = (text, Vec::new());
                while !rest.is_empty() {
                    let (word, after) = rest.split_at(words.first(rest));
                    found.push(word);
                    rest = after;
                }
                let expected = expected(*words, engine, text);
                let same = found.iter().zip(&expected).take_while(|(a, b)| a == b).count();
                let rest = |same: usize| (found.get(same), expected.get(same));
                assert!(found == expected, "{words:?}: {:?}", rest(same));
            }
        };
        for text in [
            "it's we'LL I'd 'ſx 'RE'Ve '\n don't\t'",
            "  a\n\n  b\r\n\t c   \n  ",
            "x = 1234 + ½ ٣٤ 𝟙𝟚 ⅷ; //  done!!\n\n!\n \u{a0}é\u{2028} \u{85}",
            "e\u{301} \u{301}x K\u{212a} 中文 字 हिन्दी ไทย 🦀🦀code",
        ] {
            check(text);
        }
        // Every character that is or may soon be assigned, between others.
        for start in (0..0x33000).chain(0xe0000..0xe0200).step_by(64) {
            let some = (start..start + 64).filter_map(char::from_u32);
            check(&some.flat_map(|c| [c, 'a', ' ', c, '1', c, c]).collect::<String>());
        }
        let config =
            ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) };
        let text =
            prop_oneof![any::<String>(), "['a-zA-Z0-9 \\t\\r\\n.é½]{0,60}", "(\\PC|\\s){0,60}"];
        proptest!(config, |(text in text)| check(&text));
    }
}
