//! Ranking signals: small functions over the candidates, applied in a fixed order, each with a
//! weight and a reason. The form of the rules follows the published ranking sources of semble and
//! sifs; the weights are tuned on our benchmark.

mod attention;
mod definitions;
mod files;
mod names;
mod path;
mod roles;
mod words;

use serde::{Deserialize, Serialize};

pub(crate) use attention::Attention;
pub(crate) use path::name_of;
pub(crate) use words::split_name;

use crate::asked::Asked;
use crate::candidate::Candidate;
use crate::kind::QueryKind;
use words::Keywords;

/// The median of [`Weights::meaning`]'s `lead` over the judged queries of 22 repositories.
const USUAL_LEAD: f32 = 0.125;

/// Neither meaning nor words ever dominate completely.
const LEAST_MEANING: f32 = 0.25;
const MOST_MEANING: f32 = 0.75;

/// Every number of the ranking.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// `k` of reciprocal rank fusion.
    pub rrf_k: f32,
    /// The weight of the lists' own scores against the ranks, from 0 to 1: scores show by how much
    /// the first of a list leads.
    pub magnitude: f32,
    /// The share of meaning against words, for a symbol query.
    pub meaning_symbol: f32,
    /// The same for natural language with a name in it.
    pub meaning_mixed: f32,
    /// The same for natural language.
    pub meaning_natural: f32,
    /// The same for an error message, whose words occur in the code.
    pub meaning_message: f32,
    /// The same for pasted code.
    pub meaning_code: f32,
    /// How much the share of meaning grows, for natural language, with the lead of its first hit:
    /// multiplied by the cosine difference between the first and the tenth hit, relative to the
    /// usual one.
    pub meaning_lead: f32,
    /// The share of meaning against words when ordering the chunks of one file.
    pub meaning_within: f32,
    /// The number of candidates that each list returns.
    pub candidates: usize,
    /// The same for the roles that the query does not ask for (tests, prose, ...); 0 means a single
    /// list for all roles.
    pub aside: usize,
    /// A file with many good chunks: added to its best chunk, times its share, times the best
    /// score.
    pub coherence: f32,
    /// A file with many of the query's words: added to its best chunk, times the words' share by
    /// rarity, times the best score. Not for a symbol query.
    pub coverage: f32,
    /// The share of these two that the file's other chunks get.
    pub rest: f32,
    /// Query words in the names that a chunk defines, times their share in the query and in the
    /// name; only for ordering the chunks of one file.
    pub name: f32,
    /// A chunk in which no definition begins; only for ordering the chunks of one file.
    pub begins_nothing: f32,
    /// The chunk defines the queried name; times the best score.
    pub definition: f32,
    /// The same if the name is one among words.
    pub definition_mixed: f32,
    /// The definition is a heading or a key of a data file; multiplies the definition's bonus.
    pub section: f32,
    /// The definition is a re-export; multiplies the definition's bonus.
    pub reexport: f32,
    /// The query names the file, and the chunk contains the line; times the best score.
    pub reference: f32,
    /// The file changed recently; times the best score. Only if the query carries the time.
    pub recent: f32,
    /// The file is open; times the best score. Only if the query carries the open files.
    pub open: f32,
    /// Query words in the names of the file and its folder, times their share in the query and in
    /// the name, times the best score.
    pub path: f32,
    /// Tests, when the query does not ask for tests.
    pub tests: f32,
    /// Examples and benchmarks, when the query does not ask for them.
    pub examples: f32,
    /// Copies of other projects and code kept for compatibility.
    pub vendored: f32,
    /// Prose and settings, when the query asks for code.
    pub prose: f32,
    /// Files that only group other files (`__init__.py`, `package-info.java`).
    pub gathering: f32,
    /// Declarations without code (`.d.ts`, a header beside its source).
    pub declarations: f32,
    /// The second chunk of a file; applied twice to the third, and so on. A higher value favors a
    /// file's other definitions, a lower one favors other files: from 0.65 to 0.78, doc comments
    /// gain 0.010 (MRR@10) and judged queries lose 0.002 (NDCG@10).
    pub saturation: f32,
}

impl Default for Weights {
    fn default() -> Weights {
        Weights {
            rrf_k: 20.0,
            magnitude: 0.95,
            meaning_symbol: 0.1,
            meaning_mixed: 0.55,
            meaning_natural: 0.55,
            meaning_message: 0.3,
            meaning_code: 0.5,
            meaning_lead: 2.0,
            meaning_within: 0.8,
            candidates: 150,
            aside: 20,
            coherence: 0.3,
            coverage: 0.35,
            rest: 0.2,
            name: 0.8,
            begins_nothing: 0.9,
            definition: 3.0,
            definition_mixed: 0.5,
            section: 0.3,
            reexport: 0.3,
            reference: 3.0,
            recent: 0.08,
            open: 0.12,
            path: 1.0,
            tests: 0.3,
            examples: 0.3,
            vendored: 0.3,
            prose: 0.3,
            gathering: 0.5,
            declarations: 0.7,
            saturation: 0.7,
        }
    }
}

