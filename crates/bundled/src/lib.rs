//! The models that come with Descry, as part of a program: what links this needs no file beside it.
//!
//! Promises: nothing else. The only crate that holds the models' 36 MB, so that programs which do not
//! embed, and test programs, are spared them.

use descry_embed_gguf::Source;
use descry_session::Bundled;

// Statics, not constants: those may be copied into every crate that asks.
static MODEL: &[u8] = include_bytes!("../../../models/descry-code-22m-q8_0.gguf");
static DRAFT: &[u8] = include_bytes!("../../../models/descry-code-22m-instant.gguf");

/// The models of `models/`, whose README says what they are.
#[inline(never)]
pub fn bundled() -> Bundled {
    Bundled {
        model: Source::Program { name: "descry-code-22m", bytes: MODEL },
        draft: Source::Program { name: "descry-code-22m instant", bytes: DRAFT },
    }
}

#[cfg(test)]
mod tests {
    use descry_embed_gguf::{LoadOptions, load, load_draft};

    use super::*;

    #[test]
    fn the_student_drafts_for_the_model() {
        let Bundled { model, draft } = bundled();
        let model = load(model, &LoadOptions::default()).unwrap();
        let draft = load_draft(draft).unwrap();
        let (model, draft) = (model.info(), descry_embed::Draft::info(&draft).clone());
        assert_eq!(model.name, "descry-code-22m");
        assert_eq!(draft.drafts_for.as_ref(), Some(&model.fingerprint));
        assert_eq!((draft.dim, draft.preprocessing), (model.dim, model.preprocessing));
    }
}
