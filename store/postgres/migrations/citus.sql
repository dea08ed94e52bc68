-- Spreads the shared tables over the nodes of Citus, a VM to a shard. Schema aiops stays on the coordinator.
-- Step: Taking away the triggers that note changes: Citus runs none on distributed tables, so lists read the facts themselves
DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT tgname, tgrelid::regclass AS tab FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'aiops\_note\_%' LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.tab);
    END LOOP;
END $$
-- Step: Making vm part of the primary keys, which Citus needs; others wait while their indexes are built
DO $$
DECLARE
    t regclass;
    c record;
BEGIN
    FOREACH t IN ARRAY ARRAY['server_metrics_fact'::regclass, 'server_metrics_predictions'::regclass] LOOP
        FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = t AND contype = 'p' AND conkey = ARRAY[(SELECT attnum FROM pg_attribute WHERE attrelid = t AND attname = 'id')] LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I PRIMARY KEY (vm, id)', t, c.conname, c.conname);
        END LOOP;
    END LOOP;
END $$
-- Step: Distributing server_metrics_fact by vm; others read and wait to write
SELECT create_distributed_table('server_metrics_fact', 'vm')
-- Step: Distributing server_metrics_predictions beside it
SELECT create_distributed_table('server_metrics_predictions', 'vm', colocate_with => 'server_metrics_fact')
