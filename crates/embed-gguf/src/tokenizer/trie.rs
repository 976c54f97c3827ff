//! Finds all tokens that are a prefix of a text.

/// No node, and no token.
const NONE: u32 = u32::MAX;

/// A byte trie with nodes numbered breadth first, so that the children of a node are adjacent.
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// The root's children by byte: nearly every search ends there or soon after.
    first: Box<[u32; 256]>,
}

#[derive(Clone, Copy)]
struct Node {
    /// The token that ends here.
    id: u32,
    /// The children are `children..children + count`, in byte order.
    children: u32,
    count: u16,
    byte: u8,
}

impl Trie {
    /// Of tokens with the same text, the first is kept; empty texts are ignored.
    pub(super) fn new<'a>(tokens: impl Iterator<Item = (u32, &'a [u8])>) -> Trie {
        let mut tokens: Vec<_> = tokens.filter(|(_, text)| !text.is_empty()).collect();
        tokens.sort_by_key(|&(_, text)| text);
        tokens.dedup_by_key(|&mut (_, text)| text);
        let node = |byte| Node { id: NONE, children: 0, count: 0, byte };
        let mut nodes = vec![node(0)];
        // The nodes whose children are still to be built, each with its range of tokens, which
        // share the bytes that lead to the node.
        let (mut level, mut depth) = (vec![(0, 0..tokens.len())], 0);
        while !level.is_empty() {
            let mut next = Vec::new();
            for (parent, mut range) in level {
                if let Some((id, text)) = tokens.get(range.start)
                    && text.len() == depth
                {
                    nodes[parent].id = *id;
                    range.start += 1;
                }
                nodes[parent].children = nodes.len() as u32;
                while let Some(byte) = tokens[range.clone()].first().map(|token| token.1[depth]) {
                    let same =
                        tokens[range.clone()].partition_point(|token| token.1[depth] == byte);
                    next.push((nodes.len(), range.start..range.start + same));
                    nodes.push(node(byte));
                    nodes[parent].count += 1;
                    range.start += same;
                }
            }
            (level, depth) = (next, depth + 1);
        }
        let mut first = Box::new([NONE; 256]);
        let root = nodes[0];
        for child in root.children..root.children + u32::from(root.count) {
            first[nodes[child as usize].byte as usize] = child;
        }
        Trie { nodes, first }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// Every token that is a prefix of `text`, the shortest first: id and length.
    #[inline]
    pub(super) fn prefixes(&self, text: &[u8]) -> impl Iterator<Item = (u32, usize)> {
        let mut node = match text.first() {
            Some(&byte) => self.first[byte as usize],
            None => NONE,
        };
        let mut len = 0;
        std::iter::from_fn(move || {
            while node != NONE {
                let here = self.nodes[node as usize];
                len += 1;
                node = match text.get(len) {
                    Some(&byte) => self.child(here, byte),
                    None => NONE,
                };
                if here.id != NONE {
                    return Some((here.id, len));
                }
            }
            None
        })
    }

    /// The first position in `text` at which a token begins, and the longest token there: its id,
    /// its start and its end.
    pub(super) fn find(&self, text: &str) -> Option<(u32, usize, usize)> {
        if self.is_empty() {
            return None;
        }
        (0..text.len()).find_map(|at| {
            let (id, len) = self.prefixes(&text.as_bytes()[at..]).last()?;
            Some((id, at, at + len))
        })
    }

    #[inline]
    fn child(&self, node: Node, byte: u8) -> u32 {
        let start = node.children as usize;
        let children = &self.nodes[start..start + node.count as usize];
        let found = match children.len() {
            0..=8 => children.iter().position(|child| child.byte == byte),
            _ => children.binary_search_by_key(&byte, |child| child.byte).ok(),
        };
        found.map_or(NONE, |child| node.children + child as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_prefix_and_the_first_longest() {
        let words = ["a", "ab", "abcd", "b", "", "ab", "né", "\n\n", "\n\n\n"];
        let trie = Trie::new((0..).zip(words).map(|(id, word)| (id, word.as_bytes())));
        let prefixes = |text: &str| trie.prefixes(text.as_bytes()).collect::<Vec<_>>();
        assert_eq!(prefixes("abcde"), [(0, 1), (1, 2), (2, 4)]);
        assert_eq!(prefixes("né"), [(6, 3)]);
        assert_eq!(prefixes("x"), []);
        assert_eq!(prefixes(""), []);
        assert_eq!(trie.find("xx\n\n\n\n"), Some((8, 2, 5)));
        assert_eq!(trie.find("xx\n"), None);
        let none = Trie::new(std::iter::empty());
        assert!(none.is_empty() && none.find("a").is_none());
    }
}
