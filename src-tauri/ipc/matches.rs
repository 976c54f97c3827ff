//! Every match in the current files; reports interim results while the search runs.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use descry_base::Language;
use descry_engine::{
    EngineError, FileMatches, FileRole, Files, MatchOptions, MatchedLine, Searched, Working,
};
use tauri::{AppHandle, State};
use tauri_specta::Event;

use super::commands::{Sessions, ask};
use super::convert::{self, FolderNames};
use super::types::{
    FileGroup, Hit, IpcError, Line, MatchesFound, Mode, Notice, SearchReply, SearchRequest, Why,
};

/// The interval between interim results.
const TOLD_EVERY: Duration = Duration::from_millis(150);

/// The maximum number of bytes shown of a line, and of those before its first match.
const SHOWN: usize = 600;
const SHOWN_BEFORE: usize = 100;

/// The number of the newest search; a new search stops the running one.
#[derive(Default)]
pub(crate) struct Newest(AtomicU32);

impl Newest {
    /// Stops the running search.
    pub(crate) fn set(&self, number: u32) {
        self.0.store(number, Ordering::Relaxed);
    }

    fn is(&self, number: u32) -> bool {
        self.0.load(Ordering::Relaxed) == number
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn matches(
    app: AppHandle,
    sessions: Sessions<'_>,
    newest: State<'_, Arc<Newest>>,
    request: SearchRequest,
    number: u32,
) -> Result<SearchReply, IpcError> {
    newest.set(number);
    let newest = Arc::clone(&newest);
    ask(&sessions, move |session| {
        let status = session.status()?;
        let files = session.files(convert::query(&request, Working::default()))?;
        let regex = matches!(request.mode, Mode::Regex);
        let options = MatchOptions { regex, ..MatchOptions::default() };
        let mut page = Page::new(request.limit as usize, FolderNames(&status));
        let begun = Instant::now();
        let mut told = begun;
        let searched = descry_engine::matches(&files, options, &mut |file| {
            if !newest.is(number) {
                return ControlFlow::Break(());
            }
            page.add(file);
            if told.elapsed() > TOLD_EVERY {
                told = Instant::now();
                let reply = page.reply(&request, &files, begun.elapsed());
                // The window may be closing.
                let _ = MatchesFound { number, reply }.emit(&app);
            }
            ControlFlow::Continue(())
        });
        let mut reply = page.reply(&request, &files, begun.elapsed());
        reply.notice = match searched {
            Ok(searched) => notice(&searched),
            Err(EngineError::Pattern(error)) => {
                Some(Notice::BadRegex { reason: error.to_string() })
            }
            Err(error) => return Err(error.into()),
        };
        Ok(reply)
    })
    .await
}

fn notice(searched: &Searched) -> Option<Notice> {
    let (_, path, reason) = searched.unread.first()?;
    let files = searched.unread.len() as u32;
    Some(Notice::Unread { files, path: path.to_string(), reason: reason.clone() })
}

/// The first matching lines, and counts over all matches.
struct Page<'s> {
    limit: usize,
    names: FolderNames<'s>,
    groups: Vec<FileGroup>,
    shown: usize,
    lines: usize,
    files: usize,
    facets: descry_engine::Facets,
}

impl Page<'_> {
    fn new(limit: usize, names: FolderNames<'_>) -> Page<'_> {
        let facets = descry_engine::Facets::default();
        Page { limit, names, groups: Vec::new(), shown: 0, lines: 0, files: 0, facets }
    }

    fn add(&mut self, file: FileMatches) {
        let count = file.lines.len();
        let language = Language::of_path(file.path.as_str());
        self.lines += count;
        self.files += 1;
        tally(&mut self.facets.roots, file.root, count);
        tally(&mut self.facets.languages, language, count);
        tally(&mut self.facets.roles, FileRole::of(&file.path, language), count);
        let room = self.limit - self.shown;
        if room == 0 {
            return;
        }
        let number = self.groups.len();
        let id = |line: &MatchedLine| format!("line-{}-{number}-{}", file.root, line.number);
        let hits: Vec<Hit> = file.lines.iter().take(room).map(|line| hit(id(line), line)).collect();
        self.shown += hits.len();
        self.groups.push(FileGroup {
            root: file.root.0,
            root_name: self.names.of(file.root),
            path: file.path.to_string(),
            language: language.id().to_owned(),
            more: (count - hits.len()) as u32,
            hits,
        });
    }

    fn reply(&self, request: &SearchRequest, files: &Files, elapsed: Duration) -> SearchReply {
        let mut facets = self.facets.clone();
        facets.languages.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        SearchReply {
            total: self.lines as u32,
            files: Some(self.files as u32),
            elapsed_ms: elapsed.as_secs_f64() * 1e3,
            groups: self.groups.clone(),
            facets: convert::all_facets(&facets, &self.names),
            notice: None,
            nearest: Vec::new(),
            tokens: convert::tokens(&request.text, &files.filters),
        }
    }
}

fn tally<T: PartialEq>(counts: &mut Vec<(T, usize)>, item: T, by: usize) {
    match counts.iter_mut().find(|(it, _)| *it == item) {
        Some((_, count)) => *count += by,
        None => counts.push((item, by)),
    }
}

/// A matching line as a hit of its own.
fn hit(id: String, line: &MatchedLine) -> Hit {
    let first = line.marks.first().map_or(0, |(start, _)| *start as usize);
    let start = match line.text.len() > SHOWN {
        true => line.text.floor_char_boundary(first.saturating_sub(SHOWN_BEFORE)),
        false => 0,
    };
    let text = &line.text[start..line.text.floor_char_boundary(start + SHOWN)];
    let place = |at: u32| convert::utf16(text, (at as usize).saturating_sub(start).min(text.len()));
    let marks = line.marks.iter().map(|(from, to)| (place(*from), place(*to)));
    let marks = marks.filter(|(from, to)| from < to).collect();
    let number = line.number + 1;
    Hit {
        chunk: id,
        symbol: Vec::new(),
        kind: None,
        start_line: number,
        end_line: number,
        lines: vec![Line { number, text: text.to_owned(), best: true, marks }],
        why: Why {
            score: 0.0,
            words: None,
            meaning: None,
            instant: false,
            signals: Vec::new(),
            matched: Vec::new(),
        },
        copies: Vec::new(),
        stale: false,
    }
}

#[cfg(test)]
mod tests {
    use descry_base::{RelPath, RootId};

