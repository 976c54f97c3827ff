//! Makes untrusted text safe for a terminal: control characters are shown, not executed.

use std::borrow::Cow;

/// Replaces every character that controls a terminal or reorders the text around it with a visible
/// sign; line breaks and tabs are among them.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    text.chars().for_each(|c| push_visible(c, &mut out));
    Cow::Owned(out)
}

/// Appends the character or its visible replacement.
pub(crate) fn push_visible(c: char, out: &mut String) {
    match c {
        // Unicode has a symbol for each ASCII control character.
        '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + c as u32)),
        '\x7f' => out.push('␡'),
        _ if steers(c) => out.extend(c.escape_unicode()),
        _ => out.push(c),
    }
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Directional marks, embeddings, overrides and isolates.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Line and paragraph separators.
            | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_steers_is_shown() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(visible(text), expected);
        }
        check("naïve 漢字 👩\u{200d}🚀", "naïve 漢字 👩\u{200d}🚀");
        check("\x1b[31mred\x1b]0;title\x07", "␛[31mred␛]0;title␇");
        check("two\nlines\r\n\tand a tab", "two␊lines␍␊␉and a tab");
        check("\x00\x08\x7f", "␀␈␡");
        check("\u{9b}31m \u{85}", "\\u{9b}31m \\u{85}");
        check("user\u{202e}gpj.exe \u{2066}a\u{2069}", "user\\u{202e}gpj.exe \\u{2066}a\\u{2069}");
    }

    proptest! {
        #[test]
        fn nothing_that_steers_is_left(text in any::<String>()) {
            prop_assert!(!visible(&text).chars().any(steers));
        }
    }
}
