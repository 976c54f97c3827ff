//! Jupyter notebooks: the text is the cells, each cut as a file of its own; outputs are left out.
//!
//! A notebook is JSON that usually has one line of the file for each line of a cell. Spans count
//! lines of the file, so that an editor opens the right one, but bytes of the cells' text.

mod json;
mod kernel;
mod salvage;

use std::ops::Range;

use descry_base::{ChunkMeta, Language};

use crate::chunk::{ChunkConfig, chunks};
use json::NotebookJson;

/// A notebook's cells.
#[derive(Debug)]
pub(crate) struct Notebook {
    /// The cells, one after the other, each ending with a line break.
    text: String,
    cells: Vec<Cell>,
    /// For each line of the text, its line in the file.
    lines: Vec<u32>,
    lines_of_file: usize,
    language: Language,
}

#[derive(Debug)]
struct Cell {
    bytes: Range<usize>,
    first_line: usize,
    language: Language,
}

impl Notebook {
    /// The cells of the notebook in `file`; `None` if `file` is not a notebook.
    pub(crate) fn read(file: &str) -> Option<Notebook> {
        let json = NotebookJson::read(file).or_else(|| salvage::salvage(file))?;
        let language = json.language();
        let mut notebook = Notebook {
            text: String::new(),
            cells: Vec::new(),
            lines: Vec::new(),
            lines_of_file: file.split('\n').count(),
            language,
        };
        // Line breaks of the file are counted on from cell to cell.
        let (mut at, mut line) = (0, 0);
        for cell in json.cells {
            let (begin, first_line) = (notebook.text.len(), notebook.lines.len());
            let mut line_begins = true;
            for piece in cell.pieces() {
                // The piece is a slice of the file's text.
                let offset = (piece.as_ptr() as usize).saturating_sub(file.as_ptr() as usize);
                line += count_breaks(file.get(at..offset).unwrap_or_default());
                at = at.max(offset);
                let Ok(said) = serde_json::from_str::<String>(piece) else { continue };
                for part in said.split_inclusive('\n') {
                    if line_begins {
                        notebook.lines.push(line);
                    }
                    line_begins = part.ends_with('\n');
                    notebook.text.push_str(part);
                }
            }
            if !line_begins {
                notebook.text.push('\n');
            }
            let bytes = begin..notebook.text.len();
            let language = cell.language(&notebook.text[bytes.clone()], language);
            notebook.cells.push(Cell { bytes, first_line, language });
        }
        Some(notebook)
    }

    /// The cells' text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The kernel's language.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// The chunks of all cells.
    pub(crate) fn chunks(&self, config: &ChunkConfig) -> Vec<ChunkMeta> {
        let line_of_file = |line: usize| self.lines.get(line).copied().unwrap_or_default();
        let of_cell = |cell: &Cell| {
            let (start, first) = (cell.bytes.start as u32, cell.first_line);
            let in_file = move |mut chunk: ChunkMeta| {
                let lines = chunk.span.lines();
                chunk.span.start += start;
                chunk.span.end += start;
                chunk.span.first_line = line_of_file(first + lines.start as usize);
                let last = first + (lines.end as usize).saturating_sub(1);
                chunk.span.end_line = line_of_file(last) + 1;
                chunk.doc = chunk.doc.map(|doc| doc.start + start..doc.end + start);
                chunk
            };
            chunks(&self.text[cell.bytes.clone()], cell.language, config).into_iter().map(in_file)
        };
        self.cells.iter().flat_map(of_cell).collect()
    }

    /// As many lines as the file has, each with the cell text on it. Where a line of the file has
    /// several lines of a cell, their breaks are escaped as in the file.
    pub(crate) fn shown(&self) -> String {
        let mut shown = vec![String::new(); self.lines_of_file];
        for (line, text) in self.lines.iter().zip(self.text.lines()) {
            if let Some(shown) = shown.get_mut(*line as usize) {
                if !shown.is_empty() {
                    shown.push_str("\\n");
                }
                shown.push_str(text);
            }
        }
        shown.join("\n")
    }
}

fn count_breaks(text: &str) -> u32 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u32
}

#[cfg(test)]
mod tests;
