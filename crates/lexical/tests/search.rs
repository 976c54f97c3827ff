//! What a search finds, and in which order.

use descry_base::{ChunkId, ChunkMeta, DefinedName, Generation, RelPath, SymbolKind};
use descry_lexical::{
    Document, Found, LexicalIndex, LexicalQuery, LexicalSnapshot, ScoredChunk, Take, nearest,
    search,
};

/// Adds the chunk `path | symbol | doc | text`. The last word of the symbol is the defined name.
fn add(index: &mut LexicalIndex, chunk: ChunkId, line: &str) {
    let [path, symbol, doc, text] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
        panic!("four fields: {line}");
    };
    let defines: Vec<DefinedName> = (symbol.split_whitespace().last())
        .map(|name| DefinedName { name: name.to_owned(), kind: SymbolKind::Function })
        .into_iter()
        .collect();
    let path = RelPath::new(path).unwrap();
    let text = format!("{doc} {text}");
    let doc = Some(0..doc.len() as u32);
    let meta =
        ChunkMeta { symbol: symbol.into(), defines: defines.into(), doc, ..ChunkMeta::default() };
    let document = Document { chunk, path: &path, meta: &meta, text: &text };
    index.apply(&[], [document]).unwrap();
}

/// One chunk per line, numbered from 1.
fn index(fixture: &str) -> LexicalIndex {
    let mut index = LexicalIndex::in_memory().unwrap();
    for (i, line) in fixture.trim().lines().enumerate() {
        add(&mut index, ChunkId(i as u64 + 1), line);
    }
    index.commit(Generation(1)).unwrap();
    index
}

fn ids(scored: &[ScoredChunk]) -> Vec<u64> {
    scored.iter().map(|scored| scored.id.0).collect()
}

/// A single list of all chunks.
fn found(snapshots: &[&LexicalSnapshot], query: &LexicalQuery) -> Found {
    search(snapshots, query, &[Take { limit: 10, keep: &|_| true }]).unwrap().remove(0)
}

fn find(snapshot: &LexicalSnapshot, query: &LexicalQuery) -> Vec<u64> {
    ids(&snapshot.search(query, 10, &|_| true).unwrap())
}

