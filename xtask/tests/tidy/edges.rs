//! The allowed dependencies between crates: the layers of ARCHITECTURE.md.

use std::collections::BTreeSet;
use std::process::Command;

use serde::Deserialize;

use crate::{assert_none, root};

/// Each crate (without the prefix `descry-`) and its allowed dependencies besides `base`, lowest layer first.
const LAYERS: [(&str, &[&str]); 23] = [
    ("base", &[]),
    ("watch", &[]),
    ("chunk", &[]),
    ("embed", &[]),
    ("catalog", &[]),
    ("lexical", &[]),
    ("vector", &[]),
    ("encoder", &[]),
    ("embed-gguf", &["embed", "encoder"]),
    ("convert", &[]),
    ("grep", &[]),
    ("search", &["embed", "lexical", "vector", "grep"]),
    ("engine", &["search", "watch", "chunk", "embed", "catalog", "lexical", "vector", "grep"]),
    ("session", &["engine", "embed", "embed-gguf"]),
    ("bundled", &["session", "embed", "embed-gguf"]),
    ("evaluation", &["engine", "watch", "chunk", "embed"]),
    ("testkit", &["watch", "embed"]),
    ("cli", &["evaluation", "session", "bundled", "engine", "embed", "embed-gguf", "convert"]),
    ("app", &["evaluation", "session", "bundled", "engine", "embed", "embed-gguf"]),
    ("e2e", &["session", "engine", "embed", "embed-gguf"]),
    (
        "eval",
        &[
            "evaluation",
            "session",
            "bundled",
            "engine",
            "embed",
            "embed-gguf",
            "chunk",
            "vector",
            "watch",
        ],
    ),
    ("fuzz", &["catalog", "chunk", "embed", "embed-gguf", "search", "session"]),
    ("xtask", &[]),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// Absent for a normal dependency, else `dev` or `build`.
    kind: Option<String>,
    /// Present for a crate of this workspace.
    path: Option<String>,
}

#[test]
fn layers_know_only_what_is_above_them() {
    let mut above = BTreeSet::from(["base"]);
    for (name, known) in LAYERS {
        let unknown: Vec<_> = known.iter().filter(|it| !above.contains(*it)).collect();
        assert!(unknown.is_empty(), "{name} comes before {unknown:?}");
        above.insert(name);
    }
}

#[test]
fn crates_depend_only_downwards() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let complaints: Vec<_> = metadata.packages.iter().flat_map(complaints).collect();
    assert_none(&complaints);
}

fn complaints(package: &Package) -> Vec<String> {
    let from = short(&package.name);
    let Some((_, known)) = LAYERS.iter().find(|(name, _)| *name == from) else {
        return vec![format!("{from} is missing from LAYERS in xtask/tests/tidy/edges.rs")];
    };
    let inner = package.dependencies.iter().filter(|it| it.path.is_some());
    let wrong = inner.filter(|it| {
        let to = short(&it.name);
        let for_tests = it.kind.as_deref() == Some("dev");
        !(to == "base" || known.contains(&to) || for_tests && to == "testkit")
    });
    wrong.map(|it| format!("{from} must not depend on {}", short(&it.name))).collect()
}

fn short(name: &str) -> &str {
    name.strip_prefix("descry-").unwrap_or(name)
}

#[test]
fn an_edge_that_points_upwards_is_found() {
    let check = |from: &str, kind: Option<&str>, to: &str, expected: usize| {
        let path = Some("crates".to_owned());
        let dependency = Dependency { name: to.to_owned(), kind: kind.map(str::to_owned), path };
        let package = Package { name: from.to_owned(), dependencies: vec![dependency] };
        assert_eq!(complaints(&package).len(), expected, "{from} -> {to}");
    };
    check("descry-engine", None, "descry-search", 0);
    check("descry-search", None, "descry-engine", 1);
    check("descry-engine", Some("dev"), "descry-testkit", 0);
    check("descry-engine", None, "descry-testkit", 1);
    check("descry-engine", None, "descry-embed-gguf", 1);
    check("descry-novelty", None, "descry-base", 1);
}
