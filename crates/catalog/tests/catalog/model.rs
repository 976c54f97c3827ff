//! Sequences of operations against a model made of maps.

use std::collections::BTreeMap;

use descry_base::{
    ChunkId, ChunkMeta, DefinedName, Digest, FileId, Generation, Language, PackedChunks, RelPath,
    RootId, SkipReason, Span, Stamp, SymbolKind,
};
use descry_catalog::{Catalog, CatalogError, Commit, NewChunk, NewFile, StoredText};
use proptest::collection::vec;
use proptest::prelude::*;

const ROOTS: [&str; 3] = ["/one", "/two", "/three"];
const PATHS: [&str; 4] = ["a.rs", "a/b.py", "größe 🦀.md", "a-b"];

/// One change within a commit, to one of [`PATHS`].
#[derive(Clone, Copy, Debug)]
enum Change {
    /// A new version: its size and its number of chunks.
    Put(usize, u8, u8),
    Retire(usize),
    Touch(usize, u8),
    Skip(usize, u8),
    Unskip(usize),
}

#[derive(Clone, Debug)]
enum Operation {
    AddRoot(usize),
    RemoveRoot(usize),
    Pause(usize, bool),
    Commit(usize, Vec<Change>),
    /// A commit that changes no chunk.
    Aside(usize, Vec<(usize, u8)>),
    /// A commit that is dropped.
    Dropped(usize, Vec<Change>),
    Reopen,
}

