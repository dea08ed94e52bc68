-- +goose Up
PRAGMA application_id = 1095323472; -- "AIOP"
PRAGMA user_version = 1;

CREATE TABLE series (
    id         INTEGER PRIMARY KEY,
    vm         TEXT NOT NULL,
    metric     TEXT NOT NULL,
    count      INTEGER NOT NULL DEFAULT 0,
    first      NUMERIC NOT NULL DEFAULT 0,
    last       NUMERIC NOT NULL DEFAULT 0,
    last_value NUMERIC NOT NULL DEFAULT 0,
    step       NUMERIC NOT NULL DEFAULT 0, -- typical distance of points in seconds
    sized      INTEGER NOT NULL DEFAULT 0, -- number of points when step was last looked at
    levels     TEXT NOT NULL DEFAULT '',   -- steps of the kept roll-ups in microseconds
    UNIQUE (vm, metric)
);

-- Times are Unix seconds. NUMERIC keeps whole numbers as small integers, also
-- in a table without row ids, where REAL would cost eight bytes each.
CREATE TABLE points (
    series_id INTEGER NOT NULL,
    ts        NUMERIC NOT NULL,
    value     NUMERIC NOT NULL,
    PRIMARY KEY (series_id, ts)
) WITHOUT ROWID;

CREATE TABLE rollups (
    series_id INTEGER NOT NULL,
    step      NUMERIC NOT NULL, -- seconds
    ts        NUMERIC NOT NULL, -- start of the bucket
    min       NUMERIC NOT NULL,
    max       NUMERIC NOT NULL,
    mean      NUMERIC NOT NULL,
    count     INTEGER NOT NULL,
    PRIMARY KEY (series_id, step, ts)
) WITHOUT ROWID;

CREATE TABLE predictions (
    series_id  INTEGER NOT NULL,
    ts         NUMERIC NOT NULL,
    value      NUMERIC NOT NULL,
    lower      NUMERIC,
    upper      NUMERIC,
    created_at NUMERIC NOT NULL,
    PRIMARY KEY (series_id, ts)
) WITHOUT ROWID;

-- Annotations keep Unix microseconds: they are few.
CREATE TABLE annotations (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    vm       TEXT NOT NULL,
    metric   TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us   INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    text     TEXT NOT NULL
);
CREATE INDEX annotations_start ON annotations (start_us);

CREATE TABLE imports (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    source   TEXT NOT NULL,
    began    INTEGER NOT NULL, -- Unix microseconds
    pid      INTEGER NOT NULL,
    finished INTEGER,          -- Unix microseconds; NULL: still running, or killed
    stored   INTEGER NOT NULL DEFAULT 0
);

-- Systems that know the shared database read these. An id is made of the
-- series and the time in microseconds; when a point was stored is not kept.
-- The inner queries split a time into whole seconds, rounded down, and the rest.
CREATE VIEW server_metrics_fact AS
SELECT printf('%08x-%016x', p.series_id, p.sec * 1000000 + p.micro) AS id,
       s.vm AS vm,
       strftime('%Y-%m-%dT%H:%M:%S', p.sec, 'unixepoch') || iif(p.micro = 0, '', printf('.%06d', p.micro)) || 'Z' AS timestamp,
       s.metric AS metric,
       p.value AS value,
       NULL AS created_at
FROM (SELECT series_id, value, sec, CAST(round((ts - sec) * 1000000) AS INTEGER) AS micro
      FROM (SELECT series_id, ts, value, CAST(ts AS INTEGER) - (ts < CAST(ts AS INTEGER)) AS sec FROM points)) p
JOIN series s ON s.id = p.series_id;

CREATE VIEW server_metrics_predictions AS
SELECT printf('%08x-%016x', p.series_id, p.sec * 1000000 + p.micro) AS id,
       s.vm AS vm,
       strftime('%Y-%m-%dT%H:%M:%S', p.sec, 'unixepoch') || iif(p.micro = 0, '', printf('.%06d', p.micro)) || 'Z' AS timestamp,
       s.metric AS metric,
       p.value AS value_predicted,
       p.lower AS lower_bound,
       p.upper AS upper_bound,
       strftime('%Y-%m-%dT%H:%M:%SZ', p.created_at, 'unixepoch') AS created_at
FROM (SELECT *, CAST(round((ts - sec) * 1000000) AS INTEGER) AS micro
      FROM (SELECT *, CAST(ts AS INTEGER) - (ts < CAST(ts AS INTEGER)) AS sec FROM predictions)) p
JOIN series s ON s.id = p.series_id;
