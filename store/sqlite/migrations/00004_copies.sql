-- +goose Up
PRAGMA user_version = 4;

-- What is known of the file: of a snapshot where and when it is from, and the view.
CREATE TABLE notes (
    name TEXT PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;

-- Changes that were made elsewhere and done here, by the name that they were
-- given there: each is done once.
CREATE TABLE applied (
    op     TEXT PRIMARY KEY,
    result INTEGER NOT NULL,
    at_us  INTEGER NOT NULL
) WITHOUT ROWID;

-- Of a local copy: changes that are to be done in the database, in their order.
CREATE TABLE outbox (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,    -- what is changed: "note 5"; changes of one target wait for each other
    body   BLOB,             -- NULL: done
    state  TEXT NOT NULL,    -- waiting, clash, ours (to be done whatever is there), done
    theirs TEXT NOT NULL DEFAULT '', -- what is there instead
    result INTEGER NOT NULL DEFAULT 0
);

-- Of a local copy: which times of which series it holds.
CREATE TABLE kept (
    vm      TEXT NOT NULL,
    metric  TEXT NOT NULL,
    from_us INTEGER NOT NULL,
    to_us   INTEGER NOT NULL,
    used_us INTEGER NOT NULL, -- when it was last looked at
    PRIMARY KEY (vm, metric, from_us)
) WITHOUT ROWID;
