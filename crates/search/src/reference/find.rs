//! Finds file references in a text: the formats of programs, and plain names.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use descry_base::Language;
use descry_lexical::fold;
use percent_encoding::percent_decode_str;
use regex::{Captures, Regex};

use super::Reference;

/// The maximum number of references; only a pasted log has more.
const MOST: usize = 32;

/// The maximum length of a path with the text before it.
const LONGEST: usize = 400;

/// The maximum length of a file extension.
const LONGEST_ENDING: usize = 10;

/// A file name and a line number after it.
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(
        r#"(?xi)
        (?: [^\s/\\] (?P<end> \. [a-z] \w{0,15} )       # a.c
          | (?: ^ | [\s/\\"'(\[] ) (?P<name> \w+file | build | workspace | \.[a-z][\w-]* )
          | [/\\] (?P<bare> [\w-]+ ) )                  # bin/deploy
        (?: \? [^\s:"'()]* )?                           # what a bundler adds
        ["'`\]]{0,2}
        (?: : [(\[L]? (\d+)                             # a.c:42   a.hs:(42,5)   a.java:[42,5]   a.c:L42
          | :\s \( (\d+) ,                              # a.kt: (42, 5)
          | :\s (\d+) :                                 # a.sh: 42: word: not found
          | : \p{L}+ \s (\d+)                           # a.cs:line 42
          | \( (\d+) [,).:-]                            # a.cpp(42)   a.ts(42,5)
          | [,:]? \s (?:on\s)? line:? \s (\d+)          # "a.py", line 42   a.php on line 42
          | \# (?:L|lines-)? (\d+)                      # a.go#L42
          | \s (?:at\s)? (\d+) : \d+                    # a.dart 42:7   a.ts at 42:7
          | \s? \[ (\d+) , \s? \d+ \]                    # a.ts[42, 7]
          | \| (\d+) \b                                 # a.c|42 col 7|
          | [,\s] \s* line= (\d+)                       # file=a.c line=42
          | \} , \{ line , (\d+)                        # {file,"a.erl"},{line,42}
        )"#,
    )
});

/// A line number before the file: `line 42 of a.c`.
static LINE_BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(r#"(?i)\bline (\d+),? (?:of|in) (?:the )?(?:file )?["'`]?[^\s"'`]*$"#)
});

/// A line and column at the start of a line, in the file that an earlier line names.
static BELOW: LazyLock<Option<Regex>> =
    LazyLock::new(|| compiled(r"^\s+(\d+):\d+\s+(?i:error|warning|info|hint)\b"));

/// A JVM stack frame: package, class and method before the file.
static JAVA: LazyLock<Option<Regex>> =
    LazyLock::new(|| compiled(r"(?:^|[\s/])((?:[\w$<>-]+\.)+)[\w$<>-]+\([^()\s/]*$"));

/// Folders of third-party code; the path after them must match in full.
static LIBRARY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(
        r"(?:node_modules|(?:site|dist)-packages|lib/python[\d.]+|registry/src/[^/]+|rustc/[^/]+|pkg/mod|local/go/src|usr/include|gems)/",
    )
});

/// Packages of the JVM and its languages.
const RUNTIME: [&str; 7] = ["java", "javax", "jdk", "sun", "kotlin", "scala", "clojure"];

/// Terminal color codes and markup between the words of a message.
static COLOURS: LazyLock<Option<Regex>> = LazyLock::new(|| compiled(r"\x1b\[[\d;]*m|</?b>"));

/// Compiles a constant expression; tests cover that each one compiles.
fn compiled(expression: &str) -> Option<Regex> {
    Regex::new(expression).ok()
}

/// The files that a text names, the failing frame first.
pub(crate) fn references(text: &str) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    for line in text.lines() {
        let line = match &*COLOURS {
            Some(colours) => colours.replace_all(line, ""),
            None => Cow::Borrowed(line),
        };
        in_line(&line, &mut found);
        if found.len() >= MOST {
            found.truncate(MOST);
            break;
        }
    }
    if text.contains("most recent call last") {
        found.reverse();
    }
    found
}

/// True if the words are a single reference.
pub(crate) fn is_reference(words: &str) -> bool {
    let mut parts = words.split_whitespace();
    let (Some(word), None) = (parts.next(), parts.next()) else { return false };
    match &*PLACE {
        Some(place) if place.captures(word).is_some_and(|found| is_known(&found, word)) => true,
        _ => mention(word, 0..word.len()).is_some(),
    }
}

fn is_known(found: &Captures<'_>, word: &str) -> bool {
    path_end(found).is_some_and(|end| Language::of_path(&fold(&word[..end])) != Language::Plain)
}

fn path_end(found: &Captures<'_>) -> Option<usize> {
    ["end", "name", "bare"].iter().find_map(|name| found.name(name)).map(|end| end.end())
}

fn in_line(line: &str, found: &mut Vec<Reference>) {
    if let Some(below) = BELOW.as_ref().and_then(|below| below.captures(line)) {
        let Some(above) = found.last_mut() else { return };
        let line = number(&below[1]);
        match above.line {
            None => above.line = line,
            Some(_) => {
                let next = Reference { line, ..above.clone() };
                found.push(next);
            }
        }
        return;
    }
    let places: Vec<Captures<'_>> =
        PLACE.iter().flat_map(|place| place.captures_iter(line)).take(MOST).collect();
    let mut with_line = places.iter().filter_map(|place| {
        let digits = place.iter().skip(4).flatten().next()?;
        Some((path_end(place)?, digits))
    });
    let mut next = with_line.next();
    let mut taken = 0;
    for word in words(line) {
        while let Some((end, digits)) = next.filter(|(end, _)| *end <= word.end) {
            found.push(reference(line, end, number(digits.as_str())));
            (taken, next) = (digits.end(), with_line.next());
        }
        if word.start >= taken {
            found.extend(mention(line, word));
        }
    }
}

/// The byte ranges of a line's words.
fn words(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.split_whitespace().map(|word| {
        let start = word.as_ptr() as usize - line.as_ptr() as usize;
        start..start + word.len()
    })
}

/// A file or folder that a word names without a line.
fn mention(line: &str, word: Range<usize>) -> Option<Reference> {
    let written = &line[word.clone()];
    let quotes = |c: char| "\"'`<>()[]{},;".contains(c);
    let name = written.trim_start_matches(quotes);
    let name = name.trim_end_matches(|c| quotes(c) || ".:?!".contains(c));
    // For example `tests/test_cart.py::test_total`.
    let name = name.split_once("::").map_or(name, |(file, _)| file);
    let is_part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "._-+@$~%".contains(c))
    };
    if name.contains("://") && !name.contains("/blob/") || written.ends_with("()") {
        return None;
    }
    let is_file = |name: &str| {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        file.find('.').is_some_and(|dot| dot > 0)
            && is_part(file)
            // With a folder before it, the file may be in any language.
            && (Language::of_path(&fold(file)) != Language::Plain
                || (file.len() < name.len() && ends_like_a_file(file)))
    };
    // For example `a.c:(.text+0x12)`.
    let name = match name.split_once([':', '(', '#']) {
        Some((file, _)) if is_file(file) => file,
        _ => name,
    };
    let is_file = is_file(name);
    let path = name.replace('\\', "/");
    let mut parts = path.trim_matches('/').split('/');
    let is_folder = path.trim_matches('/').contains('/')
        && parts.all(|part| is_part(part) || (part.ends_with(':') && part.len() == 2));
    if !is_file && (!is_folder || written.contains("::")) {
        return None;
    }
    let end = word.start + written.find(name)? + name.trim_end_matches(['/', '\\']).len();
    let line_before = LINE_BEFORE.as_ref().and_then(|before| before.captures(&line[..end]));
    let line_number = line_before.and_then(|before| number(&before[1]));
    Some(Reference { is_folder: !is_file, ..reference(line, end, line_number) })
}

