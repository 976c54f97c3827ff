//! The files: `manifest.json` names a matching pair of files, with their checksums.
//!
//! A checkpoint writes a new pair under new names, then a new manifest next to the old one, and
//! renames it into place; so the manifest names a complete pair whenever a crash happens. Both
//! files are verified against the manifest (BLAKE3): small ones before use, large ones in the
//! background.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use descry_base::ChunkId;
use serde::{Deserialize, Serialize};

use crate::graph::Graph;
use crate::mapped::{Codes, Mapped};
use crate::table::{BLOCK, Row, Table};
use crate::{Tier, VectorError};

const MANIFEST: &str = "manifest.json";
/// The version of the manifest, the table's file and the graph's content (another major version of
/// usearch or another quantization requires a new one).
const FORMAT: u32 = 2;

/// Files up to this size, in bytes, are verified before they are used, larger ones in the
/// background.
pub(crate) const VERIFIED_AT_ONCE: usize = 64 << 20;

#[derive(Serialize, Deserialize)]
struct Manifest {
    format: u32,
    dim: usize,
    space: String,
    /// The number of checkpoints, used in file names.
    number: u64,
    vectors: Part,
    graph: Option<Part>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Part {
    file: String,
    blake3: String,
}

/// The content of a checkpoint.
type Parts = (Table, Option<Graph>);

/// The folder of one index.
#[derive(Clone)]
pub(crate) struct Store {
    dir: PathBuf,
    dim: usize,
    space: String,
    number: u64,
    /// The saved graph.
    graph: Option<Part>,
    damaged: Arc<AtomicBool>,
}

/// The hash of a file. It is read, not mapped: pages that are looked at once need not stay.
fn hash_of(path: &Path) -> io::Result<String> {
    let mut hash = blake3::Hasher::new();
    hash.update_reader(File::open(path)?)?;
    Ok(hash.finalize().to_string())
}

impl Store {
    /// True once a file is known to be damaged that was not when it was opened.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// The folder and its content; the content is `None` without a manifest. Files that are longer
    /// than `at_once` bytes are verified in the background.
    pub(crate) fn open(
        dir: &Path,
        dim: usize,
        space: &str,
        at_once: usize,
    ) -> Result<(Store, Option<Parts>), VectorError> {
        let mut store = Store {
            dir: dir.to_owned(),
            dim,
            space: space.to_owned(),
            number: 0,
            graph: None,
            damaged: Arc::default(),
        };
        let path = dir.join(MANIFEST);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((store, None)),
            read => read.map_err(io_error(&path))?,
        };
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|error| damaged(&path, error))?;
        let differs = |name: &str, theirs: &dyn ToString, ours: &dyn ToString| {
            let (theirs, ours) = (theirs.to_string(), ours.to_string());
            if theirs == ours {
                return Ok(());
            }
            let what = format!("{name} is {theirs}, not {ours}");
            Err(VectorError::Mismatch { path: path.clone(), what })
        };
        differs("format", &manifest.format, &FORMAT)?;
        differs("dimension", &manifest.dim, &dim)?;
        differs("space", &manifest.space, &space)?;

