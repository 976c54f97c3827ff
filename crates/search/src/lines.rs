//! Selects the lines of a chunk that answer a query: by shared words and, where available, by
//! meaning.

use crate::answer::Line;

/// Scores a line by meaning.
pub(crate) type LineScorer<'a> = dyn Fn(&str) -> f32 + 'a;

/// The lines of a chunk to show: at most two that answer, and the lines around the first.
///
/// `marks` holds the byte ranges of `text` that match query words, each with the index of its word;
/// `first_line` is the chunk's first line in its file. If the query names a line of the file
/// (`named`), that line is the one that answers.
pub(crate) fn best_lines(
    text: &str,
    first_line: u32,
    marks: &[(std::ops::Range<usize>, usize)],
    meaning: Option<&LineScorer<'_>>,
    named: Option<u32>,
) -> Vec<Line> {
    let mut lines = split(text);
    for (range, term) in marks {
        if let Some(line) = lines.iter_mut().find(|l| l.start <= range.start && range.end <= l.end)
        {
            line.marks.push((range.start - line.start, range.end - line.start, *term));
        }
    }
    let rarity = rarity(marks);
    for line in &mut lines {
        let mut terms: Vec<usize> = line.marks.iter().map(|mark| mark.2).collect();
        terms.sort_unstable();
        terms.dedup();
        line.score = terms.iter().map(|term| rarity(*term)).sum();
        let shown = line.text.trim();
        let letters = shown.chars().filter(|c| c.is_alphanumeric()).count();
        if letters < 3 {
            line.score = -1.0;
        } else if let Some(meaning) = meaning.filter(|_| letters >= 8) {
            line.score += meaning(shown);
        }
    }
    let named = named.and_then(|line| line.checked_sub(first_line)).map(|index| index as usize);
    let named = named.filter(|index| *index < lines.len());
    let Some(best) = named.or_else(|| top(&lines, None)) else { return Vec::new() };
    let enough = (0.8 * lines[best].score).max(f32::MIN_POSITIVE);
    let second = top(&lines, Some(best)).filter(|index| lines[*index].score >= enough);
    let second = second.filter(|_| named.is_none());
    let mut shown: Vec<usize> =
        (best.saturating_sub(1)..=(best + 1).min(lines.len() - 1)).collect();
    shown.extend(second);
    shown.sort_unstable();
    shown.dedup();
    shown.retain(|i| *i == best || !lines[*i].text.trim().is_empty());
    shown
        .into_iter()
        .map(|index| {
            let line = &lines[index];
            let marks = line.marks.iter().map(|(a, b, _)| (*a as u32, *b as u32)).collect();
            Line {
                number: first_line + index as u32,
                text: line.text.to_owned(),
                best: index == best || Some(index) == second,
                marks,
            }
        })
        .collect()
}

struct ScoredLine<'a> {
    start: usize,
    end: usize,
    text: &'a str,
    score: f32,
    marks: Vec<(usize, usize, usize)>,
}

fn split(text: &str) -> Vec<ScoredLine<'_>> {
    let mut start = 0;
    text.split('\n')
        .map(|line| {
            let shown = line.strip_suffix('\r').unwrap_or(line);
            let here = start;
            start += line.len() + 1;
            ScoredLine {
                start: here,
                end: here + line.len(),
                text: shown,
                score: 0.0,
                marks: Vec::new(),
            }
        })
        .collect()
}

/// The weight of a word: a word that is rare in the chunk locates the answer better than a frequent
/// one.
fn rarity(marks: &[(std::ops::Range<usize>, usize)]) -> impl Fn(usize) -> f32 + use<> {
    let terms: Vec<usize> = marks.iter().map(|mark| mark.1).collect();
    move |term| {
        let count = terms.iter().filter(|t| **t == term).count().max(1);
        1.0 / (count as f32).sqrt()
    }
}

fn top(lines: &[ScoredLine<'_>], without: Option<usize>) -> Option<usize> {
    (0..lines.len())
        .filter(|index| Some(*index) != without)
        .max_by(|a, b| lines[*a].score.total_cmp(&lines[*b].score).then(b.cmp(a)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, words: &[&str], expected: &[(u32, bool)]) {
        let marks: Vec<_> = words
            .iter()
            .enumerate()
            .flat_map(|(i, word)| {
                text.match_indices(word).map(move |(at, w)| (at..at + w.len(), i))
            })
            .collect();
        let shown = |named| -> Vec<(u32, bool)> {
            let lines = best_lines(text, 10, &marks, None, named);
            lines.iter().map(|line| (line.number, line.best)).collect()
        };
        assert_eq!(shown(None), expected);
        assert_eq!(shown(Some(9)), expected, "a line of another place");
        if text.lines().count() > 2 {
            assert!(shown(Some(12)).contains(&(12, true)));
            assert_eq!(shown(Some(12)).iter().filter(|line| line.1).count(), 1);
        }
    }

    #[test]
    fn the_line_with_most_words_is_best() {
        let text = "fn a() {\n    let x = 1;\n    give_up(attempts);\n}\n";
        check(text, &["give", "attempts"], &[(11, false), (12, true), (13, false)]);
        check(text, &[], &[(10, true), (11, false)]);
        check("", &["x"], &[(10, true)]);
    }
}