/// True for `cart.f90`, false for `v1.2`.
fn ends_like_a_file(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ending.starts_with(|c: char| c.is_alphabetic())
        && ending.chars().count() <= LONGEST_ENDING
        && ending.chars().all(char::is_alphanumeric)
}

fn reference(line: &str, end: usize, line_number: Option<u32>) -> Reference {
    let mut start = end.saturating_sub(LONGEST);
    while !line.is_char_boundary(start) {
        start += 1;
    }
    let text = &line[start..end];
    let package =
        JAVA.as_ref().and_then(|java| java.captures(text)).map_or_else(Vec::new, |frame| {
            // The first component written like a class ends the package: `shop.core$total.invoke`,
            // `com.shop.Cart$Line.add`.
            let is_folder =
                |part: &&str| !part.contains('$') && !part.starts_with(char::is_uppercase);
            frame[1]
                .split('.')
                .filter(|part| !part.is_empty())
                .take_while(is_folder)
                .map(fold)
                .collect()
        });
    let decoded = percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text));
    let mut written = fold(&decoded).replace('\\', "/");
    // Dart packages keep their code in `lib`.
    if let Some(at) = written.rfind("package:")
        && let Some(slash) = written[at..].find('/')
    {
        written.insert_str(at + slash, "/lib");
    }
    let mut library =
        LIBRARY.as_ref().and_then(|library| library.find_iter(&written).last()).map(|it| it.end());
    if let Some(first) = package.first().filter(|first| RUNTIME.contains(&first.as_str())) {
        // A user's file cannot have this name in such a package.
        let frame =
            format!("{}/{}", package.join("/"), written.rsplit('(').next().unwrap_or(first));
        (written, library) = (frame, Some(0));
    }
    Reference { written, library, package, is_folder: false, line: line_number }
}

/// Converts a line number to count from 0.
fn number(digits: &str) -> Option<u32> {
    digits.parse::<u32>().ok()?.checked_sub(1)
}
