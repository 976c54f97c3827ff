//! What a query names without naming a definition: a file, or a line of one.

use crate::asked_name::AskedName;
use crate::candidate::Candidate;
use crate::reference::{named, references};
use crate::scope::Scope;

/// The query as a name, if it contains blanks but is a file name.
pub(super) fn asked_file<'t>(scope: &Scope<'_>, text: &'t str) -> Option<AskedName<'t>> {
    /// The longest path tried; nobody types longer ones.
    const LONGEST: usize = 255;
    let name = text.trim();
    let asked = AskedName { name, alone: Some(name) };
    let may_be = name.len() <= LONGEST && name.contains(char::is_whitespace);
    (may_be && !scope.files_named(asked).is_empty()).then_some(asked)
}

/// The chunks that the query names by file and line, whether or not a list finds them.
pub(super) fn named_places(scope: &Scope<'_>, text: &str) -> Vec<Candidate> {
    /// A name shared by this many files identifies none of them.
    const MOST: usize = 100;
    let references = references(text);
    if references.is_empty() {
        return Vec::new();
    }
    let mut places: Vec<Candidate> = Vec::new();
    for named in scope.shards.iter().flat_map(|shard| named(&references, &shard.table)).take(MOST) {
        let Some(id) = named.chunk().filter(|_| scope.filter.admits_file(&named.file)) else {
            continue;
        };
        if places.iter().any(|place| place.id == id) {
            continue;
        }
        let place = scope.candidate(id, 0.0);
        places.extend(place.map(|place| Candidate { named_line: named.line, ..place }));
    }
    places
}
