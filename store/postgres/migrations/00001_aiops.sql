-- What this program keeps beside the shared tables. Others read and write those; this schema is its own.
CREATE SCHEMA IF NOT EXISTS aiops;

-- The series of server_metrics_fact and what is known of them. It follows the
-- facts: what others change there is noted in aiops.changes and taken in here.
CREATE TABLE aiops.series (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vm         text COLLATE "C" NOT NULL,
    metric     text COLLATE "C" NOT NULL,
    count      bigint NOT NULL DEFAULT 0,
    first      timestamptz,
    last       timestamptz,
    last_value double precision,
    step       bigint NOT NULL DEFAULT 0, -- typical distance of points in microseconds
    sized      bigint NOT NULL DEFAULT 0, -- number of points when step was last looked at
    UNIQUE (vm, metric)
);

-- The facts by the hour.
CREATE TABLE aiops.rollups (
    series_id integer NOT NULL,
    hour      timestamptz NOT NULL,
    count     integer NOT NULL,
    min       double precision NOT NULL,
    max       double precision NOT NULL,
    mean      double precision NOT NULL,
    PRIMARY KEY (series_id, hour)
);

-- What others changed among the facts and was not taken in yet. A VM of NULL is all of them.
CREATE TABLE aiops.changes (
    vm    text COLLATE "C",
    first timestamptz NOT NULL,
    last  timestamptz NOT NULL
);

-- The trigger of server_metrics_fact. It only adds rows, so that it never makes two writers wait for each other.
CREATE FUNCTION aiops.note_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF current_setting('aiops.settles', true) = 'on' THEN
        RETURN NULL; -- this program takes in itself what it writes
    END IF;
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO aiops.changes VALUES (NULL, '-infinity', 'infinity');
    ELSE
        INSERT INTO aiops.changes SELECT vm, min("timestamp"), max("timestamp") FROM changed GROUP BY vm;
    END IF;
    RETURN NULL;
END $$;

CREATE TABLE aiops.annotations (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vm       text NOT NULL,
    metric   text NOT NULL,
    start_us bigint NOT NULL, -- Unix microseconds
    end_us   bigint NOT NULL,
    kind     text NOT NULL,
    text     text NOT NULL
);
CREATE INDEX annotations_start ON aiops.annotations (start_us);

-- Each prediction as it was made. server_metrics_predictions holds what is predicted now.
CREATE TABLE aiops.runs (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vm     text COLLATE "C" NOT NULL,
    metric text COLLATE "C" NOT NULL,
    made   bigint NOT NULL, -- Unix microseconds
    model  text NOT NULL,
    level  double precision NOT NULL,
    first  bigint NOT NULL,
    last   bigint NOT NULL,
    times  bigint[] NOT NULL,
    value  double precision[] NOT NULL,
    lower  double precision[] NOT NULL, -- NaN: unknown
    upper  double precision[] NOT NULL
);
CREATE INDEX runs_series ON aiops.runs (vm, metric, id);

CREATE TABLE aiops.transitions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule       text NOT NULL,
    rule_hash  text NOT NULL,
    vm         text NOT NULL,
    metric     text NOT NULL, -- empty: the rule is about the whole VM
    at_us      bigint NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    severity   text NOT NULL,
    value      double precision, -- NULL: none
    summary    text NOT NULL,
    labels     jsonb NOT NULL,
    silence    bigint NOT NULL, -- 0: none
    UNIQUE (rule, rule_hash, vm, metric, at_us, to_state)
);
CREATE INDEX transitions_at ON aiops.transitions (at_us);

CREATE TABLE aiops.silences (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule      text NOT NULL, -- patterns; empty: all
    vm        text NOT NULL,
    metric    text NOT NULL,
    severity  text NOT NULL,
    start_us  bigint NOT NULL,
    end_us    bigint NOT NULL, -- 0: without an end
    recurs    boolean NOT NULL,
    weekdays  text NOT NULL, -- digits, 0 is Sunday
    begin_min integer NOT NULL, -- minutes after midnight in the zone
    end_min   integer NOT NULL,
    zone      text NOT NULL,
    comment   text NOT NULL
);

-- The journal of writes.
CREATE TABLE aiops.imports (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source   text NOT NULL,
    began    bigint NOT NULL,
    finished bigint, -- NULL: still running, or killed
    stored   bigint NOT NULL DEFAULT 0
);
