//! The visible content of the window, as one value.

use serde::Deserialize;

/// The script that reads it from the page.
pub(crate) const SCRIPT: &str = include_str!("view.js");

/// The window's contents.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// The text in the search box; absent if there is no box.
    #[serde(rename = "box")]
    pub question: Option<String>,
    /// The test id of the element that has the focus.
    pub focus: Option<String>,
    /// The search mode.
    pub mode: Option<String>,
    /// The parts of the query that are drawn as filters.
    pub tokens: Vec<String>,
    /// Whether the list does not answer the query yet.
    pub busy: bool,
    /// Whether the screen that asks for a first folder is shown.
    pub first_run: bool,
    /// The hits, best first.
    pub hits: Vec<HitView>,
    /// The paths of the copies that are unfolded.
    pub copies: Vec<String>,
    /// The code that the list is similar to, if it does not answer the query.
    pub similar_to: Option<String>,
    /// The open files.
    pub tabs: Vec<TabView>,
    /// The file in front.
    pub preview: Option<PreviewView>,
    /// The folders.
    pub folders: Vec<FolderView>,
    /// The line at the bottom.
    pub status: Option<String>,
    /// How much is fully indexed.
    pub coverage: Option<String>,
    /// The notice above the list.
    pub notice: Option<String>,
    /// The message shown instead of a list.
    pub empty: Option<String>,
    /// The number of skipped files.
    pub skipped: Option<String>,
    /// The page with the search quality of a folder, if shown.
    pub evaluation: Option<String>,
    /// The text about the model in the settings, if open.
    pub model: Option<String>,
}

/// A hit in the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HitView {
    /// Its file.
    pub path: String,
    /// Its best line, from 1.
    pub line: u32,
    /// Whether Enter opens it.
    pub selected: bool,
    /// Its whole text.
    pub text: String,
}

/// An open file's tab.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TabView {
    /// The file.
    pub path: String,
    /// Whether the next file leaves it open.
    pub permanent: bool,
}

/// The file in front.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PreviewView {
    /// The file.
    pub path: String,
    /// The target line, from 1.
    pub line: u32,
    /// The drawn lines.
    pub text: String,
    /// The highlighted lines.
    pub beams: Vec<Beam>,
}

/// A highlighted line of the file in front.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Beam {
    /// Its text.
    pub text: String,
    /// Whether it is in view in the panel.
    pub visible: bool,
}

/// A folder in the list of folders.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FolderView {
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: String,
}

impl View {
    /// The files of the hits, best first.
    pub fn paths(&self) -> Vec<&str> {
        self.hits.iter().map(|hit| hit.path.as_str()).collect()
    }

    /// The file of the best hit, or an empty string.
    pub fn top(&self) -> &str {
        self.hits.first().map_or("", |hit| &hit.path)
    }

    /// The index of the selected hit in the list.
    pub fn selected(&self) -> Option<usize> {
        self.hits.iter().position(|hit| hit.selected)
    }

    /// Whether all added folders are fully indexed.
    pub fn is_fully_indexed(&self) -> bool {
        let all = |it: &String| it.ends_with("fully indexed") && !it.contains('%');
        self.coverage.as_ref().is_some_and(all)
    }

    /// The names of the folders.
    pub fn folder_names(&self) -> Vec<&str> {
        self.folders.iter().map(|folder| folder.name.as_str()).collect()
    }
}
