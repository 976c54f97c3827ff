//! Models whose files omit something or state it wrongly: prompts, pooling, the token that ends a
//! text, and how far their vectors can be truncated. All facts are from the model cards.

use descry_encoder::Pooling;

use crate::model_config::Architecture;

/// Facts about a model that its file lacks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    /// The part of its name that identifies it; empty if the model is not listed.
    pub(crate) name: &'static str,
    /// The prompt before a query.
    pub(crate) query: &'static str,
    /// The prompt before a document.
    pub(crate) document: &'static str,
    /// The pooling, where files have none or a wrong one.
    pub(crate) pooling: Option<Pooling>,
    /// The token that ends every text, where files do not name it.
    pub(crate) end: Option<u32>,
    pub(crate) shortened: Shortened,
}

/// Whether a prefix of a vector is itself a valid vector (Matryoshka, Kusupati et al. 2022).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shortened {
    #[default]
    Never,
    /// The prefix has at least this many components.
    To(usize),
    /// The same, after a layer norm without weights over all components.
    NormedTo(usize),
}

const CODE: &str = "Represent this query for searching relevant code: ";
const PASSAGES: &str = "Represent this sentence for searching relevant passages: ";
const QWEN3: &str =
    "Instruct: Given a question about a program, retrieve the code that answers it\nQuery:";
const SNIPPET: &str = "Find the most relevant code snippet given the following query:\n";
const NONE: Known = Known {
    name: "",
    query: "",
    document: "",
    pooling: None,
    end: None,
    shortened: Shortened::Never,
};
const NOMIC: Known = Known { query: "search_query: ", document: "search_document: ", ..NONE };
const FIRST: Option<Pooling> = Some(Pooling::First);
const LAST: Option<Pooling> = Some(Pooling::Last);

/// Keyed by a part of the name in lower case without separators; the first match wins.
const MODELS: [(&str, Known); 17] = [
    ("nomicembedcode", Known { query: CODE, pooling: LAST, ..NONE }),
    ("coderankembed", Known { query: CODE, pooling: FIRST, ..NONE }),
    ("nomicembedtextv1.5", Known { shortened: Shortened::NormedTo(64), ..NOMIC }),
    ("nomicembedtextv2", Known { shortened: Shortened::To(256), ..NOMIC }),
    ("nomicembedtext", NOMIC),
    ("mxbaiembedlarge", Known { query: PASSAGES, shortened: Shortened::To(64), ..NONE }),
    ("bgem3", Known { pooling: FIRST, ..NONE }),
    ("bge", Known { query: PASSAGES, pooling: FIRST, ..NONE }),
    ("arcticembedlv2", Known { query: "query: ", shortened: Shortened::To(256), ..NONE }),
    ("arcticembed", Known { query: PASSAGES, pooling: FIRST, ..NONE }),
    (
        // <|endoftext|>, which the tokenizer's template appends (llama.cpp#14234).
        "qwen3embedding",
        Known {
            query: QWEN3,
            pooling: LAST,
            end: Some(151_643),
            shortened: Shortened::To(32),
            ..NONE
        },
    ),
    (
        "embeddinggemma",
        Known {
            query: "task: code retrieval | query: ",
            document: "title: none | text: ",
            shortened: Shortened::To(128),
            ..NONE
        },
    ),
    (
        "jinacodeembeddings",
        Known {
            query: SNIPPET,
            document: "Candidate code snippet:\n",
            pooling: LAST,
            shortened: Shortened::To(64),
            ..NONE
        },
    ),
    ("codebert", Known { pooling: FIRST, ..NONE }),
    ("codet5p", Known { pooling: FIRST, ..NONE }),
    ("multilinguale5", Known { query: "query: ", document: "passage: ", ..NONE }),
    ("e5base", Known { query: "query: ", document: "passage: ", ..NONE }),
];

/// The facts for a model with one of these names.
pub(crate) fn known(names: &[&str]) -> Known {
    let plain = |name: &str| -> String {
        let kept = name.chars().filter(|c| c.is_alphanumeric() || *c == '.');
        kept.flat_map(char::to_lowercase).collect()
    };
    let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let fits = |part: &str| names.iter().any(|name| name.contains(part));
    MODELS
        .iter()
        .find(|(part, _)| fits(part))
        .map_or(NONE, |(name, known)| Known { name, ..*known })
}

/// The default pooling if neither file nor card specifies one: in a causal model the last token has
/// seen the most.
pub(crate) fn usual_pooling(architecture: Architecture) -> Pooling {
    match architecture {
        Architecture::Qwen2 | Architecture::Qwen3 => Pooling::Last,
        _ => Pooling::Mean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_known_by_any_spelling() {
        #[track_caller]
        fn check(name: &str, query: &str, pooling: Option<Pooling>) {
            let known = known(&["anything", name]);
            assert_eq!((known.query, known.pooling), (query, pooling));
        }
        check("CodeRankEmbed-Q8_0", CODE, FIRST);
        check("Nomic Embed Code", CODE, LAST);
        check("nomic-embed-text-v1.5", "search_query: ", None);
        check("bge-m3", "", FIRST);
        check("BGE small en v1.5", PASSAGES, FIRST);
        check("snowflake-arctic-embed-l-v2.0", "query: ", None);
        check("Snowflake Arctic Embed M", PASSAGES, FIRST);
        check("Qwen3 Embedding 0.6B", QWEN3, LAST);
        check("all-MiniLM-L6-v2", "", None);
        assert_eq!(known(&["nomic-embed-text-v1.5"]).shortened, Shortened::NormedTo(64));
    }
}
