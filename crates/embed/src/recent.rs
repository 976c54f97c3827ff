//! The vectors of the last few queries, so that retyping a query costs nothing.

use std::collections::VecDeque;

/// A least-recently-used cache, small enough for a linear scan.
#[derive(Debug)]
pub(crate) struct Recent {
    entries: VecDeque<(String, Vec<f32>)>,
    capacity: usize,
}

impl Recent {
    pub(crate) fn new(capacity: usize) -> Recent {
        Recent { entries: VecDeque::new(), capacity }
    }

    pub(crate) fn get(&mut self, text: &str) -> Option<Vec<f32>> {
        let at = self.entries.iter().position(|(known, _)| known == text)?;
        let entry = self.entries.remove(at)?;
        let vector = entry.1.clone();
        self.entries.push_front(entry);
        Some(vector)
    }

    pub(crate) fn put(&mut self, text: String, vector: Vec<f32>) {
        self.entries.retain(|(known, _)| *known != text);
        self.entries.push_front((text, vector));
        self.entries.truncate(self.capacity);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut recent = Recent::new(2);
        recent.put("a".into(), vec![1.0]);
        recent.put("b".into(), vec![2.0]);
        assert_eq!(recent.get("a"), Some(vec![1.0]));
        recent.put("c".into(), vec![3.0]);
        assert_eq!(recent.get("b"), None);
        assert_eq!(recent.get("a"), Some(vec![1.0]));
        assert_eq!(recent.get("c"), Some(vec![3.0]));
    }
}
