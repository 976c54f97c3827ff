//! Decides whether a file's bytes are text worth searching, and decodes that text.

mod encoding;
mod generated;
mod minified;
mod secret;

use std::borrow::Cow;

use descry_base::{ChunkMeta, Language, SkipReason};

use crate::chunk::{ChunkConfig, chunks};
use crate::notebook::Notebook;

/// A file's text, with its language and encoding.
#[derive(Debug)]
pub struct Text<'b> {
    file: Cow<'b, str>,
    encoding: &'static str,
    language: Language,
    notebook: Option<Notebook>,
}

impl<'b> Text<'b> {
    /// Reads the text of a file, without a byte order mark, or returns why the file is skipped. The
    /// decision depends only on the path and all bytes. UTF-8 is borrowed; other text is converted
    /// from its most likely encoding. With `overruled` (the user admitted this file), only bytes
    /// that are not text are skipped.
    ///
    /// # Errors
    /// [`SkipReason::Binary`], [`SkipReason::Generated`], [`SkipReason::Minified`] or
    /// [`SkipReason::Credentials`].
    pub fn read(path: &str, bytes: &'b [u8], overruled: bool) -> Result<Text<'b>, SkipReason> {
        if !overruled && generated::is_generated_path(path) {
            return Err(SkipReason::Generated);
        }
        let (file, encoding) = encoding::text(bytes).ok_or(SkipReason::Binary)?;
        let notebook = path.to_ascii_lowercase().ends_with(".ipynb").then(|| Notebook::read(&file));
        let notebook = notebook.flatten();
        let language = match &notebook {
            Some(notebook) => notebook.language(),
            None => Language::of_path(path),
        };
        let text = Text { file, encoding, language, notebook };
        match text.objection().filter(|_| !overruled) {
            Some(reason) => Err(reason),
            None => Ok(text),
        }
    }

    /// The reason to skip the text, if any.
    fn objection(&self) -> Option<SkipReason> {
        let text = self.as_str();
        if secret::is_secret(text) {
            Some(SkipReason::Credentials)
        } else if generated::is_generated_text(text, self.language) {
            Some(SkipReason::Generated)
        } else if minified::is_minified(text, self.language) {
            Some(SkipReason::Minified)
        } else {
            None
        }
    }

    /// The text to search: the file, or the cells of a notebook. Spans count bytes of this text.
    pub fn as_str(&self) -> &str {
        self.notebook.as_ref().map_or(&self.file, Notebook::text)
    }

    /// The language of the text; for a notebook, that of its kernel.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The name of the file's encoding.
    pub fn encoding(&self) -> &'static str {
        self.encoding
    }

    /// The chunks, in order. Their lines are lines of the file. A blank file is one empty chunk, so
    /// that its name can be found.
    pub fn chunks(&self, config: &ChunkConfig) -> Vec<ChunkMeta> {
        let chunks = match &self.notebook {
            Some(notebook) => notebook.chunks(config),
            None => chunks(&self.file, self.language, config),
        };
        if chunks.is_empty() { vec![ChunkMeta::default()] } else { chunks }
    }

    /// The text to display: as many lines as the file has; for a notebook, only its cells.
    pub fn shown(self) -> String {
        match self.notebook {
            Some(notebook) => notebook.shown(),
            None => self.file.into_owned(),
        }
    }

    /// The whole file, decoded.
    pub fn into_file(self) -> String {
        self.file.into_owned()
    }
}

#[cfg(test)]
mod tests;
