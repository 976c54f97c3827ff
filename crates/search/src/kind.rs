//! The kind of a query, which determines the weights of the lists and signals.

use descry_lexical::fold;

use crate::reference::is_reference;

/// The kind of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueryKind {
    /// A name as code writes it: `RetryPolicy`, `retry_policy`, `Router::route`, `_private`.
    Symbol,
    /// Natural-language words with a name among them.
    Mixed,
    /// Natural-language words.
    Natural,
    /// A file reference as compilers and people write it: `src/net/retry.rs:42`.
    Path,
    /// An error message.
    Message,
    /// Pasted code.
    Code,
}

/// Words that begin an error message.
const FAILURES: [&str; 8] =
    ["error:", "error[", "exception:", "panicked", "traceback", "fatal:", "warning:", "caused by:"];

/// The number of code marks that make a line code.
const CODE_MARKS: usize = 4;

/// The kind of a query with these words.
pub fn kind_of(words: &str) -> QueryKind {
    let lower = words.to_lowercase();
    // `get()` is a name among words.
    let rest = words.replace("()", "");
    let marks = rest.chars().filter(|c| "{}();=<>[]".contains(*c)).count();
    let is_code = marks >= CODE_MARKS && rest.contains(['{', ';', '=']);
    let parts: Vec<&str> = words.split_whitespace().collect();
    match parts.as_slice() {
        [_] if is_reference(words) => QueryKind::Path,
        [_, _, ..] if FAILURES.iter().any(|word| lower.contains(word)) => QueryKind::Message,
        [_, _, ..] if is_code => QueryKind::Code,
        [] => QueryKind::Natural,
        [one] if is_plain_word(one) || looks_like_code(one) => QueryKind::Symbol,
        [_] => QueryKind::Natural,
        many if many.iter().any(|part| looks_like_code(part)) => QueryKind::Mixed,
        _ => QueryKind::Natural,
    }
}

/// A single lower-case word is more often a name than a natural-language query.
fn is_plain_word(word: &str) -> bool {
    word.chars().all(|c| c.is_alphanumeric())
}

/// True if the word is written as in code, not prose: with an underscore, a path (`::`, `.`, `->`,
/// `\`), call brackets or an inner capital.
pub(crate) fn looks_like_code(word: &str) -> bool {
    let word =
        word.trim_matches(|c: char| matches!(c, ',' | '.' | '?' | '!' | ';' | ':' | '"' | '\''));
    let inner_capital = word
        .chars()
        .zip(word.chars().skip(1))
        .any(|(a, b)| (a.is_lowercase() || a.is_numeric()) && b.is_uppercase());
    let has_letter = word.chars().any(char::is_alphabetic);
    let qualified = ["::", "->", "\\"].iter().any(|mark| word.contains(mark))
        || (word.contains('.') && !word.ends_with('.') && !word.starts_with('.'));
    has_letter && (inner_capital || word.contains('_') || qualified || word.ends_with("()"))
}

/// The words written as in code, and for a symbol query the word itself, each without its qualifier
/// (`Router::route` yields `route`).
pub(crate) fn names_in(words: &str, kind: QueryKind) -> Vec<String> {
    let names =
        words.split_whitespace().filter(|word| kind == QueryKind::Symbol || looks_like_code(word));
    let last = |word: &str| {
        word.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
            .rfind(|name| name.chars().count() > 1)
            .map(str::to_owned)
    };
    names.filter_map(last).collect()
}

/// Normalizes `retry_policy`, `RetryPolicy` and `retry-policy` to the same name.
pub(crate) fn squash(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        #[track_caller]
        fn check(words: &str, expected: QueryKind) {
            assert_eq!(kind_of(words), expected, "{words}");
        }
        check("RetryPolicy", QueryKind::Symbol);
        check("Router::route", QueryKind::Symbol);
        check("debounce", QueryKind::Symbol);
        check("give up after too many attempts", QueryKind::Natural);
        check("How does JSON parsing work?", QueryKind::Natural);
        check("where is RetryPolicy used", QueryKind::Mixed);
        check("call foo() twice", QueryKind::Mixed);
        check("src/net/retry.rs:42", QueryKind::Path);
        check("retry.rs", QueryKind::Path);
        check("error[E0308]: mismatched types", QueryKind::Message);
        check("TypeError: x is not a function", QueryKind::Message);
        check("thread 'main' panicked at src/main.rs:3:1", QueryKind::Message);
        check("for (const item of items) {\n  total += item.price;\n}", QueryKind::Code);
        check("if (a == b) { return; }", QueryKind::Code);
        check("handle(error)", QueryKind::Natural);
        check("difference between get() and set()", QueryKind::Mixed);
        check("is foo(a, b) in list[0] called", QueryKind::Natural);
        check("response.json()", QueryKind::Symbol);
        check("", QueryKind::Natural);
        check("🦀", QueryKind::Natural);
    }
}
