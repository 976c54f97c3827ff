//! Opening the file, and its format.

use std::path::{Path, PathBuf};
use std::time::Duration;

use descry_base::Generation;
use rusqlite::{Connection, OptionalExtension};

use crate::{CatalogError, CatalogReader, Commit};

/// The format that this program writes. Increase it with every change that older programs cannot
/// read.
const FORMAT: u32 = 3;

/// "DSCR": marks an SQLite file as a catalog.
const APPLICATION_ID: i32 = 0x4453_4352;

const SCHEMA: &str = "
CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', 0);

CREATE TABLE roots(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    paused INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0,
    cut_by INTEGER,
    unfinished INTEGER
) STRICT;

-- A version of a file. The one that a newer version replaced stays, retired, until the commit
-- after: readers of the snapshot before can still fetch its text.
CREATE TABLE files(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    root INTEGER NOT NULL REFERENCES roots(id),
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    digest BLOB NOT NULL,
    language INTEGER NOT NULL,
    retired INTEGER,
    ctime INTEGER NOT NULL DEFAULT 0,
    inode INTEGER NOT NULL DEFAULT 0,
    overruled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX files_alive ON files(root, path) WHERE retired IS NULL;
CREATE INDEX files_retired ON files(retired) WHERE retired IS NOT NULL;

CREATE TABLE chunks(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file INTEGER NOT NULL,
    start INTEGER NOT NULL, stop INTEGER NOT NULL,
    first_line INTEGER NOT NULL, end_line INTEGER NOT NULL,
    doc_start INTEGER, doc_end INTEGER,
    symbol TEXT NOT NULL,
    kind INTEGER,
    defines TEXT NOT NULL,
    digest BLOB NOT NULL,
    text BLOB NOT NULL
) STRICT;
CREATE INDEX chunks_file ON chunks(file);
CREATE INDEX chunks_digest ON chunks(digest);

CREATE TABLE models(id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE vectors(
    model INTEGER NOT NULL,
    digest BLOB NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY(model, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE skipped(
    root INTEGER NOT NULL,
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    ctime INTEGER NOT NULL DEFAULT 0,
    inode INTEGER NOT NULL DEFAULT 0,
    overruled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(root, path)
) STRICT, WITHOUT ROWID;
";

/// Migrates the first format to the second: stamps gain fields beyond size and time. Old rows lack
/// them, so every file looks changed and is read once more; its chunks and vectors stay.
const TO_FORMAT_2: &str = "
ALTER TABLE files ADD COLUMN ctime INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN overruled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE skipped ADD COLUMN ctime INTEGER NOT NULL DEFAULT 0;
ALTER TABLE skipped ADD COLUMN inode INTEGER NOT NULL DEFAULT 0;
ALTER TABLE skipped ADD COLUMN overruled INTEGER NOT NULL DEFAULT 0;
";

/// Migrates the second format to the third: settings become columns.
const TO_FORMAT_3: &str = "
ALTER TABLE roots ADD COLUMN cut_by INTEGER;
ALTER TABLE roots ADD COLUMN unfinished INTEGER;
UPDATE roots SET
    cut_by = (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'engine.cut.' || id),
    unfinished = (SELECT CAST(nullif(value, '') AS INTEGER) FROM settings
        WHERE key = 'engine.unfinished.' || id);
INSERT INTO meta SELECT 'space', value FROM settings WHERE key = 'engine.space';
DROP TABLE settings;
";

/// The migrations from each format to the next, starting with the first.
const MIGRATIONS: [&str; FORMAT as usize - 1] = [TO_FORMAT_2, TO_FORMAT_3];

/// The catalog, opened by its only writer.
pub struct Catalog {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    /// True if a second catalog is attached for looking up vectors.
    pub(crate) borrows: bool,
}

impl Catalog {
    /// Opens the catalog at `path`, creating it if it does not exist.
    pub fn open(path: &Path) -> Result<Catalog, CatalogError> {
        let connection = connect(path)?;
        let catalog = Catalog { connection, path: path.to_path_buf(), borrows: false };
        catalog.prepare_format()?;
        Ok(catalog)
    }

    /// Opens another connection to a catalog that this process has already opened and therefore
    /// checked.
    pub fn attach(path: &Path) -> Result<Catalog, CatalogError> {
        Ok(Catalog { connection: connect(path)?, path: path.to_path_buf(), borrows: false })
    }

    fn prepare_format(&self) -> Result<(), CatalogError> {
        let of = |cause| self.error(cause);
        let pragma = |name: &str| {
            self.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(of)
        };
        let (format, application) = (pragma("user_version")? as u32, pragma("application_id")?);
        if format == 0 && application == 0 {
            let sql = format!(
                "BEGIN IMMEDIATE; {SCHEMA}
                 PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
            );
            return self.connection.execute_batch(&sql).map_err(of);
        }
        if application != i64::from(APPLICATION_ID) {
            let message = "it is a database from another program".to_owned();
            return Err(CatalogError::Damaged { path: self.path.clone(), message });
        }
        if format > FORMAT {
            let path = self.path.clone();
            return Err(CatalogError::Newer { path, found: format, known: FORMAT });
        }
        // Detects torn pages now rather than during a search; takes about 50 ms for 100 MB.
        let verdict: String =
            self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(of)?;
        if verdict != "ok" {
            return Err(CatalogError::Damaged { path: self.path.clone(), message: verdict });
        }
        let missing = MIGRATIONS.get(format.max(1) as usize - 1..).unwrap_or_default();
        if !missing.is_empty() {
            let steps = missing.concat();
            let sql = format!("BEGIN IMMEDIATE; {steps} PRAGMA user_version = {FORMAT}; COMMIT;");
            self.connection.execute_batch(&sql).map_err(of)?;
        }
        Ok(())
    }

    /// Opens another connection to the same file, for a reading thread.
    pub fn reader(&self) -> Result<CatalogReader, CatalogError> {
        CatalogReader::open(&self.path)
    }

    /// Starts a commit; dropping it without [`Commit::finish`] rolls it back.
    pub fn begin(&mut self) -> Result<Commit<'_>, CatalogError> {
        Commit::begin(self)
    }

    /// The generation of the last commit.
    pub fn generation(&self) -> Result<Generation, CatalogError> {
        self.connection
            .query_row("SELECT value FROM meta WHERE key = 'generation'", [], |row| row.get(0))
            .map(Generation)
            .map_err(|cause| self.error(cause))
    }

    /// The vector space of the last used model.
    pub fn space(&self) -> Result<Option<String>, CatalogError> {
        self.connection
            .query_row("SELECT value FROM meta WHERE key = 'space'", [], |row| row.get(0))
            .optional()
            .map_err(|cause| self.error(cause))
    }

    /// Records the vector space of the current model.
    pub fn set_space(&self, space: &str) -> Result<(), CatalogError> {
        self.connection
            .execute("INSERT OR REPLACE INTO meta VALUES ('space', ?)", [space])
            .map(drop)
            .map_err(|cause| self.error(cause))
    }

    pub(crate) fn error(&self, cause: rusqlite::Error) -> CatalogError {
        CatalogError::of(&self.path, cause)
    }
}

/// A connection with the settings that every thread uses.
///
/// WAL lets readers continue while the writer commits. `synchronous = NORMAL` may lose the newest
/// commits in a power failure but never corrupts the file; the next scan recovers what is lost.
pub(crate) fn connect(path: &Path) -> Result<Connection, CatalogError> {
    let of = |cause| CatalogError::of(path, cause);
    let connection = Connection::open(path).map_err(of)?;
    connection.busy_timeout(Duration::from_secs(10)).map_err(of)?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -8000; PRAGMA mmap_size = 268435456; PRAGMA journal_size_limit = 67108864;",
        )
        .map_err(of)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}
