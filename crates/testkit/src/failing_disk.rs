//! A disk that is full or fails, for one process: a library that the process loads first stands
//! between it and the file system. Linux only.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const SOURCE: &str = include_str!("failing_disk.c");

/// How writes below a directory fail.
#[derive(Clone, Copy, Debug)]
pub enum Failure<'a> {
    /// This many bytes are left.
    Full(u64),
    /// The write with this number fails, counted from 1, and as many after it as the second number
    /// says minus one.
    Broken(u64, u64),
    /// As the process itself says, with the [`Disk`] of this file.
    Scripted(&'a Path),
}

/// The disk of a process that runs with [`Failure::Scripted`].
pub struct Disk(File);

/// No limit, no failure.
const NONE: u64 = u64::MAX;

impl Disk {
    /// `None` without such a disk.
    pub fn of_this_process() -> Option<Disk> {
        let state = std::env::var_os("DESCRY_DISK_STATE")?;
        let file = OpenOptions::new().read(true).write(true).open(state);
        Some(Disk(file.expect("the state of the disk can be opened")))
    }

    /// Fails so many writes, after so many more that succeed.
    pub fn fail(&self, after: u64, times: u64) {
        self.set(2, times);
        self.set(1, self.get(3) + after + 1);
    }

    /// Leaves so many bytes.
    pub fn fill(&self, left: u64) {
        self.set(0, left);
    }

    /// Ends all failures.
    pub fn mend(&self) {
        self.set(0, NONE);
        self.set(1, NONE);
    }

    /// A number of `struct state`.
    fn get(&self, at: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.read_exact_at(&mut bytes, 8 * at).expect("the state of the disk can be read");
        u64::from_ne_bytes(bytes)
    }

    fn set(&self, at: u64, number: u64) {
        let written = self.0.write_all_at(&number.to_ne_bytes(), 8 * at);
        written.expect("the state of the disk can be written");
    }
}

/// The environment of a process whose writes below `disk` fail.
///
/// # Panics
/// If no C compiler is found.
pub fn failing_disk(disk: &Path, failure: Failure<'_>) -> Vec<(&'static str, OsString)> {
    let real = disk.canonicalize().unwrap_or_else(|_| disk.to_path_buf());
    let mut env = vec![("LD_PRELOAD", library().into()), ("DESCRY_DISK", real.into())];
    match failure {
        Failure::Full(left) => env.push(("DESCRY_DISK_LEFT", left.to_string().into())),
        Failure::Broken(first, times) => {
            env.push(("DESCRY_DISK_FAIL", first.to_string().into()));
            env.push(("DESCRY_DISK_TIMES", times.to_string().into()));
        }
        Failure::Scripted(state) => {
            let healthy = [NONE, NONE, 1, 0].map(u64::to_ne_bytes).concat();
            std::fs::write(state, healthy).expect("a file can be written");
            env.push(("DESCRY_DISK_STATE", state.into()));
        }
    }
    env
}

/// The compiled library; compiled once for all test programs that run at a time.
fn library() -> PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    let build = || {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (source, library) = (folder.path().join("disk.c"), folder.path().join("disk.so"));
        std::fs::write(&source, SOURCE).expect("a file can be written");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status()
            .expect("the C compiler `cc` is installed: Rust links with it, too");
        assert!(compiled.success(), "the failing disk compiles");
        let name = format!("descry-failing-disk-{:x}.so", hash(SOURCE));
        let shared = std::env::temp_dir().join(name);
        // Into its place at once, as another test program may load it.
        let new = shared.with_extension(std::process::id().to_string());
        std::fs::copy(&library, &new).expect("a file can be copied");
        std::fs::rename(&new, &shared).expect("a file can be renamed");
        shared
    };
    LIBRARY.get_or_init(build).clone()
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
