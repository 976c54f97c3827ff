//! Opening the file.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::Duration;

use descry_base::Generation;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::schema::{self, APPLICATION_ID, FORMAT};
use crate::text::Packer;
use crate::{CatalogError, CatalogReader, Commit};

/// Catalogs up to this size, in bytes, are checked whenever they are opened: it takes 50 ms for
/// 100 MB.
const CHECKED_ALWAYS: u64 = 64 << 20;

/// The catalog, opened by its only writer. Dropping it records that it was closed.
pub struct Catalog {
    pub(crate) connection: Connection,
    pub(crate) source: Source,
    pub(crate) packer: RefCell<Packer>,
    /// True if a second catalog is attached for looking up vectors.
    pub(crate) borrows: bool,
    /// True if it is known to be damaged.
    damaged: Cell<bool>,
}

/// Where an open catalog is, for further connections of this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub(crate) path: PathBuf,
    shared: bool,
    /// Another process owns the catalog: nothing is written.
    read_only: bool,
    identity: String,
}

impl Catalog {
    /// Opens the catalog at `path`, creating it if it does not exist.
    ///
    /// Searches for damage if the catalog was not closed, is small, or was damaged when last used;
    /// in a large one, damage is found when it is read.
    pub fn open(path: &Path) -> Result<Catalog, CatalogError> {
        let mut source = Source::of(path);
        let mut connection = match source.connect() {
            // Only what several processes share needs more room.
            Err(CatalogError::Full { .. }) => {
                source.shared = false;
                source.connect()?
            }
            connected => connected?,
        };
        prepare_format(&mut connection, path)?;
        let catalog = Catalog::with(connection, source)?;
        catalog.set_open(true);
        Ok(catalog)
    }

    /// Opens the catalog of another process for reading. Nothing can be written to it.
    ///
    /// # Errors
    /// [`CatalogError::Older`] if an earlier version wrote it: only its owner migrates it.
    pub fn open_read_only(path: &Path) -> Result<Catalog, CatalogError> {
        let source = Source { read_only: true, ..Source::of(path) };
        let connection = source.connect()?;
        let format = format_of(&connection, path)?;
        if format < FORMAT {
            let path = path.to_path_buf();
            return Err(CatalogError::Older { path, found: format, known: FORMAT });
        }
        Catalog::with(connection, source)
    }

    fn with(connection: Connection, source: Source) -> Result<Catalog, CatalogError> {
        let packer = Packer::new().map_err(|cause| source.out_of_memory(&cause))?;
        let mut catalog = Catalog {
            connection,
            source,
            packer: RefCell::new(packer),
            borrows: false,
            damaged: Cell::default(),
        };
        catalog.source.identity = catalog.meta("identity")?.unwrap_or_default();
        Ok(catalog)
    }

    /// Where further connections of this process find the catalog.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Opens another connection to the same file, for a reading thread.
    pub fn reader(&self) -> Result<CatalogReader, CatalogError> {
        CatalogReader::open(&self.source)
    }

    /// Starts a commit; dropping it without [`Commit::finish`] rolls it back.
    pub fn begin(&mut self) -> Result<Commit<'_>, CatalogError> {
        Commit::begin(self)
    }

    /// Tells this catalog from every other one, even from one at the same path with the same
    /// folders: an index derived from another catalog is of no use.
    pub fn identity(&self) -> &str {
        &self.source.identity
    }

    /// The generation of the last commit.
    pub fn generation(&self) -> Result<Generation, CatalogError> {
        self.number("generation").map(Generation)
    }

    /// A number that changes with every change by another process.
    pub fn data_version(&self) -> Result<i64, CatalogError> {
        pragma(&self.connection, "data_version", &self.source.path)
    }

    /// The vector space of the last used model.
    pub fn space(&self) -> Result<Option<String>, CatalogError> {
        self.meta("space")
    }

    /// Records the vector space of the current model.
    pub fn set_space(&self, space: &str) -> Result<(), CatalogError> {
        self.connection
            .execute("INSERT OR REPLACE INTO meta VALUES ('space', ?)", [space])
            .map(drop)
            .map_err(|cause| self.error(cause))
    }

    fn meta(&self, key: &str) -> Result<Option<String>, CatalogError> {
        self.connection
            .query_row("SELECT value FROM meta WHERE key = ?", [key], |row| row.get(0))
            .optional()
            .map_err(|cause| self.error(cause))
    }

    pub(crate) fn number(&self, key: &str) -> Result<u64, CatalogError> {
        self.connection
            .query_row("SELECT value FROM meta WHERE key = ?", [key], |row| row.get(0))
            .map_err(|cause| self.error(cause))
    }

    /// Records whether a process has the catalog open: one that was not closed is checked.
    fn set_open(&self, open: bool) {
        let sql = match open {
            true => "INSERT OR IGNORE INTO meta VALUES ('open', 1)",
            false => "DELETE FROM meta WHERE key = 'open'",
        };
        // On a full disk it cannot be recorded. Then there are no changes to damage it either.
        let _ = self.connection.execute(sql, []);
    }

    pub(crate) fn error(&self, cause: rusqlite::Error) -> CatalogError {
        let error = CatalogError::of(&self.source.path, cause);
        if matches!(error, CatalogError::Damaged { .. }) {
            self.damaged.set(true);
        }
        error
    }
}

