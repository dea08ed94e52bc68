-- Changes that were made elsewhere and done here, by the name that they were
-- given there: each is done once.
CREATE TABLE aiops.applied (
    op     text COLLATE "C" PRIMARY KEY,
    result bigint NOT NULL,
    at     timestamptz NOT NULL DEFAULT now()
);

-- When an hour was computed anew, and so when its points changed at the latest.
-- It grows from transaction to transaction, as these wait for each other.
ALTER TABLE aiops.rollups ADD COLUMN changed timestamptz NOT NULL DEFAULT now();
CREATE INDEX rollups_changed ON aiops.rollups (changed);
