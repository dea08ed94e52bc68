-- +goose Up
PRAGMA user_version = 5;

-- Work that waits or was done. Times are Unix microseconds.
CREATE TABLE jobs (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    run      TEXT NOT NULL,                     -- jobs that were given together
    key      TEXT NOT NULL,                     -- once in a run; empty: any number
    payload  BLOB NOT NULL,
    result   BLOB NOT NULL DEFAULT x'',
    state    TEXT NOT NULL DEFAULT 'waiting',   -- running, done, failed, cancelled
    again    INTEGER NOT NULL DEFAULT 0,        -- was asked for again while it ran
    tries    INTEGER NOT NULL DEFAULT 0,
    most     INTEGER NOT NULL,
    lease    INTEGER NOT NULL DEFAULT 0,        -- counts who took it: only the last one may end it
    worker   TEXT NOT NULL DEFAULT '',
    error    TEXT NOT NULL DEFAULT '',
    made     INTEGER NOT NULL,
    due      INTEGER NOT NULL,                  -- running: when the lease ends
    finished INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX jobs_key ON jobs (kind, run, key) WHERE key <> '';
CREATE INDEX jobs_due ON jobs (kind, due, id) WHERE state IN ('waiting', 'running');
