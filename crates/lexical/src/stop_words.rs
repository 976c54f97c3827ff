//! English function words: they say how a question is asked, not what about.

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

/// Sorted. What these say depends on the word beside them (`back off`, `log out`): alone they stand in too
/// many texts to tell any.
const PARTICLES: &[&str] = &[
    "again", "down", "even", "just", "many", "much", "off", "once", "only", "out", "over", "still",
    "too", "up", "very", "yet",
];

/// True for an English adverb that tells something only together with the word beside it (`off`, `up`).
pub(crate) fn is_particle(word: &str) -> bool {
    PARTICLES.binary_search(&word).is_ok()
}

/// True for an English function word in lower case (`the`, `how`, `which`).
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
