-- Makes the facts a hypertable of TimescaleDB, a chunk a month.
-- Step: Taking away the triggers that note changes: a hypertable takes none that see the rows, so lists read the facts themselves
DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'server_metrics_fact'::regclass AND NOT tgisinternal AND tgname LIKE 'aiops\_note\_%' LOOP
        EXECUTE format('DROP TRIGGER %I ON server_metrics_fact', t.tgname);
    END LOOP;
END $$
-- Step: Making the time part of the primary key, which a hypertable needs; others wait while its index is built
DO $$
DECLARE c record;
BEGIN
    FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = 'server_metrics_fact'::regclass AND contype = 'p'
        AND conkey = ARRAY[(SELECT attnum FROM pg_attribute WHERE attrelid = 'server_metrics_fact'::regclass AND attname = 'id')] LOOP
        EXECUTE format('ALTER TABLE server_metrics_fact DROP CONSTRAINT %I, ADD CONSTRAINT %I PRIMARY KEY (vm, "timestamp", id)', c.conname, c.conname);
    END LOOP;
END $$
-- Step: Moving the rows into chunks; others wait until it is done
SELECT create_hypertable('server_metrics_fact', 'timestamp', chunk_time_interval => interval '1 month', migrate_data => true)