fn change() -> impl Strategy<Value = Change> {
    let path = 0..PATHS.len();
    prop_oneof![
        4 => (path.clone(), any::<u8>(), 0..4_u8).prop_map(|(p, size, n)| Change::Put(p, size, n)),
        2 => path.clone().prop_map(Change::Retire),
        1 => (path.clone(), any::<u8>()).prop_map(|(p, size)| Change::Touch(p, size)),
        1 => (path.clone(), any::<u8>()).prop_map(|(p, size)| Change::Skip(p, size)),
        1 => path.prop_map(Change::Unskip),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let root = 0..ROOTS.len();
    let changes = || vec(change(), 0..6);
    prop_oneof![
        3 => root.clone().prop_map(Operation::AddRoot),
        1 => root.clone().prop_map(Operation::RemoveRoot),
        1 => (root.clone(), any::<bool>()).prop_map(|(root, paused)| Operation::Pause(root, paused)),
        6 => (root.clone(), changes()).prop_map(|(root, changes)| Operation::Commit(root, changes)),
        1 => (root.clone(), vec((0..PATHS.len(), any::<u8>()), 0..3))
            .prop_map(|(root, skips)| Operation::Aside(root, skips)),
        1 => (root, changes()).prop_map(|(root, changes)| Operation::Dropped(root, changes)),
        1 => Just(Operation::Reopen),
    ]
}

#[derive(Clone, Debug, Default, PartialEq)]
struct File {
    id: FileId,
    size: u64,
    first: ChunkId,
    texts: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Root {
    id: RootId,
    paused: bool,
    generation: Generation,
    files: BTreeMap<String, File>,
    skipped: BTreeMap<String, u64>,
}

#[derive(Clone, Default)]
struct Model {
    roots: BTreeMap<usize, Root>,
    generation: Generation,
    /// Chunks that the last commit retired.
    readable: Vec<(ChunkId, String)>,
    /// Chunks that were retired before the last commit.
    unreadable: Vec<ChunkId>,
    newest: (RootId, FileId, ChunkId),
}

fn digest(text: &str) -> Digest {
    let mut bytes = [0; 32];
    text.bytes().enumerate().for_each(|(at, byte)| bytes[at % 32] ^= byte.rotate_left(at as u32));
    Digest(bytes)
}

fn text(path: &str, size: u8, index: u8) -> String {
    format!("chunk {index} of {path} in version {size}\n").repeat(usize::from(size) + 1)
}

impl Model {
    /// Applies changes to both the model and the catalog's commit.
    fn apply(&mut self, commit: &Commit<'_>, root: usize, changes: &[Change]) {
        let Some(known) = self.roots.get_mut(&root) else { return };
        let id = known.id;
        let mut retired = Vec::new();
        for change in changes {
            match *change {
                Change::Put(path, size, chunks) => {
                    let path = RelPath::new(PATHS[path]).unwrap();
                    retire(commit, known, &path, &mut retired);
                    let file = put(commit, id, &path, size, chunks);
                    assert!(file.id > self.newest.1, "ids only grow");
                    self.newest.1 = file.id;
                    if chunks > 0 {
                        assert!(file.first > self.newest.2, "ids only grow");
                        self.newest.2 = ChunkId(file.first.0 + u64::from(chunks) - 1);
                    }
                    known.skipped.remove(path.as_str());
                    known.files.insert(path.to_string(), file);
                }
                Change::Retire(path) => {
                    retire(commit, known, &RelPath::new(PATHS[path]).unwrap(), &mut retired);
                }
                Change::Touch(path, size) => {
                    if let Some(file) = known.files.get_mut(PATHS[path]) {
                        file.size = u64::from(size);
                        commit.touch_file(file.id, &stamp(size)).unwrap();
                    }
                }
                Change::Skip(path, size) => {
                    skip(commit, id, path, size);
                    known.skipped.insert(PATHS[path].to_owned(), u64::from(size));
                }
                Change::Unskip(path) => {
                    commit.unskip(id, &RelPath::new(PATHS[path]).unwrap()).unwrap();
                    known.skipped.remove(PATHS[path]);
                }
            }
        }
        self.purge();
        self.readable = retired;
    }

    /// Every commit deletes what the previous one retired.
    fn purge(&mut self) {
        self.unreadable.extend(self.readable.drain(..).map(|(id, _)| id));
    }

    fn check(&self, catalog: &Catalog) {
        assert_eq!(catalog.generation().unwrap(), self.generation);
        let rows = catalog.roots().unwrap();
        let mut expected: Vec<_> = self.roots.iter().collect();
        expected.sort_by_key(|(_, root)| root.id);
        assert_eq!(rows.len(), expected.len());
        let reader = catalog.reader().unwrap();
        for (row, (name, root)) in rows.iter().zip(expected) {
            let found = (row.path.as_str(), row.id, row.paused, row.generation);
            assert_eq!(found, (ROOTS[*name], root.id, root.paused, root.generation));
            let name = DefinedName { name: "größe\nx".to_owned(), kind: SymbolKind::Method };
            let (files, damaged) = catalog.files(row.id).unwrap();
            assert_eq!(damaged, []);
            let files = files.into_iter().map(|file| {
                for meta in file.chunks.unpack() {
                    let defines = std::slice::from_ref(&name);
                    assert_eq!((&*meta.symbol, &meta.defines[..]), ("impl A > fn b", defines));
                    assert_eq!(
                        (meta.kind, meta.doc.clone()),
                        (Some(SymbolKind::Method), Some(1..2))
                    );
                }
                let ids: Vec<_> = (file.first.0..).map(ChunkId).take(file.chunks.len()).collect();
                let texts = reader.texts(&ids).unwrap().into_iter().map(sound).collect();
                let size = file.stamp.size;
                (file.path.to_string(), File { id: file.id, size, first: file.first, texts })
            });
            assert_eq!(files.collect::<BTreeMap<_, _>>(), root.files);
            let skipped: Vec<_> =
                catalog.skipped(row.id).unwrap().into_iter().map(|entry| entry.path).collect();
            assert_eq!(skipped, root.skipped.keys().cloned().collect::<Vec<_>>());
            assert_eq!(catalog.skipped_count(row.id).unwrap(), root.skipped.len());
            let stamps = catalog.skipped_stamps(row.id).unwrap();
            assert!(root.skipped.iter().all(|(path, size)| stamps[path] == stamp(*size as u8)));
        }
        for (id, text) in &self.readable {
            let found = sound(reader.text(*id).unwrap());
            assert_eq!(found, *text, "readers of the snapshot before");
        }
        assert!(self.unreadable.iter().all(|id| reader.text(*id).unwrap() == StoredText::Gone));
    }
}

#[track_caller]
fn sound(text: StoredText) -> String {
    match text {
        StoredText::Sound(text, _) => text,
        other => panic!("{other:?}"),
    }
}

fn retire(commit: &Commit<'_>, root: &mut Root, path: &RelPath, out: &mut Vec<(ChunkId, String)>) {
    let found = commit.retire_file(root.id, path).unwrap();
    let known = root.files.remove(path.as_str()).map(|file| {
        let ids = (file.first.0..).map(ChunkId).zip(file.texts).collect::<Vec<_>>();
        out.extend(ids.iter().cloned());
        (file.id, ids.into_iter().map(|(id, _)| id).collect::<Vec<_>>())
    });
    assert_eq!(found, known);
}

fn put(commit: &Commit<'_>, root: RootId, path: &RelPath, size: u8, chunks: u8) -> File {
    let texts: Vec<String> = (0..chunks).map(|index| text(path.as_str(), size, index)).collect();
    let defines = [DefinedName { name: "größe\nx".to_owned(), kind: SymbolKind::Method }];
    let meta = |text: &String| ChunkMeta {
        span: Span { start: 0, end: text.len() as u32, first_line: 0, end_line: 9 },
        doc: Some(1..2),
        symbol: "impl A > fn b".into(),
        kind: Some(SymbolKind::Method),
        defines: defines.clone().into(),
    };
    let metas: Vec<ChunkMeta> = texts.iter().map(meta).collect();
    let file = NewFile {
        root,
        path,
        stamp: stamp(size),
        digest: digest(path.as_str()),
        language: Language::Rust,
        chunks: &PackedChunks::pack(&metas.iter().collect::<Vec<_>>()),
    };
    let chunks: Vec<NewChunk<'_>> =
        texts.iter().map(|text| NewChunk { digest: digest(text), text }).collect();
    let (id, first) = commit.put_file(&file, &chunks).unwrap();
    File { id, size: u64::from(size), first, texts }
}

fn skip(commit: &Commit<'_>, root: RootId, path: usize, size: u8) {
    let reason = SkipReason::Unreadable { message: "größer \"than\"".to_owned() };
    commit.skip(root, PATHS[path], &reason, &stamp(size)).unwrap();
}

/// A stamp without zero fields, and with an inode that needs all 64 bits.
fn stamp(size: u8) -> Stamp {
    let (number, overruled) = (i64::from(size), size % 2 == 1);
    let inode = u64::MAX - u64::from(size);
    Stamp { size: u64::from(size), mtime_ns: -5, ctime_ns: number + 1, inode, overruled }
}

fn run(operations: &[Operation]) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("catalog.sqlite");
    let mut catalog = Catalog::open(&path).unwrap();
    let mut model = Model::default();
    for operation in operations {
        match operation {
            Operation::AddRoot(root) => match catalog.add_root(ROOTS[*root]) {
                Ok(id) => {
                    assert!(id > model.newest.0, "ids only grow");
                    model.newest.0 = id;
                    let known = model.roots.insert(*root, Root { id, ..Root::default() });
                    assert_eq!(known, None);
                }
                Err(CatalogError::AlreadyAdded { .. }) => assert!(model.roots.contains_key(root)),
                Err(error) => panic!("{error}"),
            },
            Operation::RemoveRoot(root) => {
                let Some(known) = model.roots.remove(root) else { continue };
                catalog.remove_root(known.id).unwrap();
                while catalog.sweep(2).unwrap() {}
                let ids = known.files.values().flat_map(|file| {
                    (file.first.0..).map(ChunkId).take(file.texts.len()).collect::<Vec<_>>()
                });
                model.unreadable.extend(ids);
                // The model does not record which of them belonged to this folder.
                model.readable.clear();
            }
            Operation::Pause(root, paused) => {
                let Some(known) = model.roots.get_mut(root) else { continue };
                catalog.set_paused(known.id, *paused).unwrap();
                known.paused = *paused;
            }
            Operation::Commit(root, changes) => {
                let Some(id) = model.roots.get(root).map(|known| known.id) else { continue };
                let commit = catalog.begin().unwrap();
                assert_eq!(commit.generation(), model.generation.next());
                model.apply(&commit, *root, changes);
                model.generation = commit.finish(id).unwrap();
                model.roots.entry(*root).and_modify(|known| known.generation = model.generation);
            }
            Operation::Aside(root, skips) => {
                let Some(known) = model.roots.get_mut(root) else { continue };
                let commit = catalog.begin().unwrap();
                for (path, size) in skips {
                    skip(&commit, known.id, *path, *size);
                    known.skipped.insert(PATHS[*path].to_owned(), u64::from(*size));
                }
                commit.finish_aside().unwrap();
                model.purge();
            }
            Operation::Dropped(root, changes) => {
                let commit = catalog.begin().unwrap();
                model.clone().apply(&commit, *root, changes);
            }
            Operation::Reopen => {
                drop(catalog);
                catalog = Catalog::open(&path).unwrap();
            }
        }
        model.check(&catalog);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn operations_do_what_maps_do(operations in vec(operation(), 1..24)) {
        run(&operations);
    }
}
