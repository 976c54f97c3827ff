//! The language of a notebook's kernel.

use descry_base::Language;
use serde::Deserialize;

#[derive(Default, Deserialize)]
pub(super) struct Metadata {
    pub(super) language_info: Option<Named>,
    pub(super) kernelspec: Option<Named>,
    /// The place of the language in format 3.
    language: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Named {
    pub(super) name: Option<String>,
    pub(super) language: Option<String>,
}

impl Metadata {
    /// The first language named in the metadata that is known; `None` if the metadata names none.
    pub(super) fn language(&self) -> Option<Language> {
        let (info, kernel) = (self.language_info.as_ref(), self.kernelspec.as_ref());
        let said = [
            info.and_then(|info| info.name.as_ref()),
            kernel.and_then(|kernel| kernel.language.as_ref()),
            kernel.and_then(|kernel| kernel.name.as_ref()),
            self.language.as_ref(),
        ];
        let mut said = said.into_iter().flatten().peekable();
        said.peek()?;
        Some(said.find_map(|word| language_of(word)).unwrap_or(Language::Plain))
    }
}

/// The language that a kernel or magic names, with or without a version: `python3`, `C++17`, `ir`.
pub(super) fn language_of(word: &str) -> Option<Language> {
    let plain = word.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
    let known = Language::from_word(word).or_else(|| Language::from_word(plain));
    known.or(match plain.to_ascii_lowercase().as_str() {
        "ipython" | "pypy" | "sage" | "sagemath" => Some(Language::Python),
        "ir" => Some(Language::R),
        "node" | "nodejs" | "deno" => Some(Language::JavaScript),
        "xcpp" => Some(Language::Cpp),
        _ => None,
    })
}
