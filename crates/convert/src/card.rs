//! The name and licence of a model.

use std::path::Path;

use crate::error::Result;
use crate::folder::Folder;

pub(crate) struct Card {
    pub(crate) name: String,
    pub(crate) license: Option<String>,
}

pub(crate) fn read(folder: &Folder) -> Result<Card> {
    // A card in another encoding or form provides nothing, but is not an error.
    let card = folder.text(&folder.file("README.md")).ok().flatten().unwrap_or_default();
    Ok(Card { name: name(folder.path()), license: license(&card) })
}

/// The folder's name, or the repository's name in Hugging Face's cache
/// (`models--OWNER--NAME/snapshots/COMMIT`).
fn name(folder: &Path) -> String {
    // `.` and `..` have no name of their own.
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let text = |path: &Path| path.file_name().map(|it| it.to_string_lossy().into_owned());
    let repository = folder.ancestors().nth(2).and_then(text);
    let repository = repository.as_deref().and_then(|it| it.strip_prefix("models--"));
    match repository.and_then(|it| it.rsplit("--").next()) {
        Some(name) => name.to_owned(),
        None => text(&folder).unwrap_or_else(|| "model".to_owned()),
    }
}

/// The key `license` of the front matter, YAML between two lines of dashes.
fn license(card: &str) -> Option<String> {
    let mut lines = card.lines();
    if lines.next()?.trim_end() != "---" {
        return None;
    }
    let mut front = lines.take_while(|line| line.trim_end() != "---");
    let value = front.find_map(|line| line.strip_prefix("license:"))?;
    let value = value.split(" #").next()?.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_license_is_in_the_front_matter() {
        let check = |card: &str, expected: Option<&str>| {
            assert_eq!(license(card).as_deref(), expected, "{card:?}");
        };
        check("---\ntags: [a]\nlicense: apache-2.0\n---\n# Model\n", Some("apache-2.0"));
        check("---\r\nlicense: \"mit\" # as ever\r\n---\r\n", Some("mit"));
        check("---\nlicense:\n---\n", None);
        check("---\ntags: a\n---\nlicense: mit\n", None);
        check("# Model\nlicense: mit\n", None);
        check("", None);
    }

    #[test]
    fn a_folder_of_the_cache_is_called_like_its_repository() {
        let check = |path: &str, expected: &str| assert_eq!(name(Path::new(path)), expected);
        check("some/codesage-small", "codesage-small");
        check("hub/models--bigcode--starencoder/snapshots/0123abcd", "starencoder");
    }
}
