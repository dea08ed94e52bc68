-- Work that several instances share. A plain table: it stays small, and rows are
-- locked one by one (SKIP LOCKED), so that nobody waits for another.
CREATE TABLE aiops.jobs (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind     text COLLATE "C" NOT NULL,
    run      text COLLATE "C" NOT NULL, -- jobs that were given together
    key      text COLLATE "C" NOT NULL, -- once in a run; empty: any number
    payload  bytea NOT NULL,
    result   bytea NOT NULL DEFAULT '',
    state    text NOT NULL DEFAULT 'waiting', -- running, done, failed, cancelled
    again    boolean NOT NULL DEFAULT false, -- was asked for again while it ran
    tries    integer NOT NULL DEFAULT 0,
    most     integer NOT NULL,
    lease    bigint NOT NULL DEFAULT 0, -- counts who took it: only the last one may end it
    worker   text NOT NULL DEFAULT '',
    error    text NOT NULL DEFAULT '',
    made     timestamptz NOT NULL DEFAULT clock_timestamp(),
    due      timestamptz NOT NULL DEFAULT clock_timestamp(), -- running: when the lease ends
    finished timestamptz
);
CREATE UNIQUE INDEX jobs_key ON aiops.jobs (kind, run, key) WHERE key <> '';
CREATE INDEX jobs_due ON aiops.jobs (kind, due, id) WHERE state IN ('waiting', 'running');
CREATE INDEX jobs_finished ON aiops.jobs (finished) WHERE finished IS NOT NULL;
