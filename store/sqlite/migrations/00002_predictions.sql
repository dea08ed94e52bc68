-- +goose Up
PRAGMA user_version = 2;

-- Each prediction as it was made, so that it can be compared with what came.
-- Table predictions holds what is predicted now.
CREATE TABLE runs (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    series_id INTEGER NOT NULL,
    made      INTEGER NOT NULL, -- Unix microseconds
    model     TEXT NOT NULL,
    level     REAL NOT NULL,    -- of the interval
    first     NUMERIC NOT NULL, -- Unix seconds, as ts
    last      NUMERIC NOT NULL
);
CREATE INDEX runs_series ON runs (series_id, id);

CREATE TABLE run_points (
    run_id INTEGER NOT NULL,
    ts     NUMERIC NOT NULL,
    value  NUMERIC NOT NULL,
    lower  NUMERIC,
    upper  NUMERIC,
    PRIMARY KEY (run_id, ts)
) WITHOUT ROWID;
