//! The models that ship with Descry, compiled into the program, so that it needs no other file.
//!
//! Promises: nothing else. The only crate that contains the models' 36 MB, which spares them to
//! programs that do not embed and to test programs.

use descry_embed_gguf::Source;
use descry_session::Bundled;

// Statics rather than constants, which may be copied into every crate that uses them.
static MODEL: &[u8] = include_bytes!("../../../models/descry-code-22m-q8_0.gguf");
static STATIC_MODEL: &[u8] = include_bytes!("../../../models/descry-code-22m-instant.gguf");

/// The models of `models/`, described in its README.
#[inline(never)]
pub fn bundled() -> Bundled {
    Bundled {
        model: Source::Program { name: "descry-code-22m", bytes: MODEL },
        static_model: Source::Program { name: "descry-code-22m instant", bytes: STATIC_MODEL },
    }
}

#[cfg(test)]
mod tests {
    use descry_embed_gguf::{LoadOptions, load, load_static};

    use super::*;

    #[test]
    fn the_static_model_imitates_the_model() {
        let Bundled { model, static_model } = bundled();
        let model = load(model, &LoadOptions::default()).unwrap();
        let static_model = load_static(static_model).unwrap();
        let model = model.info();
        let info = descry_embed::StaticEmbedder::info(&static_model);
        assert_eq!(model.name, "descry-code-22m");
        assert_eq!(info.teacher.as_ref(), Some(&model.space));
        assert_eq!(info.dim, model.dim);
    }
}
