//! Random sequences of operations, on a disk that fails, against a naive index: what is on disk,
//! looked through anew for each question.
//!
//! `DESCRY_SEQUENCES` sets their number, and `DESCRY_SEED` the seed, which a failure prints.
#![allow(clippy::print_stderr, reason = "the process that is stuck says where")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, bounded};
use descry_base::RelPath;
use descry_engine::{Engine, Mode, Query};
use descry_testkit::{Disk, Failure, failing_disk, fixture};
use descry_watch::Change;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::dump::dump;
use crate::kit::{Running, Setup};

/// Set in the process on the failing disk: the directory below which everything is.
const TASK: &str = "DESCRY_MODEL_TEST";

/// The sequences that every test run tries.
const SEQUENCES: u32 = 200;

/// The longest a sequence may take; longer means that something waits for good.
const PATIENCE: Duration = Duration::from_secs(120);

/// Words without common stems, none of which is in a path.
const WORDS: [&str; 8] =
    ["kettle", "anchor", "violet", "harbour", "pepper", "lantern", "cobalt", "meadow"];

const PATHS: [&str; 8] =
    ["a.md", "b.py", "src/c.rs", "src/d.md", "src/in/e.py", "docs/f.md", "docs/g.txt", "x/h.rs"];

const IGNORE: &str = ".gitignore";

