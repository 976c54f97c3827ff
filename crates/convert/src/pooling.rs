//! The steps after a transformer: sentence-transformers lists modules, of which GGUF can express
//! only a pooling and a normalisation.

use serde_json::Value;

use crate::error::{Cause, Result};
use crate::folder::Folder;

/// llama.cpp's `enum llama_pooling_type`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pooling {
    Mean = 1,
    First = 2,
    Last = 3,
}

/// The pooling; `None` if the folder does not specify one.
pub(crate) fn read(folder: &Folder) -> Result<Option<Pooling>> {
    let list = folder.file("modules.json");
    let Some(modules) = folder.json(&list)? else {
        // Some repositories have the module without the list.
        return of_module(folder, "1_Pooling", false);
    };
    let Value::Array(modules) = modules else {
        return Err(Cause::Damaged("it is not a list".into()).at(&list));
    };
    let mut pooling = None;
    for module in &modules {
        let text = |key: &str| module.get(key).and_then(Value::as_str).unwrap_or_default();
        match text("type").rsplit('.').next().unwrap_or_default() {
            "Transformer" | "Normalize" => {}
            "Pooling" => {
                // The path is relative to the folder, like a file's.
                folder.named(text("path"), &list)?;
                pooling = of_module(folder, text("path"), true)?;
            }
            other => {
                let reason = format!(
                    "the model has a module {other:?} after its transformer, which cannot be \
                     written into the file; without it the vectors would be wrong"
                );
                return Err(Cause::Module(reason).at(&list));
            }
        }
    }
    Ok(pooling)
}

fn of_module(folder: &Folder, module: &str, needed: bool) -> Result<Option<Pooling>> {
    let path = folder.file(module).join("config.json");
    let Some(keys) = folder.object(&path)? else {
        return if needed { Err(Cause::Missing.at(&path)) } else { Ok(None) };
    };
    // One key for each mode, or the names of all modes in one key.
    let mut modes: Vec<&str> = keys
        .iter()
        .filter(|(_, value)| **value == Value::Bool(true))
        .filter_map(|(key, _)| key.strip_prefix("pooling_mode_"))
        .collect();
    match keys.get("pooling_mode") {
        Some(Value::String(mode)) => modes.push(mode),
        Some(Value::Array(all)) => modes.extend(all.iter().filter_map(Value::as_str)),
        _ => {}
    }
    // The same mode may be given in both ways.
    for mode in &mut modes {
        *mode = mode.strip_suffix("_tokens").or(mode.strip_suffix("_token")).unwrap_or(mode);
    }
    modes.sort_unstable();
    modes.dedup();
    match modes[..] {
        ["mean"] => Ok(Some(Pooling::Mean)),
        ["cls"] => Ok(Some(Pooling::First)),
        ["lasttoken"] => Ok(Some(Pooling::Last)),
        _ => {
            let modes = modes.join(" and ");
            let reason = format!("is {modes:?}; only one of mean, cls and lasttoken is supported");
            Err(Cause::Key { key: "pooling_mode".into(), reason }.at(&path))
        }
    }
}
