//! Everything that an engine knows about one folder, without the ids, which differ between runs.

use descry_base::{ChunkId, RootId};
use descry_catalog::{Catalog, StoredText};
use descry_engine::{Coverage, Mode};

use crate::kit::Running;

/// The files found for a query, with their similarities.
type Found = Vec<(String, f32)>;

#[derive(Debug, PartialEq)]
pub(crate) struct Dump {
    files: Vec<String>,
    chunks: Vec<String>,
    left_out: Vec<(String, String)>,
    words: Vec<Vec<String>>,
    coverage: Coverage,
    meant: Vec<Found>,
}

const QUESTIONS: &[&str] =
    &["give up attempts", "surrender", "router", "path", "kettle cleaned", "value changed word"];

/// Everything known about a settled folder.
#[track_caller]
pub(crate) fn dump(engine: &Running, root: RootId) -> Dump {
    let catalog = Catalog::open(&engine.data.join("catalog.sqlite")).unwrap();
    let (files, damaged) = catalog.files(root).unwrap();
    assert_eq!(damaged, []);
    let reader = catalog.reader().unwrap();
    let mut chunks = Vec::new();
    for file in &files {
        for (id, meta) in (file.first.0..).map(ChunkId).zip(file.chunks.unpack()) {
            let StoredText::Sound(text, digest) = reader.text(id).unwrap() else {
                panic!("{} lacks a text", file.path)
            };
            let (span, symbol, defines) = (meta.span, &meta.symbol, &meta.defines);
            chunks.push(format!("{} {span:?} {symbol:?} {defines:?} {digest:?} {text}", file.path));
        }
    }
    chunks.sort();
    let words = QUESTIONS.iter().map(|question| {
        let hits = engine.ask(Mode::Words, question).hits.into_iter();
        let mut found: Vec<String> = hits
            .map(|hit| format!("{} {:?} {:?} {:?}", hit.path, hit.span, hit.lines, hit.why.matched))
            .collect();
        found.sort();
        found
    });
    let meant = QUESTIONS.iter().map(|question| {
        let hits = engine.ask(Mode::Meaning, question).hits.into_iter();
        let mut found: Found = hits
            .map(|hit| {
                let key = format!("{} {:?} {}", hit.path, hit.span, hit.why.from_static);
                (key, hit.why.similarity.unwrap_or(f32::NAN))
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    });
    let file = |file: &descry_catalog::FileRow| {
        format!("{} {:?} {:?} {:?}", file.path, file.stamp, file.digest, file.language)
    };
    Dump {
        files: files.iter().map(file).collect(),
        chunks,
        left_out: engine.left_out(root),
        words: words.collect(),
        coverage: engine.folder(root).coverage,
        meant: meant.collect(),
    }
}

impl Dump {
    /// Vectors are stored as f16, and one side may have been rounded once more than the other.
    #[track_caller]
    pub(crate) fn assert_same(mut self, mut other: Dump, what: &str) {
        let (a, b) = (std::mem::take(&mut self.meant), std::mem::take(&mut other.meant));
        assert_eq!(self, other, "{what}");
        for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
            assert!(a.0 == b.0 && (a.1 - b.1).abs() < 5e-3, "{what}: {a:?} {b:?}");
        }
        let counts = |found: &[Found]| found.iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(counts(&a), counts(&b), "{what}");
    }

    pub(crate) fn chunk_count(&self) -> usize {
        self.chunks.len()
    }
}
