//! The rules that apply before any ignore file.

use std::ffi::OsStr;
use std::path::Path;

/// The rules of a walk. Ignore files on disk are applied on top of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The size in bytes above which a file is skipped. 1 MiB: hand-written source is far smaller.
    pub max_file_bytes: u64,
    /// The same limit for notebooks, most of which consist of outputs that nobody reads, and for
    /// files that a `.descryignore` admits. 64 MiB: anything larger is not text written by people.
    pub max_large_bytes: u64,
    /// Whether the user's global git excludes (`core.excludesFile`) apply.
    pub git_global: bool,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { max_file_bytes: 1 << 20, max_large_bytes: 64 << 20, git_global: true }
    }
}

/// Ignore files, strongest first. A match in a stronger kind overrides any match in a weaker one.
pub(crate) const IGNORE_FILES: [&str; 3] = [".descryignore", ".ignore", ".gitignore"];

/// Patterns in gitignore syntax, weaker than every ignore file: a `!pattern` in any of them
/// re-admits a path. Dependencies and caches are other people's text; the other patterns match
/// files that editors write while saving.
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

impl Rules {
    /// The size in bytes above which a file with this name is skipped. `overruled`: a
    /// `.descryignore` admits it.
    pub(crate) fn limit(&self, name: &OsStr, overruled: bool) -> u64 {
        let is_notebook =
            Path::new(name).extension().is_some_and(|found| found.eq_ignore_ascii_case("ipynb"));
        if overruled || is_notebook { self.max_large_bytes } else { self.max_file_bytes }
    }
}

/// Folders that are build output if evidence confirms it, because people use these names for other
/// folders, too. Each entry has the folder's name, the files of which one must exist in it, and a
/// file that must exist next to it together with one of the folders inside it.
const WITNESSED: [Witnessed; 4] = [
    ("target", &["CACHEDIR.TAG", ".rustc_info.json"], ("Cargo.toml", &["debug", "release"])),
    ("venv", &["pyvenv.cfg"], ("", &[])),
    ("env", &["pyvenv.cfg"], ("", &[])),
    ("_build", &["CACHEDIR.TAG"], ("mix.exs", &["dev", "test", "prod"])),
];

type Witnessed = (&'static str, &'static [&'static str], (&'static str, &'static [&'static str]));

/// True if the name of the folder `path` and the files in and next to it show that it is build
/// output.
pub(crate) fn is_build_output(path: &Path) -> bool {
    let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else { return false };
    let any = |names: &[&str]| names.iter().any(|name| path.join(name).exists());
    WITNESSED.iter().filter(|(folder, ..)| name == *folder).any(|(_, files, (beside, folders))| {
        any(files) || any(folders) && parent.join(beside).is_file()
    })
}

/// True if Descry keeps its data in the folder `path`, whether it is in use or not.
pub(crate) fn is_own_data(path: &Path) -> bool {
    path.join("catalog.sqlite").is_file() && path.join("folders").is_dir()
}

/// True if the name ends in an extension that never belongs to text.
pub(crate) fn is_binary(name: &OsStr) -> bool {
    let Some(extension) = Path::new(name).extension().and_then(OsStr::to_str) else { return false };
    let mut lower = [0; LONGEST];
    let Some(lower) = lower.get_mut(..extension.len()) else { return false };
    lower.copy_from_slice(extension.as_bytes());
    lower.make_ascii_lowercase();
    BINARY.binary_search_by(|known| known.as_bytes().cmp(lower)).is_ok()
}

const LONGEST: usize = 11;

/// Sorted, in lower case. Deliberately excludes `svg` (text), `ts` (video, but mostly TypeScript),
/// and `bin`, `dat`, `db`, `key`, `obj` (either): their content decides.
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
