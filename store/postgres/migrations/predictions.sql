-- Run only where there is no such table.
CREATE TABLE server_metrics_predictions (
    id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    vm              text NOT NULL,
    "timestamp"     timestamptz NOT NULL,
    metric          text NOT NULL,
    value_predicted numeric NOT NULL,
    lower_bound     numeric,
    upper_bound     numeric,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idx_vm_timestamp_metric_pred UNIQUE (vm, "timestamp", metric)
);
CREATE INDEX idx_server_metrics_predictions_vm ON server_metrics_predictions (vm);
CREATE INDEX idx_server_metrics_predictions_timestamp ON server_metrics_predictions ("timestamp");
