//! Access to the files of a model's folder, which may be missing, damaged or too large.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::{Cause, Result};

/// The largest known tokenizer.json has about 35 megabytes.
const MAX_TEXT: u64 = 1 << 28;

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(path: &Path) -> Folder {
        Folder { path: path.to_owned() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file named by this program.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The path of a file named by another file (`from`): it must lie inside the folder.
    pub(crate) fn named(&self, name: &str, from: &Path) -> Result<PathBuf> {
        let inside = Path::new(name).components().all(|it| matches!(it, Component::Normal(_)));
        if inside && !name.is_empty() {
            return Ok(self.path.join(name));
        }
        Err(Cause::Damaged(format!("it names {name:?}, which is not in the folder")).at(from))
    }

    /// The text of a file; `None` if it does not exist.
    pub(crate) fn text(&self, path: &Path) -> Result<Option<String>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Cause::Io(error).at(path)),
        };
        let mut bytes = Vec::new();
        let read = file.take(MAX_TEXT + 1).read_to_end(&mut bytes);
        read.map_err(|error| Cause::Io(error).at(path))?;
        if bytes.len() as u64 > MAX_TEXT {
            return Err(Cause::TooLarge(MAX_TEXT).at(path));
        }
        let text = String::from_utf8(bytes);
        text.map(Some).map_err(|_| Cause::Damaged("it is not UTF-8".into()).at(path))
    }

    /// The JSON in a file; `None` if it does not exist.
    pub(crate) fn json(&self, path: &Path) -> Result<Option<Value>> {
        let Some(text) = self.text(path)? else { return Ok(None) };
        let value = serde_json::from_str(&text);
        value.map(Some).map_err(|error| Cause::Damaged(error.to_string()).at(path))
    }

    /// The JSON object in a file; `None` if it does not exist.
    pub(crate) fn object(&self, path: &Path) -> Result<Option<Object>> {
        match self.json(path)? {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(Cause::Damaged("it is not a JSON object".into()).at(path)),
        }
    }
}
