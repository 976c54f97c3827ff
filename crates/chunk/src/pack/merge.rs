//! Decides which adjacent segments form one chunk.

use std::ops::Range;

use super::segment::{Form, Scopes, Segment};
use crate::chunk::ChunkConfig;

/// Groups the segments; each group is one chunk.
pub(super) fn groups(
    text: &str,
    segments: Vec<Segment>,
    scopes: &Scopes<'_>,
    config: &ChunkConfig,
) -> Vec<Vec<Segment>> {
    let mut groups: Vec<Group> = Vec::new();
    for segment in segments {
        let next = Group::new(text, segment, config);
        match groups.last_mut() {
            Some(last) if next.is_closer && last.fits(&next, config.max_bytes) => last.absorb(next),
            Some(last) if last.takes(&next, config) => last.add(next),
            _ => groups.push(next),
        }
    }
    attach_small(groups, scopes, config).into_iter().map(|group| group.segments).collect()
}

struct Group {
    segments: Vec<Segment>,
    range: Range<usize>,
    container: Option<usize>,
    /// Only brackets and similar punctuation.
    is_closer: bool,
    /// Contains a definition that is large enough for a chunk of its own. The beginning of a type
    /// does not count: its small members belong to it.
    is_substantial: bool,
}

impl Group {
    fn new(text: &str, segment: Segment, config: &ChunkConfig) -> Group {
        let content = text[segment.range.clone()].trim();
        Group {
            range: segment.range.clone(),
            container: segment.container,
            is_closer: !content.chars().any(char::is_alphanumeric),
            is_substantial: !matches!(segment.form, Form::Loose | Form::Head)
                && content.len() >= config.alone_bytes,
            segments: vec![segment],
        }
    }

    fn add(&mut self, next: Group) {
        self.range.end = next.range.end;
        self.container = next.container;
        self.is_closer &= next.is_closer;
        self.is_substantial |= next.is_substantial;
        self.segments.extend(next.segments);
    }

    /// Adds text that does not affect what the chunk is about: brackets, the end of a type, a last
    /// line.
    fn absorb(&mut self, mut next: Group) {
        if let Some(last) = self.segments.last() {
            let (scope, container) = (last.scope, last.container);
            for segment in &mut next.segments {
                *segment =
                    Segment { scope, container, form: Form::Part, range: segment.range.clone() };
            }
        }
        next.container = self.container;
        next.is_substantial = false;
        self.add(next);
    }

    fn len(&self) -> usize {
        self.range.len()
    }

    fn fits(&self, next: &Group, limit: usize) -> bool {
        next.range.end - self.range.start <= limit
    }

    /// Whether `next` joins this group because both are small and have the same parent.
    fn takes(&self, next: &Group, config: &ChunkConfig) -> bool {
        self.container == next.container
            && !self.is_substantial
            && !next.is_substantial
            && self.fits(next, config.target_bytes.min(config.max_bytes))
    }

    /// Whether the group is too small for a chunk and contains no whole definition.
    fn is_small_text(&self, config: &ChunkConfig) -> bool {
        self.len() < config.min_bytes && self.segments.iter().all(|s| s.form != Form::Whole)
    }

    fn is_head(&self) -> bool {
        self.segments.iter().any(|segment| segment.form == Form::Head)
    }

    /// Whether `next` has the same parent as this group, or lies in the definition that this group
    /// begins. The end of a definition leads to nothing.
    fn leads_to(&self, next: &Group, scopes: &Scopes<'_>) -> bool {
        let is_end = self.segments.iter().any(|segment| segment.form == Form::Tail);
        let goes_in = next.container.is_some_and(|inner| scopes.parent(inner) == self.container);
        !is_end && (self.container == next.container || goes_in)
    }
}

/// Joins groups that are too small for a chunk and define nothing to what follows (a signature to
/// its first member, imports to the first definition) or, if that does not fit, to what precedes.
fn attach_small(groups: Vec<Group>, scopes: &Scopes<'_>, config: &ChunkConfig) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    for next in groups {
        if let Some(last) = out.last_mut()
            && last.is_small_text(config)
            && last.leads_to(&next, scopes)
            && last.fits(&next, config.max_bytes)
        {
            last.add(next);
        } else {
            absorb_small_text(&mut out, config);
            out.push(next);
        }
    }
    absorb_small_text(&mut out, config);
    out
}

/// Joins the last group to the one before it if it is small text with nothing to lead to.
fn absorb_small_text(groups: &mut Vec<Group>, config: &ChunkConfig) {
    if let [.., before, last] = &mut groups[..]
        && last.is_small_text(config)
        && !last.is_head()
        && before.fits(last, config.max_bytes)
        && let Some(last) = groups.pop()
        && let Some(before) = groups.last_mut()
    {
        before.absorb(last);
    }
}
