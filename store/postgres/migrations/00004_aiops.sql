-- Predictions of series without points: the catalog lists those too, and must not look through all predictions for them.
ALTER TABLE aiops.runs ADD COLUMN alone boolean NOT NULL DEFAULT false;
UPDATE aiops.runs r SET alone = true WHERE NOT EXISTS (SELECT FROM aiops.series s WHERE s.vm = r.vm AND s.metric = r.metric);
CREATE INDEX runs_alone ON aiops.runs (vm, metric) WHERE alone;
