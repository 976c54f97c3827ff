//! The sections of a Markdown text, nested by heading level. Headings are simple enough to read
//! without a grammar, which also lets both heading styles nest.

use descry_base::SymbolKind;

use super::Item;

/// The sections, in order.
pub(super) fn sections(text: &str) -> Vec<Item> {
    let headings = headings(text);
    let mut out = Vec::new();
    nest(text.len(), &mut headings.into_iter().peekable(), 0, &mut out);
    out
}

struct Heading {
    /// 1 to 6.
    level: usize,
    title: String,
    start: usize,
}

/// Adds the sections deeper than `level`, each with its subsections.
fn nest(
    end: usize,
    headings: &mut std::iter::Peekable<std::vec::IntoIter<Heading>>,
    level: usize,
    out: &mut Vec<Item>,
) {
    while let Some(heading) = headings.next_if(|heading| heading.level > level) {
        let mut children = Vec::new();
        nest(end, headings, heading.level, &mut children);
        let end = headings.peek().map_or(end, |next| next.start);
        out.push(Item {
            range: heading.start..end,
            at: heading.start,
            doc: None,
            component: heading.title.clone(),
            kind: SymbolKind::Section,
            names: vec![heading.title],
            children,
        });
    }
}

fn headings(text: &str) -> Vec<Heading> {
    let mut out = Vec::new();
    let mut fence: Option<&str> = None;
    let mut in_front_matter = false;
    // The line above, if it may be the text of a setext heading.
    let mut paragraph: Option<(usize, &str)> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let indent = line.len() - line.trim_start().len();
        let content = line.trim();
        if in_front_matter {
            in_front_matter = content != "---";
            continue;
        }
        if at == 0 && content == "---" {
            in_front_matter = true;
            continue;
        }
        let above = paragraph.take();
        if let Some(open) = fence {
            if content.starts_with(open) && content.trim_matches(['`', '~']).is_empty() {
                fence = None;
            }
            continue;
        }
        if let Some(open) = fence_of(content) {
            fence = Some(open);
            continue;
        }
        if indent > 3 || content.is_empty() {
            continue;
        }
        match (atx(content), above, underline(content)) {
            (Some((level, title)), _, _) => {
                out.push(Heading { level, title: title.into(), start: at })
            }
            (_, Some((start, title)), Some(level)) => {
                out.push(Heading { level, title: title.into(), start });
            }
            (_, None, _) if !content.starts_with(['>', '|', '-', '*', '+']) => {
                paragraph = Some((at, content));
            }
            _ => {}
        }
    }
    out.retain(|heading| !heading.title.is_empty());
    out
}

/// The run of marks that opens a fenced code block; the closing fence starts with it.
fn fence_of(content: &str) -> Option<&str> {
    let mark = content.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let run = content.len() - content.trim_start_matches(mark).len();
    (run >= 3).then(|| &content[..run])
}

fn atx(content: &str) -> Option<(usize, &str)> {
    let title = content.trim_start_matches('#');
    let level = content.len() - title.len();
    let is_heading = (1..=6).contains(&level) && title.starts_with([' ', '\t']);
    is_heading.then(|| (level, title.trim().trim_end_matches('#').trim_end()))
}

fn underline(content: &str) -> Option<usize> {
    let all = |mark: char| content.chars().all(|c| c == mark);
    match () {
        () if all('=') => Some(1),
        () if all('-') => Some(2),
        () => None,
    }
}
