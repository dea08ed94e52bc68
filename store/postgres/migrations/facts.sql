-- Run only where there is no such table: one that others made is used as it is.
CREATE TABLE server_metrics_fact (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    vm          text NOT NULL,
    "timestamp" timestamptz NOT NULL,
    metric      text NOT NULL,
    value       numeric NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idx_vm_timestamp_metric UNIQUE (vm, "timestamp", metric),
    CONSTRAINT chk_timestamp_not_future CHECK ("timestamp" <= CURRENT_TIMESTAMP)
);
CREATE INDEX idx_server_metrics_fact_vm ON server_metrics_fact (vm);
CREATE INDEX idx_server_metrics_fact_timestamp ON server_metrics_fact ("timestamp");
CREATE INDEX idx_server_metrics_fact_value ON server_metrics_fact (value);
-- A range of one series is read from this index alone, whatever lies between its rows in the table.
CREATE INDEX idx_server_metrics_fact_series ON server_metrics_fact (vm, metric, "timestamp") INCLUDE (value);
