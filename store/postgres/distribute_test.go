package postgres

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// TestDistribution: the statements for Citus and TimescaleDB, as text; they are
// run on servers that have the extensions apart from this.
func TestDistribution(t *testing.T) {
	thousand := steps(cpu, base, minute, 1000)
	at := place{user: "ann", host: "db", database: "fleet", port: 5432}
	for extension, want := range map[string][]string{
		"citus":       {"DROP TRIGGER", "PRIMARY KEY (vm, id)", "create_distributed_table('server_metrics_fact', 'vm')", "create_distributed_table('server_metrics_predictions', 'vm', colocate_with => 'server_metrics_fact')"},
		"timescaledb": {"DROP TRIGGER", `PRIMARY KEY (vm, "timestamp", id)`, "create_hypertable('server_metrics_fact', 'timestamp', chunk_time_interval => interval '1 month', migrate_data => true)"},
	} {
		steps, err := distribution([]string{extension}, at)
		if err != nil || len(steps) != len(want) {
			t.Fatalf("%s: %d steps, %v", extension, len(steps), err)
		}
		for i, s := range steps {
			if s.about == "" || !strings.Contains(s.sql, want[i]) || strings.Contains(s.sql, "Step:") {
				t.Errorf("%s: step %d is %+v", extension, i, s)
			}
		}
	}
	_, err := distribution(nil, at)
	says(t, err, store.ErrNotFound, "neither Citus nor TimescaleDB", "CREATE EXTENSION")
	_, err = distribution([]string{"citus", "timescaledb"}, at)
	says(t, err, store.ErrConflict, "both")
	// What goes before the extension's own functions runs on any server.
	for _, extension := range []string{"citus", "timescaledb"} {
		url := pgtest.URL(t)
		open(t, url)
		steps, _ := distribution([]string{extension}, at)
		pgtest.Exec(t, url, steps[0].sql, steps[1].sql)
		s := open(t, url)
		write(t, s, store.Replace, thousand)
		consistent(t, s)
	}
}

// TestNothingReliesOnID: on Citus and in partitions an id alone is not unique
// and finds no shard, so no statement about the shared tables selects by it.
func TestNothingReliesOnID(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(more) == 0 {
		t.Fatal(more, err)
	}
	byID := regexp.MustCompile(`(?i)(ON CONFLICT \(id\)|(WHERE|AND|ON|USING) \(?(f\.|server_metrics_\w+\.)?id\)? (=|IN|<|>))`)
	for _, name := range append(files, more...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range strings.Split(string(text), "`") {
			if strings.Contains(statement, "server_metrics_") && byID.MatchString(statement) {
				t.Errorf("%s: %s", name, statement)
			}
		}
	}
}
