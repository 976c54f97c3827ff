//! The tables, and the migrations from earlier formats.

use rusqlite::{Connection, Transaction};

use crate::format_3::{copy_files, copy_vectors};

/// The format that this program writes. Increase it with every change that older programs cannot
/// read.
pub(crate) const FORMAT: u32 = 4;

/// "DSCR": marks an SQLite file as a catalog.
pub(crate) const APPLICATION_ID: i32 = 0x4453_4352;

const META: &str = "
CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', 0);
";

const ROOTS: &str = "
CREATE TABLE roots(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL UNIQUE,
    paused INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0,
    cut_by INTEGER,
    unfinished INTEGER,
    -- Its data is being deleted; the path is free for another folder.
    removed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE models(id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE) STRICT;

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

/// `identity` tells this catalog from every other one; `next_chunk` is the first unused chunk id.
const CONTENT: &str = "
INSERT INTO meta VALUES ('identity', lower(hex(randomblob(16)))), ('next_chunk', 1);

-- A version of a file. The one that a newer version replaced stays, retired, until the commit
-- after: readers of the snapshot before can still fetch its texts. The checksum does not cover the
-- stamp: a file whose stamp is wrong is read again.
CREATE TABLE files(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    root INTEGER NOT NULL REFERENCES roots(id),
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    ctime INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    overruled INTEGER NOT NULL,
    digest BLOB NOT NULL,
    language INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    retired INTEGER
) STRICT;
CREATE UNIQUE INDEX files_alive ON files(root, path) WHERE retired IS NULL;
CREATE INDEX files_retired ON files(retired) WHERE retired IS NOT NULL;

-- The chunks of a file: `count` of them, whose ids begin at `first`, and their metadata.
CREATE TABLE chunks(
    file INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    packed BLOB NOT NULL
) STRICT;

-- Blocks of consecutive chunks of one file: their texts, and the digests of what is embedded.
CREATE TABLE texts(first INTEGER PRIMARY KEY, packed BLOB NOT NULL) STRICT;

CREATE TABLE vectors(
    model INTEGER NOT NULL,
    digest BLOB NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY(model, digest)
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

/// Free pages go back to the disk a few at a time. For a file that is not empty, it takes effect
/// with the next `VACUUM`.
pub(crate) const COMPACTING: &str = "PRAGMA auto_vacuum = INCREMENTAL";

/// Creates the tables in an empty file.
pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "BEGIN IMMEDIATE; {META} {ROOTS} {CONTENT}
         PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {FORMAT}; COMMIT;"
    ))
}

/// Migrates the tables from an earlier format, all or nothing.
pub(crate) fn migrate(connection: &mut Connection, from: u32) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    if from < 2 {
        transaction.execute_batch(TO_FORMAT_2)?;
    }
    if from < 3 {
        transaction.execute_batch(TO_FORMAT_3)?;
    }
    if from < 4 {
        to_format_4(&transaction)?;
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {FORMAT}"))?;
    transaction.commit()
}

/// Migrates the third format to the fourth: rows gain checksums; a file's chunks are one row, and
/// their texts are compressed together. Damaged rows are left behind: their files are read again.
fn to_format_4(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(&format!(
        "ALTER TABLE roots ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE files RENAME TO old_files;
         ALTER TABLE chunks RENAME TO old_chunks;
         ALTER TABLE vectors RENAME TO old_vectors;
         DROP INDEX files_alive; DROP INDEX files_retired;
         {CONTENT}
         INSERT INTO sqlite_sequence SELECT 'files', seq FROM sqlite_sequence
             WHERE name = 'old_files';
         UPDATE meta SET value = 1 + coalesce(
             (SELECT seq FROM sqlite_sequence WHERE name = 'old_chunks'), 0)
             WHERE key = 'next_chunk';"
    ))?;
    copy_files(transaction)?;
    copy_vectors(transaction)?;
    transaction.execute_batch(
        "DROP TABLE old_chunks; DROP TABLE old_files; DROP TABLE old_vectors;
         DELETE FROM sqlite_sequence WHERE name IN ('old_files', 'old_chunks');",
    )
}
