//! Which model finds code by meaning: the bundled one, or the user's own. The choice is a file of the
//! data directory that holds a path, so that every program on this machine finds it before anything is
//! opened.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use descry_embed::{EmbedError, ModelInfo, StaticEmbedder};
use descry_embed_gguf::{LoadError, LoadOptions, Source};
use descry_engine::Models;

use crate::SessionError;

/// Its name in the data directory.
const CHOICE: &str = "model";

/// The models that come with a program.
#[derive(Clone, Debug)]
pub struct Bundled {
    /// Embeds queries, and chunks in the background.
    pub model: Source,
    /// Its static model.
    pub static_model: Source,
}

/// The model that the user chose; `None` for the bundled one.
pub fn chosen_model(data_dir: &Path) -> Result<Option<PathBuf>, SessionError> {
    let path = data_dir.join(CHOICE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(PathBuf::from)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SessionError::Choice { path, source }),
    }
}

/// The model in use: the chosen one, or the bundled one.
pub fn model_in_use(data_dir: &Path, bundled: Bundled) -> Result<Source, SessionError> {
    Ok(chosen_model(data_dir)?.map_or(bundled.model, Source::File))
}

/// Chooses a model for every start from now on. It is tried first: one that cannot be run would leave
/// search without meaning.
pub fn choose_model(data_dir: &Path, model: &Path) -> Result<ModelInfo, SessionError> {
    let tried = descry_embed_gguf::load(model, &LoadOptions::default()).map_err(Box::new)?;
    let info = tried.info().clone();
    let path = data_dir.join(CHOICE);
    let write = || {
        let model = std::path::absolute(model)?;
        std::fs::create_dir_all(data_dir)?;
        // Renamed into place: a program that starts meanwhile reads the old one or the new one.
        let new = data_dir.join(format!("{CHOICE}.new"));
        std::fs::write(&new, model.to_string_lossy().as_bytes())?;
        std::fs::rename(&new, &path)
    };
    write().map_err(|source: io::Error| SessionError::Choice { path: path.clone(), source })?;
    Ok(info)
}

/// Goes back to the bundled model.
pub fn reset_model(data_dir: &Path) -> Result<(), SessionError> {
    let path = data_dir.join(CHOICE);
    match std::fs::remove_file(&path) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(SessionError::Choice { path, source })
        }
        _ => Ok(()),
    }
}

/// This model, or the bundled one; and the bundled static model, which serves its own teacher alone.
pub fn models(model: Option<PathBuf>, bundled: Bundled) -> Models {
    let Bundled { model: own, static_model } = bundled;
    let model = model.map_or(own, Source::File);
    let failed = |error: LoadError| EmbedError::Load(error.to_string());
    Models {
        load: Box::new(move || {
            descry_embed_gguf::load(model, &LoadOptions::default()).map_err(failed)
        }),
        load_static: Some(Box::new(move || {
            let static_model = descry_embed_gguf::load_static(static_model).map_err(failed)?;
            Ok(Box::new(static_model) as Box<dyn StaticEmbedder>)
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_lasts_until_it_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("not yet there");
        assert_eq!(chosen_model(&data_dir).unwrap(), None);
        reset_model(&data_dir).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let file = root.join("crates/embed-gguf/tests/fixtures/models/bert.gguf");
        assert_eq!(choose_model(&data_dir, &file).unwrap().dim, 48);
        assert_eq!(chosen_model(&data_dir).unwrap(), Some(file.clone()));
        let none = Source::Program { name: "none", bytes: &[] };
        let bundled = Bundled { model: none.clone(), static_model: none.clone() };
        assert_eq!(model_in_use(&data_dir, bundled.clone()).unwrap(), Source::File(file));
        reset_model(&data_dir).unwrap();
        assert_eq!(model_in_use(&data_dir, bundled).unwrap(), none);
    }

    #[test]
    fn what_cannot_be_run_is_not_chosen() {
        let folder = tempfile::tempdir().unwrap();
        let (data_dir, file) = (folder.path().join("data"), folder.path().join("notes.gguf"));
        std::fs::write(&file, "This is no model.").unwrap();
        let error = choose_model(&data_dir, &file).unwrap_err();
        let expected = format!("cannot load the model {}: it is not a GGUF file", file.display());
        assert_eq!(error.to_string(), expected);
        assert_eq!(chosen_model(&data_dir).unwrap(), None);
    }
}
