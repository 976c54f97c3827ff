-- The tables of the third format.
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

PRAGMA application_id = 1146307410;
PRAGMA user_version = 3;

-- Two folders, of which one was read to its end.
INSERT INTO roots(id, path, cut_by, unfinished) VALUES (1, '/one', 4, NULL), (2, '/two', NULL, 658);
INSERT INTO meta VALUES ('space', 'ab12');
UPDATE meta SET value = 9 WHERE key = 'generation';
UPDATE roots SET generation = 9 WHERE id = 1;
-- One was replaced, and the ids of both continue where removed ones ended.
INSERT INTO files(id, root, path, size, mtime, digest, language, retired, ctime, inode, overruled) VALUES
    (40, 1, 'src/a.rs', 3, 4, zeroblob(32), 1, 9, 5, 6, 0),
    (41, 1, 'src/a.rs', 13, 14, zeroblob(32), 1, NULL, 15, -16, 1),
    (42, 1, 'src/damaged.rs', 3, 4, zeroblob(32), 1, NULL, 5, 6, 0);
INSERT INTO skipped VALUES (1, 'b', '"Binary"', 3, 4, 5, 6, 1);
INSERT INTO models VALUES (1, 'f');
