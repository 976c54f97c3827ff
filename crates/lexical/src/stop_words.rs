//! English function words, which carry no content of a query.

/// Sorted, for the binary search.
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "before", "being", "both", "but", "by", "can", "could", "did", "do", "does",
    "doing", "each", "for", "from", "had", "has", "have", "having", "he", "her", "him", "his",
    "how", "i", "if", "in", "into", "is", "it", "its", "may", "me", "might", "must", "my", "of",
    "on", "or", "our", "ours", "shall", "she", "should", "so", "some", "such", "than", "that",
    "the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "to",
    "upon", "us", "was", "we", "were", "what", "when", "where", "whether", "which", "while", "who",
    "whose", "why", "will", "with", "would", "you", "your", "yours",
];

/// Sorted. The meaning of these depends on the adjacent word (`back off`, `log out`); alone they
/// occur in too many texts to discriminate.
const PARTICLES: &[&str] = &[
    "again", "down", "even", "just", "many", "much", "off", "once", "only", "out", "over", "still",
    "too", "up", "very", "yet",
];

/// True for an English adverb that has meaning only with the adjacent word (`off`, `up`).
pub(crate) fn is_particle(word: &str) -> bool {
    PARTICLES.binary_search(&word).is_ok()
}

/// True for a lower-case English function word (`the`, `how`, `which`).
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stop_word_is_found() {
        assert!(STOP_WORDS.is_sorted() && PARTICLES.is_sorted());
        assert!(STOP_WORDS.iter().all(|word| is_stop_word(word)));
        assert!(!is_stop_word("retry") && !is_stop_word(""));
    }
}
