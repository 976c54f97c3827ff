//! What a person sees in the window, as one value.

use serde::Deserialize;

/// The script that reads it off the page.
pub(crate) const SCRIPT: &str = include_str!("view.js");

/// The window's contents.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// What stands in the search box; absent if there is no box.
    #[serde(rename = "box")]
    pub question: Option<String>,
    /// The test id of the element that has the focus.
    pub focus: Option<String>,
    /// What is searched by.
    pub mode: Option<String>,
    /// The parts of the question that are drawn as filters.
    pub tokens: Vec<String>,
    /// The list does not answer the question yet.
    pub busy: bool,
    /// The screen that asks for a first folder is shown.
    pub first_run: bool,
    /// The hits, best first.
    pub hits: Vec<HitView>,
    /// The paths of the copies that are unfolded.
    pub copies: Vec<String>,
    /// What the list is similar to, if it is no answer to the question.
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
    /// What is said above the list.
    pub notice: Option<String>,
    /// What is said instead of a list.
    pub empty: Option<String>,
    /// How many files were left out.
    pub skipped: Option<String>,
    /// How well things are found in a folder, where that is shown.
    pub evaluation: Option<String>,
    /// What the settings say of the model, where they are open.
    pub model: Option<String>,
}

/// A hit in the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HitView {
    /// Its file.
    pub path: String,
    /// Its best line, from 1.
    pub line: u32,
    /// It is the one that Enter opens.
    pub selected: bool,
    /// All that is written there.
    pub text: String,
}

/// An open file's tab.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TabView {
    /// The file.
    pub path: String,
    /// The next file does not take its place.
    pub permanent: bool,
}

/// The file in front.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PreviewView {
    /// The file.
    pub path: String,
    /// The line that was gone to, from 1.
    pub line: u32,
    /// The lines that are drawn.
    pub text: String,
    /// The highlighted lines.
    pub beams: Vec<Beam>,
}

/// A highlighted line of the file in front.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Beam {
    /// Its text.
    pub text: String,
    /// It lies within the panel, not scrolled away.
    pub visible: bool,
}

/// A folder in the list of folders.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FolderView {
    /// Its name.
    pub name: String,
    /// What is going on in it.
    pub state: String,
}

impl View {
    /// The files of the hits, best first.
    pub fn paths(&self) -> Vec<&str> {
        self.hits.iter().map(|hit| hit.path.as_str()).collect()
    }

    /// The file of the best hit, or nothing.
    pub fn top(&self) -> &str {
        self.hits.first().map_or("", |hit| &hit.path)
    }

    /// Where the selected hit is in the list.
    pub fn selected(&self) -> Option<usize> {
        self.hits.iter().position(|hit| hit.selected)
    }

    /// Everything that was added is fully indexed.
    pub fn is_fully_indexed(&self) -> bool {
        let all = |it: &String| it.ends_with("fully indexed") && !it.contains('%');
        self.coverage.as_ref().is_some_and(all)
    }

    /// The names of the folders.
    pub fn folder_names(&self) -> Vec<&str> {
        self.folders.iter().map(|folder| folder.name.as_str()).collect()
    }
}
