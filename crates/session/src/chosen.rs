//! The model that the user chose instead of the bundled one: a file of the data directory that holds
//! its path, so that every program on this machine finds it before anything is opened.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::SessionError;

/// Its name in the data directory.
const CHOICE: &str = "model";

/// The chosen model; `None` for the bundled one.
pub fn chosen_model(data_dir: &Path) -> Result<Option<PathBuf>, SessionError> {
    let path = data_dir.join(CHOICE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(PathBuf::from)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SessionError::Choice { path, source }),
    }
}

/// Chooses a model for every start from now on; `None` for the bundled one. Whether it can be run is
/// for the caller to try.
pub fn choose_model(data_dir: &Path, model: Option<&Path>) -> Result<(), SessionError> {
    let path = data_dir.join(CHOICE);
    let written = match model {
        None => match std::fs::remove_file(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        },
        Some(model) => std::path::absolute(model).and_then(|model| {
            std::fs::create_dir_all(data_dir)?;
            // Renamed into place: a program that starts meanwhile reads the old one or the new one.
            let new = data_dir.join(format!("{CHOICE}.new"));
            std::fs::write(&new, model.to_string_lossy().as_bytes())?;
            std::fs::rename(&new, &path)
        }),
    };
    written.map_err(|source| SessionError::Choice { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_lasts_until_it_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("not yet there");
        assert_eq!(chosen_model(&data_dir).unwrap(), None);
        choose_model(&data_dir, None).unwrap();
        choose_model(&data_dir, Some(Path::new("/models/ein Modell.gguf"))).unwrap();
        let chosen = Some(PathBuf::from("/models/ein Modell.gguf"));
        assert_eq!(chosen_model(&data_dir).unwrap(), chosen);
        choose_model(&data_dir, None).unwrap();
        assert_eq!(chosen_model(&data_dir).unwrap(), None);
    }
}
