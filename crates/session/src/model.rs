//! Selects the model that finds code by meaning: the bundled one or the user's own.

use std::path::{Path, PathBuf};

use descry_embed::{EmbedError, ModelInfo, StaticEmbedder};
use descry_embed_gguf::{LoadError, LoadOptions, Source};
use descry_engine::Models;

use crate::{SessionError, Settings};

/// The models that ship with a program.
#[derive(Clone, Debug)]
pub struct Bundled {
    /// The model that embeds queries, and chunks in the background.
    pub model: Source,
    /// Its static model.
    pub static_model: Source,
}

/// The user's chosen model, or the bundled one.
pub fn model_in_use(data_dir: &Path, bundled: Bundled) -> Result<Source, SessionError> {
    Ok(Settings::load(data_dir)?.model.map_or(bundled.model, Source::File))
}

/// Makes `model` the default from now on. It is loaded first as a check: a model that cannot be run
/// would leave search without meaning.
pub fn choose_model(data_dir: &Path, model: &Path) -> Result<ModelInfo, SessionError> {
    let tried = descry_embed_gguf::load(model, &LoadOptions::default()).map_err(Box::new)?;
    let model = std::path::absolute(model).unwrap_or_else(|_| model.to_path_buf());
    Settings::change(data_dir, |settings| settings.model = Some(model))?;
    Ok(tried.info().clone())
}

/// Goes back to the bundled model.
pub fn reset_model(data_dir: &Path) -> Result<(), SessionError> {
    Settings::change(data_dir, |settings| settings.model = None)
}

/// Loaders for `model`, or the bundled model if `None`, and for the bundled static model, which
/// serves only its own teacher.
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
        assert_eq!(Settings::load(&data_dir).unwrap().model, None);
        reset_model(&data_dir).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
        let file = root.join("crates/embed-gguf/tests/fixtures/models/bert.gguf");
        assert_eq!(choose_model(&data_dir, &file).unwrap().dim, 48);
        assert_eq!(Settings::load(&data_dir).unwrap().model, Some(file.clone()));
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
        assert_eq!(Settings::load(&data_dir).unwrap().model, None);
    }
}