        let path = store.verify(&manifest.vectors, at_once)?;
        let file = Mapped::open(&path).map_err(io_error(&path))?;
        let table = decode(&file, dim).map_err(|what| damaged(&path, what))?;
        let graph = match &manifest.graph {
            None => None,
            Some(part) => {
                // usearch trusts what it maps.
                let path = store.verify(part, usize::MAX)?;
                let graph = Graph::map(dim, &path).map_err(|what| damaged(&path, what))?;
                if graph.counts().0 < table.held() - table.fresh() {
                    return Err(damaged(&path, "it belongs to other vectors"));
                }
                Some(graph)
            }
        };
        if graph.is_none() && table.fresh() != table.held() {
            return Err(damaged(&path, "its graph is missing"));
        }
        store.number = manifest.number;
        store.graph = manifest.graph;
        Ok((store, Some((table, graph))))
    }

    /// The path of a part, which is verified now or, if it is longer than `at_once` bytes, in the
    /// background. Its name is external input, so the path is kept inside the folder.
    fn verify(&self, part: &Part, at_once: usize) -> Result<PathBuf, VectorError> {
        let name = Path::new(&part.file).file_name().unwrap_or_default();
        let path = self.dir.join(name);
        let length = match path.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(damaged(&path, "missing"));
            }
            found => found.map_err(io_error(&path))?.len(),
        };
        let is_sound = {
            let (path, expected) = (path.clone(), part.blake3.clone());
            move || hash_of(&path).is_ok_and(|found| found == expected)
        };
        if length > at_once as u64 {
            let verdict = Arc::clone(&self.damaged);
            let check = move || {
                if !is_sound() {
                    verdict.store(true, Ordering::Relaxed);
                }
            };
            let thread = std::thread::Builder::new().name("descry-verify".to_owned());
            thread.spawn(check).map_err(io_error(&path))?;
        } else if !is_sound() {
            return Err(damaged(&path, "checksum differs"));
        }
        Ok(path)
    }

    /// The saved graph, mapped.
    pub(crate) fn map_graph(&self) -> Result<Option<Graph>, VectorError> {
        let path = self.graph.as_ref().map(|part| self.dir.join(&part.file));
        path.map(|path| Graph::map(self.dim, &path)).transpose()
    }

    /// Replaces the content of the folder; returns the file of the vectors.
    pub(crate) fn write(
        &mut self,
        table: &Table,
        graph: Option<&Graph>,
    ) -> Result<Mapped, VectorError> {
        fs::create_dir_all(&self.dir).map_err(io_error(&self.dir))?;
        let number = self.number.wrapping_add(1);
        let vectors = format!("vectors-{number}");
        let part = |file: String, write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
            let blake3 = self.write_file(&file, write)?;
            Ok(Part { file, blake3 })
        };
        let manifest = Manifest {
            format: FORMAT,
            dim: self.dim,
            space: self.space.clone(),
            number,
            vectors: part(vectors.clone(), &|out| encode(table, out))?,
            graph: match graph {
                // Its file is the one that the last manifest names.
                Some(graph) if graph.is_mapped() => self.graph.clone(),
                Some(graph) => Some(self.write_graph(number, graph)?),
                None => None,
            },
        };
        let fresh = format!("{MANIFEST}.new");
        let path = self.dir.join(MANIFEST);
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| io_error(&path)(io::Error::other(error)))?;
        self.write_file(&fresh, &|out| out.write_all(&text))?;
        fail::fail_point!("vector::before_checkpoint_rename");
        fs::rename(self.dir.join(fresh), &path).map_err(io_error(&path))?;
        self.sync_dir()?;
        self.number = number;
        fail::fail_point!("vector::after_checkpoint");
        self.sweep(&manifest);
        self.graph = manifest.graph;
        let path = self.dir.join(vectors);
        Mapped::open(&path).map_err(io_error(&path))
    }

    /// usearch writes the file itself, so that the graph is not in memory twice.
    fn write_graph(&self, number: u64, graph: &Graph) -> Result<Part, VectorError> {
        let file = format!("graph-{number}");
        let path = self.dir.join(&file);
        graph.save(&path)?;
        let sync = File::open(&path).and_then(|file| file.sync_all());
        let blake3 = sync.and_then(|()| hash_of(&path)).map_err(io_error(&path))?;
        Ok(Part { file, blake3 })
    }

    /// Writes a file and returns its checksum.
    fn write_file(
        &self,
        name: &str,
        write: &dyn Fn(&mut dyn Write) -> io::Result<()>,
    ) -> Result<String, VectorError> {
        let path = self.dir.join(name);
        let write = || {
            let mut out =
                Hashing { out: BufWriter::new(File::create(&path)?), hash: blake3::Hasher::new() };
            write(&mut out)?;
            out.out.into_inner()?.sync_all()?;
            Ok(out.hash.finalize().to_string())
        };
        write().map_err(io_error(&path))
    }

    /// Makes the rename durable; only Unix can open a folder for this, and only Unix needs it.
    fn sync_dir(&self) -> Result<(), VectorError> {
        if cfg!(unix) {
            let sync = File::open(&self.dir).and_then(|dir| dir.sync_all());
            sync.map_err(io_error(&self.dir))?;
        }
        Ok(())
    }

    /// Deletes the files of earlier checkpoints. The next call retries what cannot be deleted.
    fn sweep(&self, manifest: &Manifest) {
        let graph = manifest.graph.as_ref().map(|part| part.file.as_str());
        let Ok(files) = fs::read_dir(&self.dir) else { return };
        for file in files.flatten() {
            let name = file.file_name();
            let Some(name) = name.to_str() else { continue };
            let ours = name.starts_with("vectors-") || name.starts_with("graph-");
            let current = name == manifest.vectors.file || Some(name) == graph;
            if ours
                && !current
                && let Err(error) = fs::remove_file(file.path())
            {
                tracing::warn!(path = %file.path().display(), %error, "cannot delete old vectors");
            }
        }
    }
}

