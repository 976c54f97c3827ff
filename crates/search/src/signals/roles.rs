//! The purpose of a file: tests, examples, copies, prose, declarations.

use std::collections::HashSet;

use descry_base::RelPath;

use crate::asked::Asked;
use crate::candidate::Candidate;
use crate::{FileRole, SignalKind, Weights};

/// Lowers tests, examples, copies and prose unless the query asks for them.
pub(super) fn priors(candidates: &mut [Candidate], asked: Asked, weights: &Weights) {
    for candidate in candidates {
        let role = candidate.file.role;
        let prior = match role {
            _ if asked.wants(role) || candidate.is_named => None,
            FileRole::Tests => Some((SignalKind::Tests, weights.tests)),
            FileRole::Examples => Some((SignalKind::Example, weights.examples)),
            FileRole::Benches => Some((SignalKind::Benchmark, weights.examples)),
            FileRole::Vendored => Some((SignalKind::Vendored, weights.vendored)),
            FileRole::Docs | FileRole::Config => Some((SignalKind::Prose, weights.prose)),
            FileRole::Source => None,
        };
        if let Some((kind, factor)) = prior.filter(|(_, factor)| *factor != 1.0) {
            candidate.multiply(kind, factor);
        }
        match candidate.file.path.file_name() {
            "__init__.py" | "package-info.java" => {
                candidate.multiply(SignalKind::Gathering, weights.gathering);
            }
            name if name.ends_with(".d.ts") => {
                candidate.multiply(SignalKind::Declarations, weights.declarations);
            }
            _ => {}
        }
    }
}

/// Lowers declarations in favor of their code: a header beside its source.
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
            candidate.multiply(SignalKind::Declarations, weights.declarations);
        }
    }
}

fn is_header(path: &RelPath) -> bool {
    let name = path.file_name();
    [".h", ".hh", ".hpp", ".hxx"].iter().any(|ending| name.ends_with(ending))
}
