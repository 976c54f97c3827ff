//! The parts of a notebook's JSON that matter here.

use descry_base::Language;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::kernel::{Metadata, language_of};

#[derive(Default)]
pub(super) struct NotebookJson<'a> {
    pub(super) cells: Vec<JsonCell<'a>>,
    pub(super) metadata: Metadata,
}

#[derive(Default)]
pub(super) struct JsonCell<'a> {
    pub(super) kind: Option<String>,
    /// Cells of format 3 name their own language.
    pub(super) language: Option<String>,
    /// Parts of the file: JSON strings, either one in all or one for each line.
    pub(super) source: Option<Vec<&'a str>>,
}

impl<'a> NotebookJson<'a> {
    /// Reads a notebook in the form that Jupyter writes.
    pub(super) fn read(file: &'a str) -> Option<NotebookJson<'a>> {
        // Serde would accept an array as an object's values in order.
        let object = Some(file).filter(|file| file.trim_start().starts_with('{'))?;
        let file: RawNotebook<'a> = serde_json::from_str(object).ok()?;
        let sheets = file.worksheets.into_iter().flatten().flat_map(|sheet| sheet.cells);
        let cells = file.cells.into_iter().flatten().chain(sheets).map(JsonCell::from);
        Some(NotebookJson { cells: cells.collect(), metadata: file.metadata.unwrap_or_default() })
    }

    /// The language that the kernel names, or else the first code cell; Python if neither names one.
    /// A kernel that Descry does not know is plain text.
    pub(super) fn language(&self) -> Language {
        let first =
            || self.cells.iter().filter(|cell| cell.is_code()).find_map(JsonCell::own_language);
        self.metadata.language().or_else(first).unwrap_or(Language::Python)
    }
}

impl JsonCell<'_> {
    pub(super) fn pieces(&self) -> impl Iterator<Item = &str> {
        self.source.iter().flatten().copied()
    }

    /// The language of the cell `text`: Markdown for prose; for code, the one named by a magic, the
    /// cell or the notebook.
    pub(super) fn language(&self, text: &str, notebook: Language) -> Language {
        if self.is_code() {
            let magic = text.strip_prefix("%%").and_then(|rest| rest.split_whitespace().next());
            magic.and_then(language_of).or_else(|| self.own_language()).unwrap_or(notebook)
        } else if self.kind.as_deref() == Some("raw") {
            Language::Plain
        } else {
            Language::Markdown
        }
    }

    fn is_code(&self) -> bool {
        self.kind.as_deref().is_none_or(|kind| kind == "code")
    }

    fn own_language(&self) -> Option<Language> {
        self.language.as_deref().and_then(language_of)
    }
}

#[derive(Deserialize)]
struct RawNotebook<'a> {
    #[serde(borrow)]
    cells: Option<Vec<RawCell<'a>>>,
    /// The place of the cells in format 3.
    #[serde(borrow)]
    worksheets: Option<Vec<Worksheet<'a>>>,
    metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Worksheet<'a> {
    #[serde(borrow, default)]
    cells: Vec<RawCell<'a>>,
}

#[derive(Deserialize)]
struct RawCell<'a> {
    cell_type: Option<String>,
    language: Option<String>,
    /// Format 3 calls the source of a code cell `input`.
    #[serde(borrow, default, alias = "input")]
    source: Option<&'a RawValue>,
}

impl<'a> From<RawCell<'a>> for JsonCell<'a> {
    fn from(cell: RawCell<'a>) -> JsonCell<'a> {
        let pieces = |source: &'a RawValue| match source.get().starts_with('[') {
            true => {
                let pieces: Vec<&RawValue> = serde_json::from_str(source.get()).unwrap_or_default();
                pieces.into_iter().map(RawValue::get).collect()
            }
            false => vec![source.get()],
        };
        JsonCell { kind: cell.cell_type, language: cell.language, source: cell.source.map(pieces) }
    }
}