const FIXTURE: &str = "
    src/retry.rs      | impl Policy > fn delay | Computes the back-off. | fn delay(&self) { self.base * 2 }
    src/http.rs       | impl Client > fn send  |  | fn send(&self) { loop { if retry_policy.allows() { delay(1) } } }
    src/server.rs     | struct HTTPServer      |  | struct HTTPServer { port: u16, router: Router }
    docs/notes.md     |                        |  | the server of the test is slow and the port of it is free
    src/文書.rs       | fn 検索                |  | fn 検索(文: &str) { 全文検索する(文) }
    src/router.rs     | fn route               |  | fn route(path: &str) { foo.bar(path, \"not found\") }
";

#[test]
fn ranking() {
    let snapshot = index(FIXTURE).snapshot();
    #[track_caller]
    fn check(snapshot: &LexicalSnapshot, query: &str, expected: &[u64]) {
        assert_eq!(find(snapshot, &LexicalQuery::from_text(query)), expected, "{query}");
    }
    // The definition precedes the call; the file's name counts.
    check(&snapshot, "delay", &[1, 2]);
    check(&snapshot, "retry policy", &[1, 2]);
    check(&snapshot, "http server", &[3, 2, 4]);
    check(&snapshot, "HttpServer", &[3, 2, 4]);
    // A doc comment, with function words dropped.
    check(&snapshot, "how is the back-off computed? computes", &[1]);
    // Function words are looked up if they are all there is.
    check(&snapshot, "of the", &[4, 1]);
    check(&snapshot, "検索", &[5]);
    check(&snapshot, "全文", &[5]);
    check(&snapshot, "absent", &[]);
    check(&snapshot, "", &[]);
    check(&snapshot, "(){}=>", &[]);
}

#[test]
fn phrases() {
    let snapshot = index(FIXTURE).snapshot();
    #[track_caller]
    fn check(snapshot: &LexicalSnapshot, phrase: &str, expected: &[u64]) {
        let query = LexicalQuery::default().with_phrase(phrase);
        assert_eq!(find(snapshot, &query), expected, "{phrase}");
    }
    check(&snapshot, "not found", &[6]);
    check(&snapshot, "found not", &[]);
    check(&snapshot, "foo.bar(path", &[6]);
    check(&snapshot, "retry_policy.allows", &[2]);
    // An edge may be within an identifier.
    check(&snapshot, "policy.allows()", &[2]);
    check(&snapshot, "struct HTTP", &[3]);
    check(&snapshot, "文検索", &[5]);
    check(&snapshot, "port of it", &[4]);
    check(&snapshot, "server test", &[]);
    // Only the caller can check a phrase without a word.
    check(&snapshot, "&&", &[1, 2, 3, 4, 5, 6]);
    check(&snapshot, &"not found ".repeat(1000), &[]);
}

#[test]
fn a_phrase_restricts_and_words_rank() {
    let snapshot = index(FIXTURE).snapshot();
    let query = LexicalQuery::from_text("router delay").with_phrase("fn send");
    assert_eq!(find(&snapshot, &query), [2]);
}

#[test]
fn the_filter_comes_before_the_limit() {
    let text: String = (0..200).map(|_| "a.rs | | | needle\n").collect();
    let snapshot = index(&text).snapshot();
    let query = LexicalQuery::from_text("needle");
    let rare = |chunk: ChunkId| chunk.0.is_multiple_of(50);
    assert_eq!(ids(&snapshot.search(&query, 10, &rare).unwrap()), [50, 100, 150, 200]);
    assert_eq!(ids(&snapshot.search(&query, 3, &|_| true).unwrap()), [1, 2, 3]);
    assert!(snapshot.search(&query, 0, &|_| true).unwrap().is_empty());
}

#[test]
fn several_indexes_answer_as_one() {
    let whole = index(FIXTURE).snapshot();
    let (mut left, mut right) =
        (LexicalIndex::in_memory().unwrap(), LexicalIndex::in_memory().unwrap());
    for (i, line) in FIXTURE.trim().lines().enumerate() {
        add(if i % 2 == 0 { &mut left } else { &mut right }, ChunkId(i as u64 + 1), line);
    }
    left.commit(Generation(1)).unwrap();
    right.commit(Generation(1)).unwrap();
    let (left, right) = (left.snapshot(), right.snapshot());
    for text in ["http server port", "delay", "route path fn"] {
        let query = LexicalQuery::from_text(text);
        assert_eq!(found(&[&left, &right], &query), found(&[&whole], &query), "{text}");
    }
}

#[test]
fn lists_of_one_search_are_what_searches_of_their_own_find() {
    let lines: Vec<String> = (0..40)
        .map(|at| format!("src/{at}.rs|fn f{at}||retry {}", "delay ".repeat(at % 7)))
        .collect();
    let snapshot = index(&lines.join("\n")).snapshot();
    let query = LexicalQuery::from_text("retry delay");
    let (even, odd) = (|id: ChunkId| id.0.is_multiple_of(2), |id: ChunkId| id.0 % 2 == 1);
    let lists = [(5, &even as &(dyn Fn(ChunkId) -> bool + Sync)), (9, &odd), (0, &even)];
    let takes = lists.map(|(limit, keep)| Take { limit, keep });
    let together = search(&[&snapshot], &query, &takes).unwrap();
    for ((limit, keep), found) in lists.into_iter().zip(together) {
        assert_eq!(found.hits, snapshot.search(&query, limit, keep).unwrap());
        assert_eq!(found.hits.len(), limit);
    }
}

#[test]
fn the_nearest_words_are_spelled_alike() {
    let snapshot = index(
        "src/router.rs|fn route_request||x\nsrc/retry.rs|struct RetryPolicy||x\nsrc/b.rs|fn relay||x",
    )
    .snapshot();
    let check = |word: &str, expected: &[&str]| {
        assert_eq!(nearest(&[&snapshot], word, 3).unwrap(), expected, "{word}");
    };
    check("reqest", &["request"]);
    check("Rotuer", &["router", "route"]);
    check("retrypolcy", &["retrypolicy"]);
    check("retry", &[]);
    check("zebra", &[]);
    check("", &[]);
}

#[test]
fn a_hit_knows_its_terms_and_what_they_tell() {
    let snapshot =
        index("src/a.rs|||retry fetchUser\nsrc/b.rs|||retry\nsrc/c.rs|||retry").snapshot();
    let query = LexicalQuery::from_text("retry the fetchUser zebra");
    let found = found(&[&snapshot], &query);
    let has = |hit: usize| {
        let bits = (0..query.terms.len()).filter(|bit| found.hits[hit].terms >> bit & 1 == 1);
        bits.map(|bit| query.terms[bit].token.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(has(0), ["retry", "fetchuser", "fetch", "user"]);
    assert_eq!(has(1), ["retry"]);
    let tells = |token: &str| {
        let bit = query.terms.iter().position(|term| term.token == token).unwrap();
        found.weights[bit]
    };
    // Rare terms weigh more; terms in no chunk weigh nothing.
    assert!(tells("fetchuser") > tells("retry") && tells("retry") > 0.0);
    assert_eq!(tells("zebra"), 0.0);
}

#[test]
fn a_query_of_ten_thousand_words_is_cut() {
    let snapshot = index(FIXTURE).snapshot();
    // Distinct words of letters only.
    let letter = |digit: u32| char::from(b'g' + digit as u8);
    let word = |i: u32| -> String {
        [1000, 100, 10, 1].map(|unit| letter(i / unit % 10)).iter().collect()
    };
    let mut text: String = (0..10_000).map(|i| word(i) + " ").collect();
    text.insert_str(0, "router ");
    assert_eq!(find(&snapshot, &LexicalQuery::from_text(&text)), [6, 3]);
}
