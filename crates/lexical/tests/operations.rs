//! Any sequence of operations yields the same index as a fresh one of the same documents.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use descry_base::{ChunkId, ChunkMeta, Generation, RelPath};
use descry_lexical::{Document, LexicalError, LexicalIndex, LexicalQuery, ScoredChunk};
use proptest::prelude::*;

const WORDS: [&str; 6] = ["alpha", "beta", "alphaBeta", "gamma_delta", "delta", "検索"];

/// Texts by id.
type Model = BTreeMap<u64, String>;

#[derive(Clone, Debug)]
enum Operation {
    Apply {
        remove: Vec<u64>,
        add: Vec<(u64, String)>,
    },
    Commit,
    ReleaseWriter,
    /// Closes the index without a commit and opens it again.
    Reopen,
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let id = || 0..12_u64;
    let text = prop::collection::vec(prop::sample::select(&WORDS[..]), 0..5)
        .prop_map(|words| words.join(" "));
    let operation = prop_oneof![
        4 => (prop::collection::vec(id(), 0..4), prop::collection::vec((id(), text), 0..4))
            .prop_map(|(remove, add)| Operation::Apply { remove, add }),
        3 => Just(Operation::Commit),
        1 => Just(Operation::ReleaseWriter),
        1 => Just(Operation::Reopen),
    ];
    prop::collection::vec(operation, 1..25)
}

fn add(index: &mut LexicalIndex, remove: &[ChunkId], documents: &[(u64, String)]) {
    let path = RelPath::new("src/a.rs").unwrap();
    let meta = ChunkMeta::default();
    let documents = documents.iter().map(|(id, text)| Document {
        chunk: ChunkId(*id),
        path: &path,
        meta: &meta,
        text,
    });
    index.apply(remove, documents).unwrap();
}

fn answers(index: &LexicalIndex, query: &str) -> Vec<ScoredChunk> {
    index.snapshot().search(&LexicalQuery::from_text(query), 100, &|_| true).unwrap()
}

fn check_documents(index: &LexicalIndex, model: &Model) {
    let mut ids: Vec<u64> = index.chunk_ids().into_iter().map(|id| id.0).collect();
    ids.sort_unstable();
    assert!(ids.iter().eq(model.keys()), "{ids:?} {model:?}");
    let snapshot = index.snapshot();
    assert_eq!(snapshot.num_docs(), model.len() as u64);
    for id in 0..12 {
        assert_eq!(snapshot.contains(ChunkId(id)).unwrap(), model.contains_key(&id), "{id}");
    }
    let mut with_beta: Vec<u64> = answers(index, "beta").iter().map(|scored| scored.id.0).collect();
    with_beta.sort_unstable();
    let expected = model.iter().filter(|(_, text)| text.to_lowercase().contains("beta"));
    assert!(with_beta.iter().eq(expected.map(|(id, _)| id)));
}

fn check_same_as_fresh(index: &LexicalIndex, model: &Model) {
    let documents: Vec<(u64, String)> = model.clone().into_iter().collect();
    let mut fresh = LexicalIndex::in_memory().unwrap();
    add(&mut fresh, &[], &documents);
    fresh.commit(Generation(1)).unwrap();
    for query in WORDS.iter().chain(&["alpha delta", "absent"]) {
        assert_eq!(answers(index, query), answers(&fresh, query), "{query}");
    }
}

