-- Puts a partitioned table in the place of the facts. HIGH is the first time after the old table's, which becomes partition BEFORE.
LOCK TABLE FACTS IN ACCESS EXCLUSIVE MODE;
DO $do$
DECLARE
    old CONSTANT oid := 'FACTS'::regclass;
    owner CONSTANT name := (SELECT rolname FROM pg_roles r JOIN pg_class c ON c.relowner = r.oid WHERE c.oid = old);
    empty CONSTANT boolean := NOT EXISTS (SELECT FROM FACTS);
    constraints text[];
    indexes text[];
    triggers text[];
    grants text[];
    statement text;
    item record;
BEGIN
    IF KEYED THEN
        FOR item IN SELECT conname FROM pg_constraint WHERE conrelid = old AND contype = 'p' LOOP
            EXECUTE format('ALTER TABLE FACTS DROP CONSTRAINT %I', item.conname);
        END LOOP;
        EXECUTE 'ALTER TABLE FACTS ADD CONSTRAINT server_metrics_fact_pkey PRIMARY KEY USING INDEX server_metrics_fact_key';
    END IF;
    -- What the new table gets as well: unique constraints and indexes that hold the time, all other indexes, triggers and rights.
    SELECT array_agg(format('ALTER TABLE FACTS ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(c.oid))) INTO constraints
        FROM pg_constraint c WHERE conrelid = old AND contype IN ('p', 'u')
        AND (SELECT attnum FROM pg_attribute WHERE attrelid = old AND attname = 'timestamp') = ANY (conkey);
    SELECT array_agg(pg_get_indexdef(indexrelid)) INTO indexes FROM pg_index i WHERE indrelid = old
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
        AND (NOT indisunique OR (SELECT attnum FROM pg_attribute WHERE attrelid = old AND attname = 'timestamp') = ANY (indkey::int2[]));
    SELECT array_agg(pg_get_triggerdef(oid)) INTO triggers FROM pg_trigger WHERE tgrelid = old AND NOT tgisinternal;
    SELECT array_agg(format('GRANT %s ON FACTS TO %s%s', privilege_type, CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
            CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)) INTO grants
        FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) WHERE c.oid = old AND grantee <> c.relowner;
    FOR item IN SELECT tgname FROM pg_trigger WHERE tgrelid = old AND NOT tgisinternal LOOP
        EXECUTE format('DROP TRIGGER %I ON FACTS', item.tgname); -- no table with them can be attached
    END LOOP;
    EXECUTE 'ALTER TABLE FACTS RENAME TO BEFORE';
    FOR item IN SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE indrelid = old LOOP
        EXECUTE format('ALTER INDEX SCHEMA.%I RENAME TO %I', item.relname, left(item.relname, 55) || '_before');
    END LOOP;
    EXECUTE 'CREATE TABLE FACTS (LIKE SCHEMA.BEFORE INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMMENTS) PARTITION BY RANGE ("timestamp")';
    EXECUTE 'ALTER TABLE FACTS DROP CONSTRAINT aiops_before';
    EXECUTE format('ALTER TABLE FACTS OWNER TO %I', owner);
    FOREACH statement IN ARRAY coalesce(constraints, '{}') || coalesce(indexes, '{}') || coalesce(triggers, '{}') || coalesce(grants, '{}') LOOP
        EXECUTE statement;
    END LOOP;
    IF empty THEN
        EXECUTE 'DROP TABLE SCHEMA.BEFORE';
    ELSE
        EXECUTE 'ALTER TABLE FACTS ATTACH PARTITION SCHEMA.BEFORE FOR VALUES FROM (MINVALUE) TO (''HIGH'')';
        FOREACH statement IN ARRAY coalesce(triggers, '{}') LOOP
            EXECUTE replace(statement, ' ON FACTS ', ' ON SCHEMA.BEFORE '); -- for what is written into it directly
        END LOOP;
    END IF;
END $do$;
