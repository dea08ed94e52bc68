package postgres

import (
	neturl "net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
	"aiops/store/storetest"
)

func quiet(string) {}

func partitioned(t testing.TB, url string) *Store {
	t.Helper()
	if _, err := Partition(ctx, url, Options{}, quiet); err != nil {
		t.Fatal(err)
	}
	return open(t, url)
}

// TestPartitionedConformance: a partitioned database keeps every promise of a store.
func TestPartitionedConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		url := pgtest.Copy(t, "partitioned", func(url string) error {
			_, err := Partition(ctx, url, Options{}, quiet)
			return err
		})
		s := open(t, url)
		if strings.HasSuffix(t.Name(), "extreme_values_and_times") { // it writes into the year 2242
			pgtest.Exec(t, url, "ALTER TABLE server_metrics_fact DROP CONSTRAINT chk_timestamp_not_future")
		}
		return s
	})
}

// TestPartitionWhatIsThere: a table with rows becomes the first partition, and
// a store that was open before goes on.
func TestPartitionWhatIsThere(t *testing.T) {
	url := migrated(t)
	before := open(t, url)
	write(t, before, store.Replace, steps(cpu, base, minute, 5000))
	pgtest.Exec(t, url, "GRANT SELECT ON server_metrics_fact TO PUBLIC")
	s := partitioned(t, url)
	consistent(t, s)
	if tracked, managed := s.layout.tracked, s.layout.facts.managed; !tracked || !managed {
		t.Errorf("tracked %v, managed %v", tracked, managed)
	}
	for _, one := range []*Store{before, s} {
		write(t, one, store.Replace, steps(cpu, base-400*24*hour, minute, 3000), steps(cpu, time.Now().UnixMicro()-20*minute, second, 900))
		consistent(t, one)
	}
	pgtest.Exec(t, url, "INSERT INTO server_metrics_fact (vm, timestamp, metric, value) VALUES ('x', now(), 'cpu', 1) ON CONFLICT (vm, timestamp, metric) DO NOTHING")
	consistent(t, s)
	c := pgtest.Connect(t, url)
	defer c.Close(ctx)
	var names, parts string
	err := c.QueryRow(ctx, `SELECT (SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = 'server_metrics_fact'::regclass),
		(SELECT string_agg(pg_get_constraintdef(oid), ' ') FROM pg_constraint WHERE conrelid = 'server_metrics_fact'::regclass AND contype IN ('p', 'c'))`).Scan(&names, &parts)
	if want := "idx_server_metrics_fact_series idx_server_metrics_fact_timestamp idx_server_metrics_fact_value idx_server_metrics_fact_vm idx_vm_timestamp_metric server_metrics_fact_pkey"; err != nil || names != want {
		t.Errorf("indexes %s, %v", names, err)
	}
	if !strings.Contains(parts, `PRIMARY KEY (vm, "timestamp", id)`) || !strings.Contains(parts, "CURRENT_TIMESTAMP") || strings.Contains(parts, "NOT NULL") {
		t.Errorf("constraints %s", parts)
	}
	again := partitioned(t, url) // once more changes nothing
	consistent(t, again)
}

// TestPartitionsOfATeam: who was granted the tables before goes on after they
// are partitioned, also in a month that has no partition yet.
func TestPartitionsOfATeam(t *testing.T) {
	server := pgtest.StartServer(t)
	url := server.Database(t)
	owner := open(t, url)
	write(t, owner, store.Replace, steps(cpu, base, minute, 2000))
	pgtest.Exec(t, url, "CREATE ROLE team LOGIN PASSWORD 'x'", "CREATE ROLE reader LOGIN PASSWORD 'x'", "GRANT USAGE ON SCHEMA aiops TO team, reader",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA aiops TO team", "GRANT SELECT, INSERT, UPDATE, DELETE ON server_metrics_fact, server_metrics_predictions TO team",
		"GRANT SELECT ON ALL TABLES IN SCHEMA aiops TO reader", "GRANT SELECT ON server_metrics_fact, server_metrics_predictions TO reader")
	as := func(name string) string {
		return edit(t, url, func(u *neturl.URL) { u.User = neturl.UserPassword(name, "x") })
	}
	partitioned(t, url)
	team, reader := open(t, as("team")), open(t, as("reader"))
	write(t, team, store.Replace, steps(cpu, time.Now().UnixMicro()-hour, minute, 30), steps(cpu, time.Now().UnixMicro()-600*24*hour, minute, 30))
	consistent(t, team)
	consistent(t, reader)
	pgtest.Exec(t, url, "DELETE FROM server_metrics_fact WHERE timestamp < '2025-06-01 03:00Z'")
	consistent(t, reader)
	consistent(t, team)
}

