package postgres

import (
	"testing"

	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// TestIndex: a table that others made gets the index for ranges of one series
// when that is asked for, also where it is partitioned and where a try was interrupted.
func TestIndex(t *testing.T) {
	const columns = `(id serial, vm text, timestamp timestamp NOT NULL, metric text, value numeric(12,3), UNIQUE (vm, timestamp, metric))`
	for name, setUp := range map[string][]string{
		"plain": {"CREATE TABLE server_metrics_fact " + columns},
		"another name": {"CREATE TABLE server_metrics_fact " + columns,
			`CREATE INDEX by_series ON server_metrics_fact (vm, metric, "timestamp" DESC, id) INCLUDE (value)`},
		"partitioned by others": {"CREATE TABLE server_metrics_fact " + columns + " PARTITION BY RANGE (timestamp)",
			`CREATE TABLE "Old" PARTITION OF server_metrics_fact FOR VALUES FROM ('1990-01-01') TO ('2020-01-01')`,
			`CREATE TABLE new PARTITION OF server_metrics_fact FOR VALUES FROM ('2020-01-01') TO ('2100-01-01')`,
			`CREATE INDEX "Old_series" ON "Old" (vm)`}, // as if it was of an interrupted try
	} {
		t.Run(name, func(t *testing.T) {
			url := pgtest.URL(t)
			pgtest.Exec(t, url, setUp...)
			write(t, open(t, url), store.Replace, steps(cpu, base, minute, 30))
			before, err := Look(ctx, url, Options{})
			if err != nil || before.Indexed != (name == "another name") {
				t.Fatalf("before: %+v, %v", before, err)
			}
			for range 2 { // the second time there is nothing to do
				if st, err := Index(ctx, url, Options{}, quiet); err != nil || !st.Indexed {
					t.Fatalf("%+v, %v", st, err)
				}
			}
			consistent(t, open(t, url))
		})
	}
	url := pgtest.URL(t)
	pgtest.Exec(t, url, "CREATE TABLE server_metrics_fact "+columns+" PARTITION BY RANGE (timestamp)",
		"CREATE TABLE all_times PARTITION OF server_metrics_fact DEFAULT PARTITION BY RANGE (timestamp)")
	_, err := Index(ctx, url, Options{}, quiet)
	says(t, err, store.ErrForeign, "CREATE INDEX ON server_metrics_fact")
	if st, err := Look(ctx, migrated(t), Options{}); err != nil || !st.Indexed {
		t.Errorf("a table of our own: %+v, %v", st, err)
	}
}
