//! The user's settings: one file in the data directory, so that every program on this machine can
//! read them before an engine runs.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use descry_engine::DataDir;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::SessionError;

/// The file name in the data directory.
const FILE: &str = "settings.json";

/// Where a damaged one goes.
const ASIDE: &str = "settings.damaged.json";

/// What the user chose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The embedding model's file; `None` for the bundled model.
    #[serde(with = "any_path")]
    pub model: Option<PathBuf>,
    /// The most bytes that the index may take; `None` without a limit.
    pub disk_limit: Option<u64>,
    /// The window's settings, in its own format.
    pub window: Value,
    /// Settings of newer versions, kept as they are.
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

impl Settings {
    /// Loads the settings of a data directory; the defaults if there are none. A damaged file is set
    /// aside: a lost choice must not keep anyone from searching.
    pub fn load(data_dir: &Path) -> Result<Settings, SessionError> {
        let path = data_dir.join(FILE);
        match std::fs::read(&path) {
            Ok(text) => Ok(serde_json::from_slice(&text).unwrap_or_else(|error| {
                set_aside(data_dir, &error);
                Settings::default()
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Settings::default()),
            Err(error) if error.kind() == ErrorKind::IsADirectory => {
                set_aside(data_dir, &error);
                Ok(Settings::default())
            }
            Err(cause) => Err(SessionError::Settings { what: "read", path, cause }),
        }
    }

    /// Changes the settings of a data directory.
    pub fn change(data_dir: &Path, change: impl FnOnce(&mut Settings)) -> Result<(), SessionError> {
        let mut settings = Settings::load(data_dir)?;
        change(&mut settings);
        let dir = DataDir::create(data_dir)?;
        serde_json::to_vec_pretty(&settings)
            .map_err(Into::into)
            .and_then(|text| dir.replace(FILE, &text))
            .map_err(|cause| SessionError::Settings {
                what: "written",
                path: dir.path().join(FILE),
                cause,
            })
    }
}

fn set_aside(data_dir: &Path, error: &dyn std::error::Error) {
    let path = data_dir.join(FILE);
    tracing::error!(%error, path = %path.display(), "damaged settings are set aside");
    if let Err(error) = std::fs::rename(&path, data_dir.join(ASIDE)) {
        tracing::warn!(%error, "cannot set damaged settings aside");
    }
}

/// A path as text if it is UTF-8, otherwise as the operating system's bytes: nothing is lost.
mod any_path {
    use super::{Deserialize, OsString, PathBuf, Serialize};

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum AnyPath {
        Text(String),
        Bytes(OsString),
    }

    pub(super) fn serialize<S: serde::Serializer>(
        path: &Option<PathBuf>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let any = path.as_ref().map(|path| match path.to_str() {
            Some(text) => AnyPath::Text(text.to_owned()),
            None => AnyPath::Bytes(path.clone().into_os_string()),
        });
        any.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        let any = Option::<AnyPath>::deserialize(deserializer)?;
        Ok(any.map(|any| match any {
            AnyPath::Text(text) => PathBuf::from(text),
            AnyPath::Bytes(bytes) => PathBuf::from(bytes),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("not yet there");
        assert_eq!(Settings::load(&data_dir).unwrap(), Settings::default());
        let window = serde_json::json!({ "theme": "dark" });
        Settings::change(&data_dir, |settings| settings.window = window.clone()).unwrap();
        Settings::change(&data_dir, |settings| settings.model = Some("/größer".into())).unwrap();
        let kept = Settings::load(&data_dir).unwrap();
        assert_eq!((kept.model, kept.window), (Some("/größer".into()), window));
    }

    #[test]
    fn what_a_newer_version_keeps_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, r#"{ "budget": 7 }"#).unwrap();
        Settings::change(folder.path(), |settings| settings.model = Some("/m".into())).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["budget"], 7);
    }

    #[test]
    #[cfg(unix)]
    fn any_path_is_kept_to_the_byte() {
        use std::os::unix::ffi::OsStringExt;
        let folder = tempfile::tempdir().unwrap();
        let path = PathBuf::from(OsString::from_vec(b"/models/gr\xf6\xdfer.gguf".to_vec()));
        Settings::change(folder.path(), |settings| settings.model = Some(path.clone())).unwrap();
        assert_eq!(Settings::load(folder.path()).unwrap().model, Some(path));
    }

    #[test]
    fn a_damaged_file_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        for damaged in ["", "{", "[]", r#"{ "model": 7 }"#] {
            std::fs::write(folder.path().join(FILE), damaged).unwrap();
            assert_eq!(Settings::load(folder.path()).unwrap(), Settings::default());
            assert_eq!(std::fs::read_to_string(folder.path().join(ASIDE)).unwrap(), damaged);
            assert!(!folder.path().join(FILE).exists());
        }
    }
}
