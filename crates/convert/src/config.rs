//! Typed access to `config.json`, where every error names the key.

use std::path::PathBuf;

use serde_json::Value;

use crate::error::{Cause, ConvertError, Result};
use crate::folder::{Folder, Object};

pub(crate) struct Config {
    pub(crate) path: PathBuf,
    keys: Object,
}

pub(crate) fn load(folder: &Folder) -> Result<Config> {
    let path = folder.file("config.json");
    match folder.object(&path)? {
        Some(keys) => Ok(Config { path, keys }),
        None => Err(Cause::Missing.at(&path)),
    }
}

impl Config {
    /// The value of a key; null counts as missing.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.keys.get(key).filter(|value| !value.is_null())
    }

    /// The first of `keys` that exists, with its value.
    fn first<'a>(&self, keys: &[&'a str]) -> Option<(&'a str, &Value)> {
        keys.iter().find_map(|&key| Some((key, self.get(key)?)))
    }

    /// An error about a key's value; `reason` follows the key.
    pub(crate) fn bad(&self, key: &str, reason: impl Into<String>) -> ConvertError {
        Cause::Key { key: key.into(), reason: reason.into() }.at(&self.path)
    }

    /// A positive integer under any of its names.
    pub(crate) fn number(&self, keys: &[&str]) -> Result<u32> {
        match self.number_if_any(keys)? {
            Some(number) => Ok(number),
            None => Err(Cause::MissingKey(keys.join(" or ")).at(&self.path)),
        }
    }

    pub(crate) fn number_or(&self, keys: &[&str], default: u32) -> Result<u32> {
        Ok(self.number_if_any(keys)?.unwrap_or(default))
    }

    pub(crate) fn number_if_any(&self, keys: &[&str]) -> Result<Option<u32>> {
        let Some((key, value)) = self.first(keys) else { return Ok(None) };
        // Some tools write 1000.0 for 1000.
        let whole = value.as_f64().filter(|it| it.fract() == 0.0);
        match whole.filter(|&it| it >= 1.0 && it <= f64::from(i32::MAX)) {
            Some(number) => Ok(Some(number as u32)),
            None => Err(self.bad(key, format!("is {value}, not a whole number above 0"))),
        }
    }

    /// The id of a token.
    pub(crate) fn id(&self, key: &str) -> Result<Option<u32>> {
        // -1 means none in some files; lists are for text generators, which may have several end
        // tokens.
        match self.get(key) {
            None | Some(Value::Array(_)) => Ok(None),
            Some(value) if value.as_i64() == Some(-1) => Ok(None),
            Some(value) => match value.as_u64().and_then(|id| u32::try_from(id).ok()) {
                Some(id) => Ok(Some(id)),
                None => Err(self.bad(key, format!("is {value}, not the id of a token"))),
            },
        }
    }

    pub(crate) fn float_or(&self, keys: &[&str], default: f32) -> Result<f32> {
        let Some((key, value)) = self.first(keys) else { return Ok(default) };
        match value.as_f64().map(|it| it as f32).filter(|it| it.is_finite() && *it > 0.0) {
            Some(number) => Ok(number),
            None => Err(self.bad(key, format!("is {value}, not a number above 0"))),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str)
    }

    /// Rejects a value not in `known`; a missing key means the first of them.
    pub(crate) fn expect(&self, key: &str, known: &[Value]) -> Result<()> {
        match self.get(key) {
            Some(value) if !known.contains(value) => {
                let known: Vec<_> = known.iter().map(Value::to_string).collect();
                Err(self.bad(key, format!("is {value}; only {} is known", known.join(" or "))))
            }
            _ => Ok(()),
        }
    }
}