/// A file and the hash of what was written to it.
struct Hashing {
    out: BufWriter<File>,
    hash: blake3::Hasher,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The bytes of a row in the file.
const ROW: usize = 16;

/// Encodes the table's file, little-endian: a row for each slot, then the vectors of all slots
/// (`[slots, dim]` of i8). A row is the id (u64), the scale (f32), the state (u8: 0 vacant, 1 a
/// static vector, 2 a dense vector; plus 4 if in_graph) and three zeros.
fn encode(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    for row in table.blocks().flat_map(|(rows, _)| rows) {
        let mut bytes = [0; ROW];
        if let Some(Row { id, scale, tier, in_graph }) = row {
            bytes[..8].copy_from_slice(&id.0.to_le_bytes());
            bytes[8..12].copy_from_slice(&scale.to_le_bytes());
            bytes[12] = match tier {
                Tier::Static => 1,
                Tier::Dense => 2,
            } + if *in_graph { 4 } else { 0 };
        }
        out.write_all(&bytes)?;
    }
    let vacant = vec![0; BLOCK * table.dim()];
    for (_, codes) in table.blocks() {
        out.write_all(if codes.is_empty() { &vacant } else { bytemuck::cast_slice(codes) })?;
    }
    Ok(())
}

fn decode(file: &Mapped, dim: usize) -> Result<Table, &'static str> {
    let bytes = file.bytes();
    let slots = bytes.len() / (ROW + dim);
    if slots * (ROW + dim) != bytes.len() || !slots.is_multiple_of(BLOCK) {
        return Err("cut short");
    }
    let mut table = Table::new(dim);
    for (rows, codes) in bytes[..slots * ROW].chunks(BLOCK * ROW).zip(vectors(file, slots, dim)) {
        let (rows, _) = rows.as_chunks();
        let rows: Vec<Option<Row>> = rows.iter().map(row).collect::<Result<_, _>>()?;
        let held = rows.iter().any(Option::is_some);
        table.push(rows, if held { codes } else { Codes::default() });
    }
    Ok(table)
}

fn row(bytes: &[u8; ROW]) -> Result<Option<Row>, &'static str> {
    let (id, rest) = bytes.split_first_chunk().ok_or("cut short")?;
    let (scale, rest) = rest.split_first_chunk().ok_or("cut short")?;
    let tier = match rest[0] & 3 {
        0 => return Ok(None),
        1 => Tier::Static,
        2 => Tier::Dense,
        _ => return Err("unknown tier"),
    };
    let (id, scale) = (ChunkId(u64::from_le_bytes(*id)), f32::from_le_bytes(*scale));
    Ok(Some(Row { id, scale, tier, in_graph: rest[0] & 4 != 0 }))
}

/// The vectors of each block.
fn vectors(file: &Mapped, slots: usize, dim: usize) -> impl Iterator<Item = Codes> {
    let block = move |start| Codes::Mapped(file.clone(), start..start + BLOCK * dim);
    (slots * ROW..file.bytes().len()).step_by((BLOCK * dim).max(1)).map(block)
}

/// Lets a table use the vectors of the file to which an earlier state of it was `saved`.
pub(crate) fn map(table: &mut Table, saved: &Table, file: &Mapped) {
    table.set_codes(saved, vectors(file, saved.slots() as usize, saved.dim()));
}

fn damaged(path: &Path, what: impl ToString) -> VectorError {
    VectorError::Damaged { path: path.to_owned(), what: what.to_string() }
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> VectorError {
    move |cause| VectorError::Io { path: path.to_owned(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_found_now_or_in_the_background() {
        let dir = tempfile::tempdir().unwrap();
        let mut table = Table::new(2);
        table.grow();
        let row = Row { id: ChunkId(7), scale: 1.0, tier: Tier::Dense, in_graph: false };
        table.put(0, row, &[1, 0]);
        let (mut store, _) = Store::open(dir.path(), 2, "space", 0).unwrap();
        store.write(&table, None).unwrap();
        let open = |at_once| Store::open(dir.path(), 2, "space", at_once);
        assert!(open(usize::MAX).is_ok());
        let file = dir.path().join("vectors-1");
        let mut bytes = fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&file, bytes).unwrap();
        assert!(matches!(open(usize::MAX), Err(VectorError::Damaged { .. })));
        let (store, _) = open(0).unwrap();
        while !store.is_damaged() {
            std::thread::yield_now();
        }
    }
}
