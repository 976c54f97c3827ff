//! What a file is for: tests, examples, copies, prose, declarations.

use std::collections::HashSet;

use descry_base::RelPath;

use crate::asked::Asked;
use crate::candidate::Candidate;
use crate::{FileRole, Weights};

/// What a file is: tests, examples, copies, prose; each gives way when the question asks for it.
pub(super) fn priors(candidates: &mut [Candidate], asked: Asked, weights: &Weights) {
    for candidate in candidates {
        let role = candidate.file.role;
        let (name, factor) = match role {
            _ if asked.wants(role) || candidate.is_named => ("", 1.0),
            FileRole::Tests => ("tests", weights.tests),
            FileRole::Examples => ("example", weights.examples),
            FileRole::Benches => ("benchmark", weights.examples),
            FileRole::Vendored => ("vendored", weights.vendored),
            FileRole::Docs | FileRole::Config => ("prose", weights.prose),
            FileRole::Source => ("", 1.0),
        };
        if factor != 1.0 {
            candidate.multiply(name, factor);
        }
        match candidate.file.path.file_name() {
            "__init__.py" | "package-info.java" => {
                candidate.multiply("gathering file", weights.gathering);
            }
            name if name.ends_with(".d.ts") => {
                candidate.multiply("declarations", weights.declarations);
            }
            _ => {}
        }
    }
}

/// What declares makes room for what does: a header beside its source.
pub(super) fn declarations(candidates: &mut [Candidate], weights: &Weights) {
    let sources: HashSet<(usize, String)> = candidates
        .iter()
        .filter(|candidate| !is_header(&candidate.file.path))
        .map(|candidate| (candidate.shard, candidate.file.path.stem().to_owned()))
        .collect();
    for candidate in candidates {
        let path = &candidate.file.path;
        if is_header(path)
            && !candidate.is_named
            && sources.contains(&(candidate.shard, path.stem().to_owned()))
        {
            candidate.multiply("declarations", weights.declarations);
        }
    }
}

fn is_header(path: &RelPath) -> bool {
    let name = path.file_name();
    [".h", ".hh", ".hpp", ".hxx"].iter().any(|ending| name.ends_with(ending))
}
