//! Chunks that define the queried name.

use std::collections::HashSet;

use descry_base::{DefinedName, SymbolKind};

use super::path::name_of;
use crate::candidate::Candidate;
use crate::kind::{QueryKind, names_in, squash};
use crate::{SignalKind, Weights};

/// A weaker definition is more of a mention.
const WEAK: f32 = 0.5;

/// Raises the definitions of the names in a query.
pub(super) fn definitions(
    candidates: &mut [Candidate],
    words: &str,
    kind: QueryKind,
    weights: &Weights,
    best: f32,
) {
    let names = names_in(words, kind);
    let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let base =
        if kind == QueryKind::Symbol { weights.definition } else { weights.definition_mixed };
    let strength = |defined: &DefinedName| {
        let as_written = names.contains(&defined.name);
        if !as_written && !lower.contains(&defined.name.to_lowercase()) {
            return 0.0;
        }
        (if as_written { 1.0 } else { 0.8 })
            * match defined.kind {
                // A heading or a key of a data file is more of a mention than a definition.
                SymbolKind::Section => weights.section,
                // Users import a name from its re-export, but its definition goes first.
                SymbolKind::Reexport => weights.reexport,
                _ => 1.0,
            }
    };
    let defined: Vec<f32> = candidates
        .iter()
        .map(|candidate| {
            let defines = candidate.chunk().map_or(&[][..], |chunk| &chunk.defines);
            defines.iter().map(strength).fold(0.0, f32::max)
        })
        .collect();
    // Among words, a name that many files define says little about which one is meant.
    let files: HashSet<_> = candidates
        .iter()
        .zip(&defined)
        .filter(|(_, defined)| **defined > 0.0)
        .map(|(candidate, _)| candidate.file_key())
        .collect();
    let common = match kind {
        QueryKind::Symbol => 1.0,
        _ => (files.len().max(1) as f32).sqrt(),
    };
    for (candidate, defined) in candidates.iter_mut().zip(defined) {
        let stem = squash(name_of(&candidate.file.path));
        let stem_matches = names.iter().any(|name| squash(name) == stem);
        candidate.own += base * defined / common;
        candidate.add(SignalKind::Defines, base * defined * best / common);
        // A weak definition does not replace the bonus for a file's name.
        if defined < WEAK && stem_matches {
            candidate.add(SignalKind::Path, 0.5 * best);
        }
    }
}
