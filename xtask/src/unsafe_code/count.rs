//! Finds the keyword `unsafe` in Rust code.

/// The number of lines with the keyword outside comments and literals.
pub(super) fn lines(mut rest: &str) -> usize {
    let (mut lines, mut counted) = (0, false);
    while !rest.is_empty() {
        let (token, after) = rest.split_at(token(rest));
        if token == "unsafe" && !counted {
            (lines, counted) = (lines + 1, true);
        }
        counted &= !token.contains('\n');
        rest = after;
    }
    lines
}

/// The length of the word, literal, comment or character at the start.
fn token(rest: &str) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    match (&rest[..word], rest.as_bytes()) {
        ("r" | "br" | "cr", _) => word + raw_string(&rest[word..]),
        ("", [b'/', b'/', ..]) => rest.find('\n').unwrap_or(rest.len()),
        ("", [b'/', b'*', ..]) => block_comment(rest),
        ("", [b'"', ..]) => quoted(rest, '"'),
        ("", [b'\'', b'\\', ..]) => quoted(rest, '\''),
        ("", [b'\'', ..]) => match rest.char_indices().nth(2) {
            Some((at, '\'')) => at + 1,
            // A lifetime.
            _ => 1,
        },
        ("", _) => rest.chars().next().map_or(0, char::len_utf8),
        _ => word,
    }
}

/// `"…"` after any number of `#`, or nothing.
fn raw_string(rest: &str) -> usize {
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    if !rest[hashes..].starts_with('"') {
        return 0;
    }
    let start = hashes + 1;
    let end = format!("\"{}", &rest[..hashes]);
    rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len())
}

/// A block comment, in which others may nest.
fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 {
        let next = ["/*", "*/"].map(|mark| rest[at..].find(mark).unwrap_or(usize::MAX));
        match next {
            [usize::MAX, usize::MAX] => return rest.len(),
            [open, close] if open < close => (at, depth) = (at + open + 2, depth + 1),
            [_, close] => (at, depth) = (at + close + 2, depth - 1),
        }
    }
    at
}

/// A literal between two quotes, in which a backslash escapes the next character.
fn quoted(rest: &str, quote: char) -> usize {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return at + 1;
        }
        if c == '\\' {
            chars.next();
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keyword_counts() {
        let check = |code: &str, expected| assert_eq!(lines(code), expected, "{code}");
        check("unsafe { a() }\nunsafe fn b() { unsafe { c() } }\n", 2);
        check("#![forbid(unsafe_code)]\nlet not_unsafe = 1;", 0);
        check("// unsafe\n/* unsafe /* unsafe */ unsafe */ a(); // unsafe", 0);
        check("/* a\n*/ unsafe { b() }", 1);
        check(r#"let a = "unsafe \" unsafe"; unsafe {}"#, 1);
        check(r##"let a = r#"unsafe " unsafe"#; br"unsafe\"; unsafe {}"##, 1);
        check(r#"let a = ['"', '\'', 'a']; unsafe {}"#, 1);
        check("impl<'a> A<'a> { fn b(x: &'a str) -> &'a str { unsafe { c(x) } } }", 1);
        check("let a = \"never closed, unsafe", 0);
        check("/* never closed, unsafe", 0);
        check("let é = 'é'; unsafe {}", 1);
    }
}
