//! Lists what filters without words admit, in path order.

use descry_lexical::LexicalQuery;

use super::finish;
use crate::held::{admitted, complete};
use crate::scope::Scope;
use crate::sources::Sources;
use crate::{Answer, Query};

/// The admitted files, each shown by its first chunk; the admitted chunks if a filter selects
/// chunks.
pub(super) fn list(scope: &Scope<'_>, query: &Query, sources: &dyn Sources) -> Answer {
    let by_chunk = scope.filter.only.is_some() || !scope.filter.admits_all_of_a_file();
    let mut candidates = match by_chunk {
        true => admitted(scope).collect(),
        false => scope.files().filter_map(|file| scope.candidate(file.first, 0.0)).collect(),
    };
    if by_chunk {
        complete(scope, &mut candidates);
    }
    finish(scope, candidates, query.limit, &LexicalQuery::default(), None, sources)
}
