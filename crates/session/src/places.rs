//! The location of the data directory on this machine.

use std::path::PathBuf;

use crate::SessionError;

/// The data directory: `DESCRY_DATA_DIR`, or the platform's directory for application data.
pub fn data_dir() -> Result<PathBuf, SessionError> {
    if let Some(path) = std::env::var_os("DESCRY_DATA_DIR").filter(|path| !path.is_empty()) {
        return Ok(path.into());
    }
    let dirs = directories::ProjectDirs::from("", "", "descry").ok_or(SessionError::NoHome)?;
    Ok(dirs.data_dir().to_path_buf())
}