#[derive(Clone, Debug)]
enum Step {
    Write(usize, Vec<usize>),
    Delete(usize),
    Rename(usize, usize),
    /// Writes an ignore file that names this path, of which the watcher tells in any case: edits
    /// between it and the next scan go by it.
    Ignore(usize),
    IgnoreNothing,
    /// The watcher reports these paths.
    Tell(Vec<usize>),
    /// The folder is scanned again.
    Look,
    Restart,
    RemoveAndAdd,
    /// After so many writes, as many fail as the second number says.
    Fail(u64, u64),
    /// So many bytes are left.
    Fill(u64),
    Mend,
    Ask(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let path = || 0..PATHS.len();
    prop_oneof![
        6 => (path(), vec(0..WORDS.len(), 1..6)).prop_map(|(at, words)| Step::Write(at, words)),
        2 => path().prop_map(Step::Delete),
        2 => (path(), path()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => path().prop_map(Step::Ignore),
        1 => Just(Step::IgnoreNothing),
        3 => vec(path(), 1..4).prop_map(Step::Tell),
        4 => Just(Step::Look),
        2 => Just(Step::Restart),
        1 => Just(Step::RemoveAndAdd),
        3 => (0_u64..60, prop_oneof![Just(1_u64), 1_u64..20, Just(u64::MAX / 2)])
            .prop_map(|(after, times)| Step::Fail(after, times)),
        1 => (0_u64..200_000).prop_map(Step::Fill),
        2 => Just(Step::Mend),
        3 => (0..WORDS.len()).prop_map(Step::Ask),
    ]
}

/// The folder as it is on disk, every text that each file ever had, and the engine.
struct World<'a> {
    disk: &'a Disk,
    setup: Setup,
    folder: PathBuf,
    ever: BTreeMap<String, BTreeSet<String>>,
    engine: Option<Running>,
    /// A write may have failed since the last comparison.
    troubled: bool,
}

impl World<'_> {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Write(at, words) => {
                let words: Vec<&str> = words.iter().map(|word| WORDS[*word]).collect();
                let text = format!("{}\n", words.join(" "));
                let path = self.folder.join(PATHS[*at]);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, &text).unwrap();
                self.ever.entry(PATHS[*at].to_owned()).or_default().insert(text);
            }
            Step::Delete(at) => drop(fs::remove_file(self.folder.join(PATHS[*at]))),
            Step::Rename(from, to) => {
                let path = self.folder.join(PATHS[*to]);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                if fs::rename(self.folder.join(PATHS[*from]), &path).is_ok() {
                    let text = fs::read_to_string(path).unwrap();
                    self.ever.entry(PATHS[*to].to_owned()).or_default().insert(text);
                }
            }
            Step::Ignore(at) => {
                fs::write(self.folder.join(IGNORE), format!("/{}\n", PATHS[*at])).unwrap();
                self.tell([IGNORE]);
            }
            Step::IgnoreNothing => {
                let _ = fs::remove_file(self.folder.join(IGNORE));
                self.tell([IGNORE]);
            }
            Step::Tell(paths) => self.tell(paths.iter().map(|at| PATHS[*at])),
            Step::Look => self.look(),
            Step::Restart => self.restart(),
            Step::RemoveAndAdd => {
                if let Some(engine) = &self.engine
                    && let [folder] = &*engine.status().folders
                {
                    // It fails if it cannot be recorded; then the folder stays.
                    let _ = engine.remove_folder(folder.id);
                }
                self.look();
            }
            Step::Fail(after, times) => {
                self.disk.fail(*after, *times);
                self.troubled = true;
            }
            Step::Fill(left) => {
                self.disk.fill(*left);
                self.troubled = true;
            }
            Step::Mend => self.disk.mend(),
            Step::Ask(word) => self.ask(WORDS[*word]),
        }
    }

    fn tell(&self, paths: impl IntoIterator<Item = &'static str>) {
        let Some(engine) = &self.engine else { return };
        let [folder] = &engine.status().folders[..] else { return };
        let changes = paths.into_iter().map(|path| {
            let exists = self.folder.join(path).exists();
            let path = RelPath::new(path).unwrap();
            if exists { Change::Touched(path) } else { Change::Removed(path) }
        });
        engine.watcher.as_ref().unwrap().changes(folder.id, changes.collect()).unwrap();
    }

    /// Scans the folder. If all went well, everything is found afterwards.
    fn look(&mut self) {
        let Some(engine) = &self.engine else { return };
        let looked = engine.add_folder(&self.folder).map(drop).and_then(|()| engine.settle(true));
        if !self.troubled {
            looked.unwrap();
            assert_eq!(self.differs(), None);
        }
    }

    fn restart(&mut self) {
        self.engine = None;
        self.engine = match self.setup.try_start() {
            Ok(engine) => Some(engine),
            Err(error) => {
                assert!(self.troubled, "{error}");
                None
            }
        };
    }

    /// A hit was in its file at some time, whatever fails.
    fn ask(&self, word: &str) {
        let Some(engine) = &self.engine else { return };
        let query = Query { mode: Mode::Words, ..Query::new(word, 100) };
        for hit in engine.search(&query).unwrap().hits {
            let texts = &self.ever[hit.path.as_str()];
            let line = &hit.lines[0].text;
            assert!(texts.iter().any(|text| text.lines().any(|it| it == line)), "{hit:?}");
            assert!(line.contains(word), "{hit:?}");
        }
    }

    /// The files on disk that are not ignored, with their texts.
    fn naive(&self) -> BTreeMap<String, String> {
        let ignored = fs::read_to_string(self.folder.join(IGNORE)).unwrap_or_default();
        let text = |path: &&str| {
            let text = fs::read_to_string(self.folder.join(path)).ok()?;
            (ignored.trim() != format!("/{path}")).then(|| ((*path).to_owned(), text))
        };
        PATHS.iter().filter_map(text).collect()
    }

    /// How the engine's answers differ from the naive ones.
    fn differs(&self) -> Option<String> {
        let engine: &Engine = self.engine.as_ref()?;
        let naive = self.naive();
        let files = engine.files(&Query::new("", 1));
        let paths = files.folders.iter().flat_map(|folder| &folder.files);
        let paths: Vec<String> = paths.map(ToString::to_string).collect();
        let expected: Vec<String> = naive.keys().cloned().collect();
        if paths != expected {
            return Some(format!("has {paths:?}, not {expected:?}"));
        }
        let engine = self.engine.as_ref()?;
        for word in WORDS {
            let has = naive.iter().filter(|(_, text)| text.contains(word));
            let expected: Vec<String> = has.map(|(path, _)| path.clone()).collect();
            let found = engine.with_word(word);
            if found != expected {
                return Some(format!("{word}: found in {found:?}, not {expected:?}"));
            }
        }
        let coverage = engine.status().folders.first()?.coverage;
        let meant = engine.ask(Mode::Meaning, WORDS[0]).hits;
        let full = coverage.dense_vectors == coverage.chunks && coverage.chunks >= naive.len();
        let all = meant.iter().map(|hit| 1 + hit.copies.len()).sum::<usize>() == coverage.chunks;
        (!full || !all).then(|| format!("{coverage:?}, {} of them found by meaning", meant.len()))
    }
}

