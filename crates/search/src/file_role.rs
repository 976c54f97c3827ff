//! The role of a file in its project (source, tests, examples, docs, ...), from its path alone.

use descry_base::{Language, RelPath};
use serde::{Deserialize, Serialize};

/// The role of a file in its project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileRole {
    /// The code itself.
    Source,
    /// Tests, fixtures, mocks, specs.
    Tests,
    /// Examples, demos, samples.
    Examples,
    /// Benchmarks.
    Benches,
    /// Prose.
    Docs,
    /// Settings and data.
    Config,
    /// Copies of other projects, and code kept for compatibility.
    Vendored,
}

impl FileRole {
    /// Every role, in display order.
    pub const ALL: [FileRole; 7] = [
        FileRole::Source,
        FileRole::Tests,
        FileRole::Examples,
        FileRole::Benches,
        FileRole::Docs,
        FileRole::Config,
        FileRole::Vendored,
    ];

    /// The word that is shown and serialized.
    pub fn id(self) -> &'static str {
        match self {
            FileRole::Source => "source",
            FileRole::Tests => "tests",
            FileRole::Examples => "examples",
            FileRole::Benches => "benches",
            FileRole::Docs => "docs",
            FileRole::Config => "config",
            FileRole::Vendored => "vendored",
        }
    }

    /// The role with this word.
    pub fn from_word(word: &str) -> Option<FileRole> {
        FileRole::ALL.into_iter().find(|role| role.id() == word)
    }

    /// The role of a file.
    pub fn of(path: &RelPath, language: Language) -> FileRole {
        let lower = path.as_str().to_lowercase();
        let mut folders = lower.split('/').rev();
        let name = folders.next().unwrap_or("");
        for folder in folders {
            match folder {
                "vendor" | "vendored" | "third_party" | "third-party" | "thirdparty"
                | "node_modules" | "external" | "deps" | "compat" | "_compat" | "legacy" => {
                    return FileRole::Vendored;
                }
                "test" | "tests" | "__tests__" | "testing" | "spec" | "specs" | "testdata"
                | "fixtures" | "__mocks__" | "mocks" | "e2e" => return FileRole::Tests,
                "example" | "examples" | "demo" | "demos" | "sample" | "samples" | "docs_src" => {
                    return FileRole::Examples;
                }
                "bench" | "benches" | "benchmark" | "benchmarks" => return FileRole::Benches,
                _ => {}
            }
        }
        if is_test_name(name, path.file_name(), language) {
            return FileRole::Tests;
        }
        match language {
            Language::Markdown | Language::Html => FileRole::Docs,
            Language::Json | Language::Toml | Language::Yaml => FileRole::Config,
            Language::Plain => of_unknown(name),
            _ => FileRole::Source,
        }
    }
}

/// The role of a file in an unknown language: source, unless its name is typical of docs or config.
fn of_unknown(name: &str) -> FileRole {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    match extension {
        "txt" | "text" | "log" | "rst" | "adoc" | "asciidoc" | "org" | "tex" | "textile"
        | "pod" | "wiki" | "rtf" | "po" | "pot" | "1" | "3" | "5" | "8" => FileRole::Docs,
        "xml" | "ini" | "cfg" | "conf" | "config" | "properties" | "env" | "csv" | "tsv"
        | "plist" | "editorconfig" | "lock" | "xsd" | "resx" | "desktop" | "service" | "mod"
        | "sum" => FileRole::Config,
        "" => match stem.trim_end_matches(|c: char| !c.is_alphanumeric()) {
            "license" | "licence" | "copying" | "notice" | "authors" | "readme" | "changelog"
            | "changes" | "news" | "history" | "todo" | "contributing" | "contributors"
            | "install" | "thanks" | "credits" => FileRole::Docs,
            _ if stem.starts_with("license-") || stem.starts_with("licence-") => FileRole::Docs,
            _ => FileRole::Source,
        },
        // Settings of tools: `.gitignore`, `.npmrc`.
        _ if stem.is_empty() => FileRole::Config,
        _ => FileRole::Source,
    }
}

/// Names that test frameworks look for (`test_x.py`, `x_test.go`, `x.spec.ts`, `XTest.java`).
fn is_test_name(lower: &str, name: &str, language: Language) -> bool {
    let stem = lower.split('.').next().unwrap_or(lower);
    let camel = name.split('.').next().unwrap_or(name);
    // Shell tests are `.bats` files; a `test_helpers.bash` is a helper for them.
    if language == Language::Bash {
        return lower.ends_with(".bats");
    }
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem.ends_with("_tests")
        || stem.ends_with("_spec")
        || stem == "conftest"
        || stem == "test"
        || stem == "tests"
        || lower.contains(".test.")
        || lower.contains(".spec.")
        || lower.contains(".test-d.")
        || (camel.len() > 4 && (camel.ends_with("Test") || camel.ends_with("Tests")))
        || (camel.len() > 4 && camel.ends_with("Spec"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_path() {
        #[track_caller]
        fn check(path: &str, expected: FileRole) {
            let path = RelPath::new(path).unwrap();
            assert_eq!(FileRole::of(&path, Language::of_path(path.as_str())), expected, "{path}");
        }
        check("src/retry.rs", FileRole::Source);
        check("src/latest.rs", FileRole::Source);
        check("tests/retry.rs", FileRole::Tests);
        check("pkg/retry_test.go", FileRole::Tests);
        check("src/RetryTest.java", FileRole::Tests);
        check("ui/Hit.spec.ts", FileRole::Tests);
        check("examples/hello.py", FileRole::Examples);
        check("README.md", FileRole::Docs);
        check("vendor/zlib/inflate.c", FileRole::Vendored);
        check("package.json", FileRole::Config);
        check("pom.xml", FileRole::Config);
        check(".gitignore", FileRole::Config);
        check("LICENSE-MIT", FileRole::Docs);
        check("notes.txt", FileRole::Docs);
        check("Jenkinsfile", FileRole::Source);
        check("contracts/Vault.sol", FileRole::Source);
        check("lib/queue.erl", FileRole::Source);
    }
}
