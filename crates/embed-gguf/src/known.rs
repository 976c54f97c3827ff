//! Models whose files leave something out, or say it wrong: prompts, pooling, what ends a text, and
//! how far their vectors may be shortened. All from the models' cards.

use crate::model_config::{Architecture, Pooling};

/// What is known of a model besides its file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known {
    /// A part of its name, by which it is known; empty if it is not.
    pub(crate) name: &'static str,
    /// Stands before a question.
    pub(crate) query: &'static str,
    /// Stands before what is searched.
    pub(crate) document: &'static str,
    /// Where files have none or the wrong one.
    pub(crate) pooling: Option<Pooling>,
    /// The token that ends every text, where files do not say so.
    pub(crate) end: Option<u32>,
    pub(crate) shortened: Shortened,
}

/// Whether the first components of a vector are a vector too (Matryoshka, Kusupati et al. 2022).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shortened {
    #[default]
    Never,
    /// To no fewer components than this.
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

/// By a part of the name, in small letters without separators; the first that fits counts.
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

/// What is known of a model of one of these names.
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

/// How a model pools if neither its file nor its card says so: those that see only what came before
/// know most at the last token.
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
