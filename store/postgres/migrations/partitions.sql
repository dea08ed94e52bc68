-- Run when the facts are partitioned by time. FACTS stands for their table with its schema, PREFIX for the start of a partition's name.

-- The partitions whose rows are taken into catalog and roll-ups.
CREATE TABLE IF NOT EXISTS aiops.partitions (
    name text PRIMARY KEY,
    low  timestamptz NOT NULL,
    high timestamptz NOT NULL -- the first time after it
);

-- The partitions that there are, also those that others attached.
CREATE OR REPLACE VIEW aiops.partitions_now AS
    SELECT c.relname::text AS name,
        coalesce(substring(pg_get_expr(c.relpartbound, c.oid) FROM $re$FROM \('([^']+)'\)$re$)::timestamptz, '-infinity') AS low,
        coalesce(substring(pg_get_expr(c.relpartbound, c.oid) FROM $re$TO \('([^']+)'\)$re$)::timestamptz, 'infinity') AS high
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'FACTS'::regclass AND NOT i.inhdetachpending;

CREATE OR REPLACE FUNCTION aiops.partitions_changed() RETURNS boolean LANGUAGE sql STABLE
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    SELECT EXISTS ((TABLE aiops.partitions_now EXCEPT TABLE aiops.partitions) UNION ALL (TABLE aiops.partitions EXCEPT TABLE aiops.partitions_now))
$$;

-- Notes the times of partitions that came or went, also by others' doing: triggers do not see that.
CREATE OR REPLACE FUNCTION aiops.take_partitions() RETURNS void LANGUAGE sql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    INSERT INTO aiops.changes
        WITH RECURSIVE vms AS ( -- one by one from the index, as there are few among many rows
            SELECT (SELECT vm FROM FACTS ORDER BY vm LIMIT 1) AS vm
            UNION ALL SELECT (SELECT f.vm FROM FACTS f WHERE f.vm > vms.vm ORDER BY f.vm LIMIT 1) FROM vms WHERE vms.vm IS NOT NULL)
        SELECT v.vm, p.low, p.high FROM (SELECT vm::text FROM vms WHERE vm IS NOT NULL UNION SELECT vm FROM aiops.series) v,
            ((TABLE aiops.partitions EXCEPT TABLE aiops.partitions_now) UNION (TABLE aiops.partitions_now EXCEPT TABLE aiops.partitions)) p;
    DELETE FROM aiops.partitions;
    INSERT INTO aiops.partitions TABLE aiops.partitions_now;
$$;

GRANT SELECT ON aiops.partitions, aiops.partitions_now TO PUBLIC; -- of those who may use the schema

-- Makes the months' partitions that are missing between two times. It runs with the owner's rights, so that everybody who may write
-- points can store them. A partition is made apart and then attached, which locks nobody out who reads or writes.
CREATE OR REPLACE FUNCTION aiops.add_partitions(since timestamptz, until timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET client_min_messages = warning AS $$
DECLARE
    facts CONSTANT regclass := 'FACTS'::regclass;
    month timestamptz := date_trunc('month', since);
    made integer := 0;
    part text;
    definition text;
BEGIN
    IF since < '1600-01-01' OR until > '2300-01-01' THEN
        RAISE 'aiops.add_partitions: the times are too far away';
    END IF;
    WHILE month < until LOOP
        IF NOT EXISTS (SELECT FROM aiops.partitions_now WHERE low < month + interval '1 month' AND high > month) THEN
            part := 'PREFIX' || to_char(month, 'YYYY_MM');
            IF to_regclass(format('%I.%I', 'SCHEMA', part)) IS NOT NULL THEN -- one that was detached and kept
                part := part || '_' || floor(extract(epoch FROM clock_timestamp()));
            END IF;
            EXECUTE format('CREATE TABLE %I.%I (LIKE FACTS INCLUDING ALL)', 'SCHEMA', part);
            EXECUTE format('ALTER TABLE FACTS ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)', 'SCHEMA', part, month, month + interval '1 month');
            -- Triggers of the partition itself see what is written into it directly.
            FOR definition IN SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = facts AND tgname LIKE 'aiops\_note\_%' LOOP
                EXECUTE replace(definition, ' ON FACTS ', format(' ON %I.%I ', 'SCHEMA', part));
            END LOOP;
            INSERT INTO aiops.partitions VALUES (part, month, month + interval '1 month')
                ON CONFLICT (name) DO UPDATE SET low = excluded.low, high = excluded.high;
            made := made + 1;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END $$;
