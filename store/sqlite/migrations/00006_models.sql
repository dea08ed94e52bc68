-- +goose Up
PRAGMA user_version = 6;

-- Of a snapshot: trained models that were taken along, as their storage writes them.
CREATE TABLE models (
    name   TEXT PRIMARY KEY,
    vm     TEXT NOT NULL,
    metric TEXT NOT NULL,
    kind   TEXT NOT NULL,
    sum    BLOB NOT NULL, -- SHA-256 of the text
    body   BLOB NOT NULL  -- the text, compressed by gzip
);
