//! Where things lie on this machine: the data directory and the models that come with the program.

use std::path::{Path, PathBuf};

use crate::SessionError;

/// The file name of the bundled model.
pub const BUNDLED_MODEL: &str = "all-minilm-l6-v2-q8_0.gguf";

/// The file name of the bundled model's static student.
const BUNDLED_DRAFT: &str = "all-minilm-l6-v2-instant.gguf";

/// The data directory: `DESCRY_DATA_DIR`, or the platform's place for application data.
pub fn data_dir() -> Result<PathBuf, SessionError> {
    if let Some(path) = std::env::var_os("DESCRY_DATA_DIR").filter(|path| !path.is_empty()) {
        return Ok(path.into());
    }
    let dirs = directories::ProjectDirs::from("", "", "descry").ok_or(SessionError::NoHome)?;
    Ok(dirs.data_dir().to_path_buf())
}

/// The bundled model and its student: in `DESCRY_MODELS` and nowhere else if that is set; otherwise
/// beside the program, where the platform's packages put resources, or in the `models` folder of the
/// source tree that built the program.
pub fn bundled_models() -> (PathBuf, PathBuf) {
    let from_env = std::env::var_os("DESCRY_MODELS").filter(|path| !path.is_empty());
    let folder = from_env.map_or_else(installed_models, PathBuf::from);
    (folder.join(BUNDLED_MODEL), folder.join(BUNDLED_DRAFT))
}

fn installed_models() -> PathBuf {
    let program = std::env::current_exe().and_then(|path| path.canonicalize()).unwrap_or_default();
    let near = program.ancestors().skip(1).take(4).flat_map(|dir| {
        ["models", "lib/Descry/models", "lib/descry-app/models", "Resources/models"]
            .map(|folder| dir.join(folder))
    });
    let found = near.into_iter().find(|folder| folder.join(BUNDLED_MODEL).is_file());
    found.unwrap_or_else(|| program.parent().unwrap_or(Path::new(".")).join("models"))
}
