-- Notes what others change among the facts, so that catalog and roll-ups follow. On a table that others made: only when asked.
CREATE TRIGGER aiops_note_insert AFTER INSERT ON server_metrics_fact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION aiops.note_changes();
CREATE TRIGGER aiops_note_update AFTER UPDATE ON server_metrics_fact REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION aiops.note_changes();
CREATE TRIGGER aiops_note_update_old AFTER UPDATE ON server_metrics_fact REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION aiops.note_changes();
CREATE TRIGGER aiops_note_delete AFTER DELETE ON server_metrics_fact REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION aiops.note_changes();
CREATE TRIGGER aiops_note_truncate AFTER TRUNCATE ON server_metrics_fact
    FOR EACH STATEMENT EXECUTE FUNCTION aiops.note_changes();
INSERT INTO aiops.changes SELECT NULL, '-infinity', 'infinity' WHERE EXISTS (SELECT FROM server_metrics_fact);
