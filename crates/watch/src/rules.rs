//! What is left out, before any ignore file speaks.

use std::ffi::OsStr;
use std::path::Path;

/// The rules of a walk. Ignore files found on disk come on top of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Larger files are skipped, in bytes. 1 MiB: hand-written source stays far below it.
    pub max_file_bytes: u64,
    /// Whether the user's own git excludes (`core.excludesFile`) apply.
    pub git_global: bool,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { max_file_bytes: 1 << 20, git_global: true }
    }
}

/// Ignore files, strongest first. A match in a stronger kind beats any match in a weaker one.
pub(crate) const IGNORE_FILES: [&str; 3] = [".descryignore", ".ignore", ".gitignore"];

/// In gitignore syntax, weaker than every ignore file: a `!pattern` in any of them brings back.
/// Dependencies and caches are other people's text; the rest is what editors write while saving.
pub(crate) const BUILT_IN: &str = "
.*
!.github/
node_modules/
bower_components/
__pycache__/
*.swp
*.swo
*.swx
*.tmp
*~
4913
\\#*\\#
*___jb_tmp___
*___jb_old___
";

/// Folders that are build output only if a witness stands by: the folder's name, a file inside it
/// that proves it, a file beside it that proves it.
const WITNESSED: [(&str, &str, &str); 4] = [
    ("target", "CACHEDIR.TAG", "Cargo.toml"),
    ("venv", "pyvenv.cfg", "pyvenv.cfg"),
    ("env", "pyvenv.cfg", "pyvenv.cfg"),
    ("_build", "CACHEDIR.TAG", "mix.exs"),
];

/// True if the folder `path` is build output by its name and what stands in or beside it.
pub(crate) fn is_build_output(path: &Path) -> bool {
    let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else { return false };
    WITNESSED.iter().any(|(folder, inside, beside)| {
        name == *folder && (path.join(inside).exists() || parent.join(beside).exists())
    })
}

/// True if the name ends in an extension that never is text.
pub(crate) fn is_binary(name: &OsStr) -> bool {
    let Some(extension) = Path::new(name).extension().and_then(OsStr::to_str) else { return false };
    let mut lower = [0; LONGEST];
    let Some(lower) = lower.get_mut(..extension.len()) else { return false };
    lower.copy_from_slice(extension.as_bytes());
    lower.make_ascii_lowercase();
    BINARY.binary_search_by(|known| known.as_bytes().cmp(lower)).is_ok()
}

const LONGEST: usize = 11;

/// Sorted, lower case. Left out on purpose: `svg` (text), `ts` (video, but mostly TypeScript),
/// `bin`, `dat`, `db`, `key`, `obj` (either): their content decides.
#[rustfmt::skip]
const BINARY: &[&str] = &[
    "7z", "a", "aac", "aif", "aiff", "apk", "appimage", "arrow", "avi", "avif", "bmp", "br", "bz2",
    "cab", "class", "dds", "deb", "dex", "dll", "dmg", "doc", "docx", "dylib", "ear", "egg", "eot",
    "exe", "exr", "feather", "flac", "flv", "gguf", "gif", "gz", "h5", "heic", "icns", "ico", "iso",
    "jar", "jpeg", "jpg", "jxl", "ktx", "ktx2", "lib", "lz4", "m4a", "m4v", "mid", "mkv", "mov",
    "mp3", "mp4", "mpeg", "mpg", "msi", "node", "npy", "npz", "o", "odp", "ods", "odt", "ogg",
    "onnx", "opus", "otf", "parquet", "pdb", "pdf", "pkl", "png", "ppt", "pptx", "psd", "pt", "pyc",
    "pyd", "pyo", "rar", "rlib", "rmeta", "rpm", "safetensors", "so", "sqlite", "sqlite3", "tar",
    "tflite", "tga", "tgz", "tif", "tiff", "ttc", "ttf", "war", "wasm", "wav", "webm", "webp",
    "whl", "wmv", "woff", "woff2", "xls", "xlsx", "xz", "zip", "zst",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_searched() {
        assert!(BINARY.is_sorted());
        assert_eq!(BINARY.iter().map(|extension| extension.len()).max(), Some(LONGEST));
    }

    #[track_caller]
    fn check(name: &str, expected: bool) {
        assert_eq!(is_binary(OsStr::new(name)), expected, "{name}");
    }

    #[test]
    fn binary_by_extension() {
        check("logo.png", true);
        check("LOGO.PNG", true);
        check("lib.so", true);
        check("model.safetensors", true);
        check("icon.svg", false);
        check("main.ts", false);
        check("zip", false);
        check("notes.averyveryverylongextension", false);
    }
}
