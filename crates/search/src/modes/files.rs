//! Files by path, with the fuzzy matching of editors.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use descry_lexical::{LexicalQuery, compose};

use super::{finish, listing};
use crate::scope::Scope;
use crate::sources::Sources;
use crate::{Answer, Parsed, Query};

/// Files whose paths match, each shown by its first chunk.
pub(super) fn search(
    scope: &Scope<'_>,
    parsed: &Parsed,
    query: &Query,
    sources: &dyn Sources,
) -> Answer {
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    let pattern =
        Pattern::parse(&compose(&parsed.words), CaseMatching::Smart, Normalization::Smart);
    if pattern.atoms.is_empty() {
        return listing::list(scope, query, sources);
    }
    let mut buffer = Vec::new();
    let mut candidates = Vec::new();
    for file in scope.files() {
        let path = compose(file.path.as_str());
        let path = Utf32Str::new(&path, &mut buffer);
        if let Some(score) = pattern.score(path, &mut matcher) {
            candidates.extend(scope.candidate(file.first, score as f32));
        }
    }
    candidates.sort_by(|a, b| {
        let length = |c: &crate::candidate::Candidate| c.file.path.as_str().len();
        b.score.total_cmp(&a.score).then(length(a).cmp(&length(b))).then(a.id.cmp(&b.id))
    });
    finish(scope, candidates, query.limit, &LexicalQuery::default(), None, sources)
}
