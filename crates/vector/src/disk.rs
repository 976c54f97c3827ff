//! The files: `manifest.json` names a matching pair of files, with their checksums.
//!
//! A checkpoint writes a new pair under new names, then a new manifest next to the old one, and
//! renames it into place; so the manifest names a complete pair whenever a crash happens. Both
//! files are verified against the manifest (BLAKE3) before use.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use descry_base::ChunkId;
use numkong::f16;
use serde::{Deserialize, Serialize};

use crate::graph::Graph;
use crate::table::{Row, Table};
use crate::{Tier, VectorError};

const MANIFEST: &str = "manifest.json";
/// The version of the manifest, the table's file and the graph's content (another major version of
/// usearch or another quantization requires a new one).
const FORMAT: u32 = 1;

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

#[derive(Serialize, Deserialize)]
struct Part {
    file: String,
    blake3: String,
}

/// The content of a checkpoint.
type Parts = (Table, Option<Graph>);

/// The folder of one index.
pub(crate) struct Store {
    dir: PathBuf,
    dim: usize,
    space: String,
    number: u64,
}

impl Store {
    /// The folder and its content; the content is `None` without a manifest.
    pub(crate) fn open(
        dir: &Path,
        dim: usize,
        space: &str,
    ) -> Result<(Store, Option<Parts>), VectorError> {
        let mut store = Store { dir: dir.to_owned(), dim, space: space.to_owned(), number: 0 };
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

        let (path, bytes) = store.read(&manifest.vectors)?;
        let table = decode(&bytes, dim).map_err(|what| damaged(&path, what))?;
        let graph = match &manifest.graph {
            None => None,
            Some(part) => {
                let (path, bytes) = store.read(part)?;
                let graph = Graph::load(dim, &bytes).map_err(|what| damaged(&path, what))?;
                if !leads_to(&graph, &table) {
                    return Err(damaged(&path, "it belongs to other vectors"));
                }
                Some(graph)
            }
        };
        if graph.is_none() && table.fresh() != table.held() {
            return Err(damaged(&path, "its graph is missing"));
        }
        store.number = manifest.number;
        Ok((store, Some((table, graph))))
    }

    /// The verified bytes of a part. The file's name is external input, so the path is kept inside
    /// the folder.
    fn read(&self, part: &Part) -> Result<(PathBuf, Vec<u8>), VectorError> {
        let name = Path::new(&part.file).file_name().unwrap_or_default();
        let path = self.dir.join(name);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(damaged(&path, "missing"));
            }
            read => read.map_err(io_error(&path))?,
        };
        if checksum(&bytes) != part.blake3 {
            return Err(damaged(&path, "checksum differs"));
        }
        Ok((path, bytes))
    }

    /// Replaces the content of the folder.
    pub(crate) fn write(
        &mut self,
        vectors: Vec<u8>,
        graph: Option<Vec<u8>>,
    ) -> Result<(), VectorError> {
        fs::create_dir_all(&self.dir).map_err(io_error(&self.dir))?;
        let number = self.number.wrapping_add(1);
        let part = |file: String, bytes: Vec<u8>| {
            self.write_file(&file, &bytes)?;
            Ok(Part { file, blake3: checksum(&bytes) })
        };
        let manifest = Manifest {
            format: FORMAT,
            dim: self.dim,
            space: self.space.clone(),
            number,
            vectors: part(format!("vectors-{number}"), vectors)?,
            graph: graph.map(|graph| part(format!("graph-{number}"), graph)).transpose()?,
        };
        let fresh = format!("{MANIFEST}.new");
        let path = self.dir.join(MANIFEST);
        let text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| io_error(&path)(io::Error::other(error)))?;
        self.write_file(&fresh, &text)?;
        fail::fail_point!("vector::before_checkpoint_rename");
        fs::rename(self.dir.join(fresh), &path).map_err(io_error(&path))?;
        self.sync_dir()?;
        self.number = number;
        fail::fail_point!("vector::after_checkpoint");
        self.sweep(&manifest);
        Ok(())
    }

    fn write_file(&self, name: &str, bytes: &[u8]) -> Result<(), VectorError> {
        let path = self.dir.join(name);
        let write = || {
            let mut file = File::create(&path)?;
            file.write_all(bytes)?;
            file.sync_all()
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

/// True if the graph's slots are exactly those that the table marks as in it.
fn leads_to(graph: &Graph, table: &Table) -> bool {
    let in_graph = || table.rows().filter(|(_, row)| row.in_graph);
    graph.counts().0 == in_graph().count() && in_graph().all(|(slot, _)| graph.contains(slot))
}

/// Encodes the table's file, little-endian. Per slot: the id (u64), the state (u8: 0 vacant, 1 a
/// static vector, 2 a dense vector; plus 4 if in_graph) and, if the slot is held, the vector
/// (`[dim]` of f16).
pub(crate) fn encode(table: &Table) -> Vec<u8> {
    let slots = table.slots() as usize;
    let mut bytes = Vec::with_capacity(slots * 9 + table.held() * table.dim() * 2);
    for slot in 0..table.slots() {
        let Some((row, vector)) = table.get(slot) else {
            bytes.extend([0; 9]);
            continue;
        };
        let tier = match row.tier {
            Tier::Static => 1,
            Tier::Dense => 2,
        };
        bytes.extend(row.id.0.to_le_bytes());
        bytes.push(tier + if row.in_graph { 4 } else { 0 });
        bytes.extend(vector.iter().flat_map(|half| half.0.to_le_bytes()));
    }
    bytes
}

fn decode(mut bytes: &[u8], dim: usize) -> Result<Table, &'static str> {
    let mut table = Table::new(dim);
    let mut slot = 0;
    while !bytes.is_empty() {
        if slot == table.slots() {
            table.grow();
        }
        let (id, rest) = bytes.split_first_chunk().ok_or("cut short")?;
        let (state, rest) = rest.split_first().ok_or("cut short")?;
        bytes = rest;
        let tier = match state & 3 {
            0 => None,
            1 => Some(Tier::Static),
            2 => Some(Tier::Dense),
            _ => return Err("unknown tier"),
        };
        if let Some(tier) = tier {
            let (vector, rest) = bytes.split_at_checked(2 * dim).ok_or("cut short")?;
            let vector: Vec<f16> =
                vector.chunks_exact(2).map(|b| f16(u16::from_le_bytes([b[0], b[1]]))).collect();
            let id = ChunkId(u64::from_le_bytes(*id));
            table.put(slot, Row { id, tier, in_graph: state & 4 != 0 }, &vector);
            bytes = rest;
        }
        slot += 1;
    }
    if slot == table.slots() { Ok(table) } else { Err("cut short") }
}

fn checksum(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_string()
}

fn damaged(path: &Path, what: impl ToString) -> VectorError {
    VectorError::Damaged { path: path.to_owned(), what: what.to_string() }
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> VectorError {
    move |cause| VectorError::Io { path: path.to_owned(), cause }
}