// TestPartitionedByOthers: what others do to partitions is followed.
func TestPartitionedByOthers(t *testing.T) {
	url := pgtest.URL(t)
	s := partitioned(t, url)
	write(t, s, store.Replace, steps(cpu, base-40*24*hour, 10*minute, 10_000), steps(metric.Key{VM: "db-01", Metric: "cpu"}, base, minute, 900))
	consistent(t, s)
	for _, statement := range []string{
		"INSERT INTO server_metrics_fact_2025_06 (vm, timestamp, metric, value) VALUES ('direct', '2025-06-03', 'cpu', 1), ('web-01', '2025-06-03 00:00:01Z', 'cpu', 1)",
		"UPDATE server_metrics_fact_2025_05 SET value = 3 WHERE timestamp < '2025-05-04'",
		"DELETE FROM server_metrics_fact_2025_04",
		"UPDATE server_metrics_fact SET timestamp = timestamp - interval '40 days' WHERE vm = 'direct'",
		"ALTER TABLE server_metrics_fact DETACH PARTITION server_metrics_fact_2025_05",
		"INSERT INTO server_metrics_fact_2025_05 (vm, timestamp, metric, value) VALUES ('returned', '2025-05-09', 'cpu', 1)",
		"DROP TRIGGER aiops_note_insert ON server_metrics_fact_2025_05",
		"DROP TRIGGER aiops_note_update ON server_metrics_fact_2025_05",
		"DROP TRIGGER aiops_note_update_old ON server_metrics_fact_2025_05",
		"DROP TRIGGER aiops_note_delete ON server_metrics_fact_2025_05", // with a trigger that sees the rows it cannot be attached
		"ALTER TABLE server_metrics_fact ATTACH PARTITION server_metrics_fact_2025_05 FOR VALUES FROM ('2025-05-01') TO ('2025-06-01')",
		"DROP TABLE server_metrics_fact_2025_06",
		"TRUNCATE server_metrics_fact_2025_05",
	} {
		pgtest.Exec(t, url, statement)
		consistent(t, s)
	}
	infos, err := s.Catalog(ctx)
	if err != nil || len(infos) != 1 {
		t.Errorf("catalog %+v, %v", infos, err)
	}
}

// TestPartitionPlans: what is asked for a range touches only its partitions.
func TestPartitionPlans(t *testing.T) {
	url := pgtest.URL(t)
	s := partitioned(t, url)
	write(t, s, store.Replace, steps(cpu, base-90*24*hour, 10*minute, 20_000))
	pgtest.Exec(t, url, "ANALYZE")
	c := pgtest.Connect(t, url)
	defer c.Close(ctx)
	from, to := metric.Time(base+24*hour), metric.Time(base+10*24*hour)
	where := ` FROM server_metrics_fact WHERE vm = $1 AND metric = $2 AND "timestamp" >= $3 AND "timestamp" < $4 AND ` + finite
	for _, mode := range []string{"force_custom_plan", "force_generic_plan"} { // a statement that is prepared has either
		if _, err := c.Exec(ctx, "SET plan_cache_mode = "+mode); err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{`SELECT "timestamp", value::float8` + where + ` ORDER BY "timestamp"`, `SELECT count(*)` + where, `SELECT "timestamp"` + where + ` ORDER BY "timestamp" LIMIT 1`} {
			rows, err := c.Query(ctx, "EXPLAIN (ANALYZE, COSTS OFF) "+query, "web-01", "cpu", from, to)
			if err != nil {
				t.Fatal(err)
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			plan := strings.Join(lines, "\n")
			if strings.Count(plan, " on server_metrics_fact_2") != 1 || !strings.Contains(plan, " on server_metrics_fact_2025_06") {
				t.Errorf("%s, %s:\n%s", mode, query, plan)
			}
		}
	}
}

// TestPartitionForeign: a table that others made is partitioned when that is
// asked for, and one that cannot be is left as it is, with the reason.
func TestPartitionForeign(t *testing.T) {
	url := pgtest.URL(t)
	pgtest.Exec(t, url, "CREATE TABLE server_metrics_fact (id uuid PRIMARY KEY, vm varchar(100) NOT NULL, timestamp timestamp NOT NULL, metric varchar(100) NOT NULL, value double precision, created_at timestamp NOT NULL, note text, CONSTRAINT uq UNIQUE (metric, vm, timestamp))")
	write(t, open(t, url), store.Replace, steps(cpu, base, minute, 3000))
	s := partitioned(t, url)
	write(t, s, store.Replace, steps(cpu, base+1000*minute, minute, 3000), steps(cpu, time.Now().UnixMicro()-hour, minute, 30))
	consistent(t, s)
	for _, c := range [][]string{
		{"column id counts by itself", "CREATE TABLE server_metrics_fact (id bigserial PRIMARY KEY, vm text, timestamp timestamptz, metric text, value numeric, UNIQUE (vm, timestamp, metric))"},
		{"newest is a view of it", "CREATE TABLE server_metrics_fact (vm text, timestamp timestamptz, metric text, value numeric, UNIQUE (vm, timestamp, metric))", "CREATE VIEW newest AS SELECT max(timestamp) FROM server_metrics_fact"},
		{"partitioned by others", "CREATE TABLE server_metrics_fact (vm text, timestamp timestamptz, metric text, value numeric, UNIQUE (vm, timestamp, metric)) PARTITION BY RANGE (timestamp)"},
	} {
		url := pgtest.URL(t)
		pgtest.Exec(t, url, c[1:]...)
		_, err := Partition(ctx, url, Options{}, quiet)
		says(t, err, store.ErrForeign, c[0])
	}
}
