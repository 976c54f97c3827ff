//! What a notebook's JSON has that is read.

use descry_base::Language;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::kernel::{Metadata, language_of};

#[derive(Default)]
pub(super) struct Json<'a> {
    pub(super) cells: Vec<Cell<'a>>,
    pub(super) metadata: Metadata,
}

#[derive(Default)]
pub(super) struct Cell<'a> {
    pub(super) kind: Option<String>,
    /// Cells of the third format name their own.
    pub(super) language: Option<String>,
    /// Parts of the file: JSON's strings, one, or one a line.
    pub(super) source: Option<Vec<&'a str>>,
}

impl<'a> Json<'a> {
    /// The cells of a notebook as Jupyter writes it.
    pub(super) fn read(file: &'a str) -> Option<Json<'a>> {
        // Serde would read a list as an object's values in their order.
        let object = Some(file).filter(|file| file.trim_start().starts_with('{'))?;
        let file: File<'a> = serde_json::from_str(object).ok()?;
        let sheets = file.worksheets.into_iter().flatten().flat_map(|sheet| sheet.cells);
        let cells = file.cells.into_iter().flatten().chain(sheets).map(Cell::from);
        Some(Json { cells: cells.collect(), metadata: file.metadata.unwrap_or_default() })
    }

    /// The language that the kernel says, or else the first cell with code; Python where none is said, as
    /// in most.
    pub(super) fn language(&self) -> Language {
        let first = || self.cells.iter().filter(|cell| cell.is_code()).find_map(Cell::said);
        self.metadata.language().or_else(first).unwrap_or(Language::Python)
    }
}

impl Cell<'_> {
    pub(super) fn pieces(&self) -> impl Iterator<Item = &str> {
        self.source.iter().flatten().copied()
    }

    /// Prose is Markdown; code is in the language that a magic names, the cell, or the kernel.
    pub(super) fn language(&self, text: &str, kernel: Language) -> Language {
        if self.is_code() {
            let magic = text.strip_prefix("%%").and_then(|rest| rest.split_whitespace().next());
            magic.and_then(language_of).or_else(|| self.said()).unwrap_or(kernel)
        } else if self.kind.as_deref() == Some("raw") {
            Language::Plain
        } else {
            Language::Markdown
        }
    }

    fn is_code(&self) -> bool {
        self.kind.as_deref().is_none_or(|kind| kind == "code")
    }

    fn said(&self) -> Option<Language> {
        self.language.as_deref().and_then(language_of)
    }
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    cells: Option<Vec<CellOfFile<'a>>>,
    /// Where notebooks of the third format have their cells.
    #[serde(borrow)]
    worksheets: Option<Vec<Worksheet<'a>>>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Worksheet<'a> {
    #[serde(borrow, default)]
    cells: Vec<CellOfFile<'a>>,
}

#[derive(Deserialize)]
struct CellOfFile<'a> {
    cell_type: Option<String>,
    language: Option<String>,
    /// The third format calls that of code `input`.
    #[serde(borrow, default, alias = "input")]
    source: Option<&'a RawValue>,
}

impl<'a> From<CellOfFile<'a>> for Cell<'a> {
    fn from(cell: CellOfFile<'a>) -> Cell<'a> {
        let pieces = |source: &'a RawValue| match source.get().starts_with('[') {
            true => {
                let pieces: Vec<&RawValue> = serde_json::from_str(source.get()).unwrap_or_default();
                pieces.into_iter().map(RawValue::get).collect()
            }
            false => vec![source.get()],
        };
        Cell { kind: cell.cell_type, language: cell.language, source: cell.source.map(pieces) }
    }
}