impl Drop for Catalog {
    fn drop(&mut self) {
        if !self.damaged.get() && !self.source.read_only {
            self.set_open(false);
        }
    }
}

fn pragma(connection: &Connection, name: &str, path: &Path) -> Result<i64, CatalogError> {
    let value = connection.pragma_query_value(None, name, |row| row.get(0));
    value.map_err(|cause| CatalogError::of(path, cause))
}

/// The format of a catalog, which this program can read or migrate; 0 for an empty file.
fn format_of(connection: &Connection, path: &Path) -> Result<u32, CatalogError> {
    let format = pragma(connection, "user_version", path)? as u32;
    let application = pragma(connection, "application_id", path)?;
    let path = path.to_path_buf();
    if application != i64::from(APPLICATION_ID) && (format, application) != (0, 0) {
        let message = "it is a database from another program".to_owned();
        return Err(CatalogError::Damaged { path, message });
    }
    if format > FORMAT {
        return Err(CatalogError::Newer { path, found: format, known: FORMAT });
    }
    Ok(format)
}

fn prepare_format(connection: &mut Connection, path: &Path) -> Result<(), CatalogError> {
    let of = |cause| CatalogError::of(path, cause);
    let format = format_of(connection, path)?;
    if format == 0 && pragma(connection, "application_id", path)? == 0 {
        return schema::create(connection).map_err(of);
    }
    let pages = pragma(connection, "page_count", path)?;
    let size = pages * pragma(connection, "page_size", path)?;
    let closed = || {
        let open = "SELECT 1 FROM meta WHERE key = 'open'";
        connection.query_row(open, [], |_| Ok(())).optional().map(|open| open.is_none())
    };
    if format < FORMAT || size.cast_unsigned() <= CHECKED_ALWAYS || !closed().map_err(of)? {
        let check = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
        let verdict: String = check.map_err(of)?;
        if verdict != "ok" {
            return Err(CatalogError::Damaged { path: path.to_path_buf(), message: verdict });
        }
    }
    if format < FORMAT {
        schema::migrate(connection, format.max(1)).map_err(of)?;
        // Gives back what the old tables took. Without the space for it, nothing is lost.
        let _ = connection.execute_batch(&format!("{}; VACUUM", schema::COMPACTING));
    }
    Ok(())
}

impl Source {
    fn of(path: &Path) -> Source {
        let (path, identity) = (path.to_path_buf(), String::new());
        Source { path, shared: true, read_only: false, identity }
    }

    /// A connection with the settings that every thread uses.
    ///
    /// WAL lets readers continue while the writer commits. `synchronous = NORMAL` may lose the
    /// newest commits in a power failure but never corrupts the file; the next scan recovers what
    /// is lost.
    pub(crate) fn connect(&self) -> Result<Connection, CatalogError> {
        let of = |cause| CatalogError::of(&self.path, cause);
        // The log that begins below writes the first page: what an empty file is set to comes before.
        let is_new = !self.read_only && self.path.metadata().map_or(true, |found| found.len() == 0);
        let flags = match self.read_only {
            true => OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            false => OpenFlags::default(),
        };
        let connection = match self.shared {
            true => Connection::open_with_flags(&self.path, flags),
            // Keeps in memory what several processes would share in a file, and so works on a full
            // disk. No other process can open the catalog then.
            false => Connection::open_with_flags_and_vfs(&self.path, flags, c"unix-excl"),
        };
        let connection = connection.map_err(of)?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(of)?;
        let reading = "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;";
        let writing = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
             PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = FAST;";
        if is_new {
            connection.execute_batch(schema::COMPACTING).map_err(of)?;
        }
        let writing = if self.read_only { "" } else { writing };
        connection.execute_batch(&format!("{writing} {reading}")).map_err(of)?;
        connection.set_prepared_statement_cache_capacity(32);
        if !self.identity.is_empty() {
            let sql = "SELECT value FROM meta WHERE key = 'identity'";
            let found: String = connection.query_row(sql, [], |row| row.get(0)).map_err(of)?;
            if found != self.identity {
                return Err(CatalogError::Replaced { path: self.path.clone() });
            }
        }
        Ok(connection)
    }

    pub(crate) fn out_of_memory(&self, cause: &std::io::Error) -> CatalogError {
        CatalogError::Memory { path: self.path.clone(), message: cause.to_string() }
    }
}
