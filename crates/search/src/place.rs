//! What part of a project a file belongs to, by its path alone.

use descry_base::{Language, RelPath};
use serde::{Deserialize, Serialize};

/// The part of a project that a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
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
    /// Copies of other projects, and what is kept for compatibility.
    Vendored,
}

impl Place {
    /// Every place, in the order in which they are shown.
    pub const ALL: [Place; 7] = [
        Place::Source,
        Place::Tests,
        Place::Examples,
        Place::Benches,
        Place::Docs,
        Place::Config,
        Place::Vendored,
    ];

    /// The word that is shown and sent.
    pub fn id(self) -> &'static str {
        match self {
            Place::Source => "source",
            Place::Tests => "tests",
            Place::Examples => "examples",
            Place::Benches => "benches",
            Place::Docs => "docs",
            Place::Config => "config",
            Place::Vendored => "vendored",
        }
    }

    /// The place that a word names.
    pub fn from_word(word: &str) -> Option<Place> {
        Place::ALL.into_iter().find(|place| place.id() == word)
    }

    /// The place of a file.
    pub fn of(path: &RelPath, language: Language) -> Place {
        let lower = path.as_str().to_lowercase();
        let mut folders = lower.split('/').rev();
        let name = folders.next().unwrap_or("");
        for folder in folders {
            match folder {
                "vendor" | "vendored" | "third_party" | "third-party" | "thirdparty"
                | "node_modules" | "external" | "deps" | "compat" | "_compat" | "legacy" => {
                    return Place::Vendored;
                }
                "test" | "tests" | "__tests__" | "testing" | "spec" | "specs" | "testdata"
                | "fixtures" | "__mocks__" | "mocks" | "e2e" => return Place::Tests,
                "example" | "examples" | "demo" | "demos" | "sample" | "samples" | "docs_src" => {
                    return Place::Examples;
                }
                "bench" | "benches" | "benchmark" | "benchmarks" => return Place::Benches,
                _ => {}
            }
        }
        if is_test_name(name, path.file_name(), language) {
            return Place::Tests;
        }
        match language {
            Language::Markdown | Language::Html => Place::Docs,
            Language::Json | Language::Toml | Language::Yaml => Place::Config,
            Language::Plain => of_unknown(name),
            _ => Place::Source,
        }
    }
}

/// The place of a file in no known language: code, unless its name is one of prose or of settings.
fn of_unknown(name: &str) -> Place {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    match extension {
        "txt" | "text" | "log" | "rst" | "adoc" | "asciidoc" | "org" | "tex" | "textile"
        | "pod" | "wiki" | "rtf" | "po" | "pot" | "1" | "3" | "5" | "8" => Place::Docs,
        "xml" | "ini" | "cfg" | "conf" | "config" | "properties" | "env" | "csv" | "tsv"
        | "plist" | "editorconfig" | "lock" | "xsd" | "resx" | "desktop" | "service" | "mod"
        | "sum" => Place::Config,
        "" => match stem.trim_end_matches(|c: char| !c.is_alphanumeric()) {
            "license" | "licence" | "copying" | "notice" | "authors" | "readme" | "changelog"
            | "changes" | "news" | "history" | "todo" | "contributing" | "contributors"
            | "install" | "thanks" | "credits" => Place::Docs,
            _ if stem.starts_with("license-") || stem.starts_with("licence-") => Place::Docs,
            _ => Place::Source,
        },
        // Settings of tools: `.gitignore`, `.npmrc`.
        _ if stem.is_empty() => Place::Config,
        _ => Place::Source,
    }
}

/// The names that test frameworks look for (`test_x.py`, `x_test.go`, `x.spec.ts`, `XTest.java`).
fn is_test_name(lower: &str, name: &str, language: Language) -> bool {
    let stem = lower.split('.').next().unwrap_or(lower);
    let camel = name.split('.').next().unwrap_or(name);
    // Tests of the shell are `.bats` files: there `test_helpers.bash` is what tests are written with.
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
        fn check(path: &str, expected: Place) {
            let path = RelPath::new(path).unwrap();
            assert_eq!(Place::of(&path, Language::of_path(path.as_str())), expected, "{path}");
        }
        check("src/retry.rs", Place::Source);
        check("src/latest.rs", Place::Source);
        check("tests/retry.rs", Place::Tests);
        check("pkg/retry_test.go", Place::Tests);
        check("src/RetryTest.java", Place::Tests);
        check("ui/Hit.spec.ts", Place::Tests);
        check("examples/hello.py", Place::Examples);
        check("README.md", Place::Docs);
        check("vendor/zlib/inflate.c", Place::Vendored);
        check("package.json", Place::Config);
        check("pom.xml", Place::Config);
        check(".gitignore", Place::Config);
        check("LICENSE-MIT", Place::Docs);
        check("notes.txt", Place::Docs);
        check("Jenkinsfile", Place::Source);
        check("contracts/Vault.sol", Place::Source);
        check("lib/queue.erl", Place::Source);
    }
}