/// Takes the steps, mends the disk, and compares.
fn check(disk: &Disk, below: &Path, steps: &[Step]) {
    disk.mend();
    let place = tempfile::Builder::new().prefix("sequence-").tempdir_in(below).unwrap();
    let (data, folder) = (place.path().join("data"), fixture(""));
    fs::create_dir_all(&data).unwrap();
    let setup = Setup { watch: true, ..Setup::new(&data) };
    let mut world = World {
        disk,
        folder: folder.path().to_path_buf(),
        ever: BTreeMap::new(),
        engine: None,
        troubled: false,
        setup,
    };
    world.restart();
    world.look();
    for step in steps {
        world.take(step);
    }
    disk.mend();
    if world.engine.is_none() {
        world.troubled = false;
        world.restart();
    }
    let engine = world.engine.as_ref().unwrap();
    engine.look_again(&world.folder);
    let mut shown = None;
    engine.until("every file is found as it is on disk", |_| {
        let differs = world.differs();
        if differs != shown {
            eprintln!("{differs:?}");
            shown = differs;
        }
        shown.is_none()
    });
    let fresh = fixture("");
    let expected = Setup::new(fresh.path()).index(&[&world.folder]);
    let root = |engine: &Running| engine.status().folders[0].id;
    dump(engine, root(engine)).assert_same(dump(&expected, root(&expected)), "a new index");
}

/// A sequence that failed once in about six tries: a removal and the next opening fail, and words
/// were made from the empty table of a folder that was not open, and counted as complete.
fn known() -> Vec<Step> {
    use Step::*;
    vec![
        Write(7, vec![4]),
        Write(1, vec![7, 0, 3]),
        Look,
        Fail(35, 10),
        Restart,
        RemoveAndAdd,
        Fill(7_226),
        Look,
        IgnoreNothing,
        Tell(vec![1]),
        Tell(vec![5, 6]),
        Tell(vec![2, 7, 2]),
        RemoveAndAdd,
        IgnoreNothing,
    ]
}

/// Does nothing except in the process on the failing disk.
#[test]
fn as_the_process_on_a_failing_disk() {
    let (Ok(below), Some(disk)) = (env::var(TASK), Disk::of_this_process()) else { return };
    let number = |name, default| env::var(name).map_or(default, |it| it.parse().unwrap());
    let (cases, seed) =
        (number("DESCRY_SEQUENCES", u64::from(SEQUENCES)), number("DESCRY_SEED", 1));
    let config = Config {
        cases: cases as u32,
        failure_persistence: None,
        // What never becomes right is waited for each time.
        max_shrink_iters: number("DESCRY_SHRINK", 8) as u32,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    (0..6).for_each(|_| check(&disk, Path::new(&below), &known()));
    let run = runner.run(&vec(step(), 1..25), |steps| {
        let (done, is_done) = bounded::<()>(0);
        let told = steps.clone();
        std::thread::spawn(move || {
            if is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                eprintln!("waits for good: seed {seed}, {told:?}");
                std::process::abort();
            }
        });
        check(&disk, Path::new(&below), &steps);
        drop(done);
        Ok(())
    });
    run.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
}

#[test]
fn answers_are_those_of_a_naive_index() {
    let below = fixture("");
    let control = below.path().join("control");
    let disk = below.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let run = Command::new(env::current_exe().unwrap())
        .args(["--exact", "model::as_the_process_on_a_failing_disk", "--nocapture"])
        .env(TASK, &disk)
        .envs(failing_disk(&disk, Failure::Scripted(&control)))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(run.status.success(), "{}\n{}", text(&run.stdout), text(&run.stderr));
    assert!(text(&run.stdout).contains("1 passed"), "{}", text(&run.stdout));
}