fn run(dir: &Path, operations: Vec<Operation>) {
    let mut index = LexicalIndex::open(dir, "catalog").unwrap();
    let (mut committed, mut pending, mut generation) = (Model::new(), Model::new(), Generation(0));
    for operation in operations {
        match operation {
            Operation::Apply { remove, add: mut added } => {
                // An id is added once, after its removal, because ids are never reused.
                added.sort();
                added.dedup_by_key(|(id, _)| *id);
                let removed = remove.iter().chain(added.iter().map(|(id, _)| id));
                let removed: Vec<ChunkId> = removed.map(|id| ChunkId(*id)).collect();
                add(&mut index, &removed, &added);
                pending.retain(|id, _| !removed.contains(&ChunkId(*id)));
                pending.extend(added);
            }
            Operation::Commit => {
                generation = generation.next();
                index.commit(generation).unwrap();
                committed = pending.clone();
            }
            Operation::ReleaseWriter => {
                index.release_writer().unwrap();
                pending = committed.clone();
            }
            Operation::Reopen => {
                drop(index);
                index = LexicalIndex::open(dir, "catalog").unwrap();
                pending = committed.clone();
            }
        }
        check_documents(&index, &committed);
        assert_eq!(index.generation(), (generation.0 > 0).then_some(generation));
    }
    check_same_as_fresh(&index, &committed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn an_index_is_a_function_of_its_documents(operations in operations()) {
        let dir = tempfile::tempdir().unwrap();
        run(dir.path(), operations);
    }
}

/// Covers the merge that a removal starts right after the index is reopened.
#[test]
fn what_a_new_writer_removes_first_stays_removed() {
    let texts = |ids: &[u64]| ids.iter().map(|id| (*id, "beta".to_owned())).collect::<Vec<_>>();
    for _ in 0..20 {
        let dir = tempfile::tempdir().unwrap();
        let mut index = LexicalIndex::open(dir.path(), "catalog").unwrap();
        let mut generation = Generation(0);
        let mut commit = |index: &mut LexicalIndex, remove: &[u64], added: &[u64]| {
            let removed: Vec<ChunkId> = remove.iter().map(|id| ChunkId(*id)).collect();
            add(index, &removed, &texts(added));
            generation = generation.next();
            index.commit(generation).unwrap();
        };
        commit(&mut index, &[], &[1, 2, 3]);
        commit(&mut index, &[1], &[4, 5, 6]);
        drop(index);
        let mut index = LexicalIndex::open(dir.path(), "catalog").unwrap();
        commit(&mut index, &[2], &[7, 8]);
        commit(&mut index, &[], &[]);
        index.release_writer().unwrap();
        let kept = texts(&[3, 4, 5, 6, 7, 8]);
        check_documents(&index, &kept.into_iter().collect());
    }
}

#[test]
fn many_small_commits_leave_few_files() {
    let dir = tempfile::tempdir().unwrap();
    let mut index = LexicalIndex::open(dir.path(), "catalog").unwrap();
    for edit in 0..200_u64 {
        let removed: Vec<ChunkId> = edit.checked_sub(10).map(ChunkId).into_iter().collect();
        add(&mut index, &removed, &[(edit, format!("word{edit} common"))]);
        index.commit(Generation(edit)).unwrap();
    }
    let before = index.snapshot();
    index.release_writer().unwrap();
    let after = index.snapshot();
    assert!(after.num_segments() <= 8, "{}", after.num_segments());
    assert_eq!((before.num_docs(), after.num_docs()), (10, 10));
    assert_eq!(index.generation(), Some(Generation(199)));
    assert_eq!(answers(&index, "common").len(), 10);

    // Opening a writer and committing removes files left by a merge.
    drop((before, after));
    index.commit(Generation(200)).unwrap();
    index.release_writer().unwrap();
    let n_files = fs::read_dir(dir.path()).unwrap().count();
    assert!(n_files <= 9 * 8 + 6, "{n_files} files");
}

#[test]
fn a_second_writer_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = LexicalIndex::open(dir.path(), "catalog").unwrap();
    let mut second = LexicalIndex::open(dir.path(), "catalog").unwrap();
    add(&mut first, &[], &[(1, "a".into())]);
    assert!(matches!(second.commit(Generation(1)), Err(LexicalError::Locked { .. })));
    first.commit(Generation(1)).unwrap();
    first.release_writer().unwrap();
    second.commit(Generation(2)).unwrap();
    assert_eq!(second.chunk_ids(), [ChunkId(1)]);
}