impl Weights {
    /// The share of meaning for this kind of query. `lead` is the cosine difference between the
    /// first and the tenth hit by meaning: a list with a clear leader is more reliable.
    pub fn meaning(&self, kind: QueryKind, lead: f32) -> f32 {
        let sure = |share: f32| {
            let share = share + self.meaning_lead * (lead - USUAL_LEAD);
            share.clamp(LEAST_MEANING, MOST_MEANING)
        };
        match kind {
            QueryKind::Symbol | QueryKind::Path => self.meaning_symbol,
            QueryKind::Message => self.meaning_message,
            QueryKind::Code => self.meaning_code,
            QueryKind::Mixed => sure(self.meaning_mixed),
            QueryKind::Natural => sure(self.meaning_natural),
        }
    }
}

/// A signal that can be turned off to measure its contribution.
pub struct SignalSwitch {
    /// Its name.
    pub name: &'static str,
    /// Removes it from the weights.
    pub off: fn(&mut Weights),
}

/// Every signal, with the change in NDCG@10 over 22 repositories (0.906 with all signals) when it
/// is off (`cargo xtask eval --ablate`).
pub const SIGNALS: &[SignalSwitch] = &[
    // -0.004
    SignalSwitch { name: "sides", off: |w| w.aside = 0 },
    // -0.019
    SignalSwitch { name: "coherence", off: |w| w.coherence = 0.0 },
    // -0.005
    SignalSwitch { name: "coverage", off: |w| w.coverage = 0.0 },
    // 0 here; doc comments of six repositories (MRR@10 0.645) -0.005
    SignalSwitch { name: "rest", off: |w| w.rest = 0.0 },
    // 0 here; doc comments -0.016, with static vectors alone -0.045
    SignalSwitch { name: "name", off: |w| w.name = 0.0 },
    // 0 here; doc comments -0.003; at 0.8 +0.003, but -0.010 on the weakest repository here
    SignalSwitch { name: "beginnings", off: |w| w.begins_nothing = 1.0 },
    // 0 here, with words and static vectors -0.003; doc comments -0.003, on the worst repository
    // -0.020
    SignalSwitch { name: "lead", off: |w| w.meaning_lead = 0.0 },
    // -0.002, symbols -0.012
    SignalSwitch { name: "definition", off: |w| (w.definition, w.definition_mixed) = (0.0, 0.0) },
    // 0 here; for headings written like code
    SignalSwitch { name: "section", off: |w| w.section = 1.0 },
    // -0.002, symbols -0.012; any strength from 0.2 to 0.4 is as good
    SignalSwitch { name: "reexport", off: |w| w.reexport = 0.0 },
    // 0 here; no query names a file
    SignalSwitch { name: "reference", off: |w| w.reference = 0.0 },
    // 0 here; only for the desktop window
    SignalSwitch { name: "attention", off: |w| (w.recent, w.open) = (0.0, 0.0) },
    // -0.014
    SignalSwitch { name: "path", off: |w| w.path = 0.0 },
    // -0.005
    SignalSwitch { name: "tests", off: |w| w.tests = 1.0 },
    // 0 here; the benchmark has hardly any
    SignalSwitch { name: "examples", off: |w| w.examples = 1.0 },
    // -0.002
    SignalSwitch { name: "vendored", off: |w| w.vendored = 1.0 },
    // -0.006
    SignalSwitch { name: "prose", off: |w| w.prose = 1.0 },
    // 0
    SignalSwitch { name: "gathering", off: |w| w.gathering = 1.0 },
    // -0.001, symbols -0.021
    SignalSwitch { name: "declarations", off: |w| w.declarations = 1.0 },
    // -0.015
    SignalSwitch { name: "saturation", off: |w| w.saturation = 1.0 },
];

/// Applies every signal and sorts, best first.
pub(crate) fn rank(
    candidates: &mut [Candidate],
    words: &str,
    kind: QueryKind,
    asked: Asked,
    attention: Option<&Attention>,
    weights: &Weights,
) {
    sort(candidates);
    let best = candidates.iter().map(|candidate| candidate.score).fold(0.0, f32::max);
    files::coherence(candidates, weights, best);
    use QueryKind::{Message, Mixed, Natural, Path, Symbol};
    let names_files = path::references(candidates, words, weights, best);
    // `response.json` may be a file; if there is none, it is a name.
    let kind = if kind == Path && !names_files { Symbol } else { kind };
    if !matches!(kind, Symbol | Path) {
        files::coverage(candidates, weights, best);
    }
    // Pasted code names what it uses, not what it is.
    if matches!(kind, Natural | Mixed | Message) {
        let keywords = Keywords::of(words);
        path::path_words(candidates, &keywords, weights, best);
        names::name_words(candidates, &keywords, weights);
    }
    if matches!(kind, Symbol | Natural | Mixed | Message) {
        definitions::definitions(candidates, words, kind, weights, best);
    }
    names::beginnings(candidates, weights);
    if let Some(attention) = attention {
        attention::attention(candidates, attention, weights, best);
    }
    roles::priors(candidates, asked, weights);
    roles::declarations(candidates, weights);
    sort(candidates);
    files::arrange(candidates);
    sort(candidates);
    files::saturate(candidates, weights);
    sort(candidates);
}

/// Best first: by exactness, then by score. Ties follow the path order, because ids reflect when a
/// file was read and the order should not.
fn sort(candidates: &mut [Candidate]) {
    candidates.sort_by(|a, b| {
        let by_place = || (a.shard, &a.file.path, a.id).cmp(&(b.shard, &b.file.path, b.id));
        let by_score = || b.score.total_cmp(&a.score);
        b.exactness.cmp(&a.exactness).then_with(by_score).then_with(by_place)
    });
}