    use super::*;

    fn line(number: u32, text: &str, marks: &[(u32, u32)]) -> MatchedLine {
        MatchedLine { number, start: 0, text: text.to_owned(), marks: marks.to_vec(), begun: 1 }
    }

    #[test]
    fn a_page_shows_the_first_lines_and_counts_all() {
        let status = descry_engine::Status::default();
        let mut page = Page::new(3, FolderNames(&status));
        for name in ["a.rs", "b.rs", "c.md"] {
            let lines = vec![line(0, "x", &[(0, 1)]), line(4, "äx", &[(2, 3)])];
            page.add(FileMatches { root: RootId(1), path: RelPath::new(name).unwrap(), lines });
        }
        let shown: Vec<(usize, u32)> =
            page.groups.iter().map(|group| (group.hits.len(), group.more)).collect();
        assert_eq!((page.lines, page.files, shown), (6, 3, vec![(2, 0), (1, 1)]));
        assert_eq!(page.facets.languages, [(Language::Rust, 4), (Language::Markdown, 2)]);
        let second = &page.groups[0].hits[1];
        assert_eq!((second.start_line, second.lines[0].marks.as_slice()), (5, &[(1, 2)][..]));
    }

    #[test]
    fn a_long_line_is_shown_around_its_match() {
        let text = format!("{}needle{}", "ä ".repeat(5_000), " b".repeat(5_000));
        let shown = hit(String::new(), &line(0, &text, &[(15_000, 15_006)])).lines.remove(0);
        let (from, to) = shown.marks[0];
        let chars: Vec<char> = shown.text.chars().collect();
        assert_eq!(chars[from as usize..to as usize].iter().collect::<String>(), "needle");
        assert!(shown.text.len() <= SHOWN);
    }
}
