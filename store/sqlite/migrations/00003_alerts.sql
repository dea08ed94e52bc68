-- +goose Up
PRAGMA user_version = 3;

-- Every change of an alert's state. Times are Unix microseconds, as those of annotations.
CREATE TABLE alert_transitions (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    rule      TEXT NOT NULL,
    rule_hash TEXT NOT NULL,    -- of the rule's text
    vm        TEXT NOT NULL,
    metric    TEXT NOT NULL,    -- empty: the rule is about the whole VM
    at_us     INTEGER NOT NULL,
    from_state TEXT NOT NULL,
    to_state  TEXT NOT NULL,
    severity  TEXT NOT NULL,
    value     REAL,             -- NULL: none
    summary   TEXT NOT NULL,
    labels    TEXT NOT NULL,    -- JSON object, or empty
    silence   INTEGER NOT NULL, -- 0: none
    UNIQUE (rule, rule_hash, vm, metric, at_us, to_state)
);
CREATE INDEX alert_transitions_at ON alert_transitions (at_us);

CREATE TABLE silences (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    rule     TEXT NOT NULL,     -- patterns; empty: all
    vm       TEXT NOT NULL,
    metric   TEXT NOT NULL,
    severity TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    end_us   INTEGER NOT NULL,  -- 0: without an end
    recurs   INTEGER NOT NULL,
    weekdays TEXT NOT NULL,     -- digits, 0 is Sunday
    begin_min INTEGER NOT NULL, -- minutes after midnight in the zone
    end_min  INTEGER NOT NULL,
    zone     TEXT NOT NULL,
    comment  TEXT NOT NULL
);
