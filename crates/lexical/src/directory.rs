//! A directory that does not sync its files to disk and checksums all of them.
//!
//! tantivy syncs each of the ten files of a commit, about 50 ms in total. The index does not need
//! this: it survives the death of the process anyway, and after a power failure, the checksums
//! reveal torn files when the index is opened, and it is rebuilt. tantivy checksums a segment's
//! files but not the lists of them (`meta.json`, `.managed.json`), whose numbers it trusts; here
//! the lists get a checksum too.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tantivy::TantivyError;
use tantivy::directory::error::{
    DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError,
};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

/// The maximum number of threads that write a file simultaneously.
const WRITES_AT_ONCE: u64 = 64;

/// The length of a seal: a newline and a hexadecimal BLAKE3 hash, after the text that they seal.
const SEAL_LEN: usize = 1 + 2 * blake3::OUT_LEN;

/// [`MmapDirectory`] without syncs and with sealed lists.
#[derive(Clone, Debug)]
pub(crate) struct UnsyncedDirectory {
    path: PathBuf,
    files: MmapDirectory,
    failure: WriteFailure,
}

/// The last failure to write a file. tantivy's threads end with it, and tell nobody why.
#[derive(Clone, Debug, Default)]
pub(crate) struct WriteFailure(Arc<Mutex<Option<(io::ErrorKind, String)>>>);

impl WriteFailure {
    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            if let Ok(mut last) = self.0.lock() {
                *last = Some((error.kind(), error.to_string()));
            }
        })
    }

    /// The failure since the last call, if any.
    pub(crate) fn take(&self) -> Option<io::Error> {
        let (kind, message) = self.0.lock().ok()?.take()?;
        Some(io::Error::new(kind, message))
    }
}

impl UnsyncedDirectory {
    pub(crate) fn open(path: &Path) -> Result<UnsyncedDirectory, OpenDirectoryError> {
        let (path, files) = (path.to_owned(), MmapDirectory::open(path)?);
        Ok(UnsyncedDirectory { path, files, failure: WriteFailure::default() })
    }

    pub(crate) fn failure(&self) -> WriteFailure {
        self.failure.clone()
    }
}

fn seal(data: &[u8]) -> Vec<u8> {
    format!("\n{}", blake3::hash(data)).into_bytes()
}

struct UnsyncedFile(File, WriteFailure);

impl Write for UnsyncedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.note(self.0.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for UnsyncedFile {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.flush()
    }
}

impl Directory for UnsyncedDirectory {
    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let created = self.failure.note(File::create_new(self.path.join(path)));
        let file = created.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.to_owned()),
            _ => OpenWriteError::wrap_io_error(error, path.to_owned()),
        })?;
        Ok(BufWriter::new(Box::new(UnsyncedFile(file, self.failure.clone()))))
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        // A merge that outlives its index may write concurrently with the next index. Numbers
        // restart with each process, so that files left by killed processes do not accumulate.
        static WRITES: AtomicU64 = AtomicU64::new(0);
        let mut new = self.path.join(path).into_os_string();
        new.push(format!(".new{}", WRITES.fetch_add(1, Ordering::Relaxed) % WRITES_AT_ONCE));
        let written = fs::write(&new, [data, &seal(data)].concat());
        self.failure.note(written.and_then(|()| fs::rename(&new, self.path.join(path))))
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.files.get_file_handle(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let mut bytes = self.files.atomic_read(path)?;
        let len = bytes.len().saturating_sub(SEAL_LEN);
        let (data, found) = bytes.split_at(len);
        if found != seal(data) {
            let error =
                io::Error::new(io::ErrorKind::InvalidData, "its checksum is missing or wrong");
            return Err(OpenReadError::wrap_io_error(error, path.to_owned()));
        }
        bytes.truncate(len);
        Ok(bytes)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.files.delete(path)
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.files.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> Result<WatchHandle, TantivyError> {
        self.files.watch(callback)
    }
}
