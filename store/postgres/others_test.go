package postgres

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

const (
	second = int64(1_000_000)
	minute = 60 * second
	base   = 1_748_736_000 * second // 2025-06-01T00:00:00Z
)

var cpu = metric.Key{VM: "web-01", Metric: "cpu"}

// steps makes n points from the start on: 0, 0.5, 1, ...
func steps(k metric.Key, start, step int64, n int) metric.Series {
	s := metric.Series{Key: k}
	for i := range n {
		s.Times, s.Values = append(s.Times, start+int64(i)*step), append(s.Values, float64(i)/2)
	}
	return s
}

func write(t testing.TB, s store.Store, on store.OnConflict, all ...metric.Series) store.Written {
	t.Helper()
	tx, err := s.Begin(ctx, store.Origin{Source: "test.csv"})
	if err != nil {
		t.Fatal(err)
	}
	var w store.Written
	for _, one := range all {
		part, err := tx.Write(ctx, one, on)
		if err != nil {
			t.Fatal(err)
		}
		w.Add(part)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return w
}

// consistent checks that catalog and roll-ups say what the facts say.
func consistent(t *testing.T, s *Store) {
	t.Helper()
	infos, err := s.Catalog(ctx)
	if err != nil {
		t.Fatal(err)
	}
	all, err := store.Envelopes(ctx, s, store.Query{})
	if err != nil || len(all) != len(infos) {
		t.Fatalf("%d series with points, %d in the catalog, %v", len(all), len(infos), err)
	}
	for i, e := range all {
		n := len(e.Times)
		want := store.SeriesInfo{Key: e.Key, Count: int64(n), First: e.Times[0], Last: e.Times[n-1], LastValue: e.Mean[n-1], Step: infos[i].Step}
		if infos[i] != want {
			t.Fatalf("catalog %+v, want %+v", infos[i], want)
		}
		rolled, err := store.Envelopes(ctx, s, store.Query{Keys: []metric.Key{e.Key}, MaxPoints: 24})
		if err != nil || len(rolled) != 1 || n > 100 && rolled[0].Step == 0 {
			t.Fatalf("%v: %d answers of step %d for %d points, %v", e.Key, len(rolled), rolled[0].Step, n, err)
		}
		if rolled[0].Step > 0 {
			sameBuckets(t, rolled[0], e)
		}
	}
}

// sameBuckets compares buckets with those of the points.
func sameBuckets(t *testing.T, got, points metric.Envelope) {
	t.Helper()
	n := 0
	for i := 0; i < len(points.Times); n++ {
		start := bucket(points.Times[i], got.Step)
		lo, hi, sum, count := points.Mean[i], points.Mean[i], 0.0, int64(0)
		for ; i < len(points.Times) && points.Times[i] < start+got.Step; i++ {
			lo, hi, sum, count = min(lo, points.Mean[i]), max(hi, points.Mean[i]), sum+points.Mean[i], count+1
		}
		if n >= len(got.Times) || got.Times[n] != start || got.Min[n] != lo || got.Max[n] != hi || got.Count[n] != count {
			t.Fatalf("%v: bucket %d at %v is not %v to %v of %d points", got.Key, n, metric.Time(start), lo, hi, count)
		}
		if mean := sum / float64(count); got.Mean[n] < mean-1e-9 || got.Mean[n] > mean+1e-9 {
			t.Fatalf("%v: bucket %d has mean %v, want %v", got.Key, n, got.Mean[n], mean)
		}
	}
	if n != len(got.Times) {
		t.Fatalf("%d buckets, want %d", len(got.Times), n)
	}
}

// TestOthersWrite: other programs insert, change and delete rows of the shared
// table, and everything that is read follows, whether changes are noted or not.
func TestOthersWrite(t *testing.T) {
	for _, tracked := range []bool{true, false} {
		t.Run(fmt.Sprintf("tracked=%v", tracked), func(t *testing.T) {
			url := migrated(t)
			s := open(t, url)
			if !tracked {
				pgtest.Exec(t, url, "DROP TRIGGER aiops_note_insert ON server_metrics_fact")
				s = open(t, url)
			}
			if s.layout.tracked != tracked {
				t.Fatalf("the layout is %+v", s.layout)
			}
			write(t, s, store.Replace, steps(cpu, base, minute, 5000), steps(metric.Key{VM: "db-01", Metric: "memory"}, base, minute, 2000))
			consistent(t, s)
			rnd := rand.New(rand.NewPCG(1, 2))
			for range 12 {
				pgtest.Exec(t, url, foreignChange(rnd))
				if rnd.IntN(2) == 0 {
					write(t, s, store.Replace, steps(cpu, base+int64(rnd.IntN(9000))*minute, 30*second, 200))
				}
				consistent(t, s)
			}
			pgtest.Exec(t, url, "TRUNCATE server_metrics_fact")
			consistent(t, s)
			pgtest.Exec(t, url, "INSERT INTO server_metrics_fact (vm, timestamp, metric, value) VALUES ('new', '2025-01-01 00:00Z', 'cpu', 3), ('new', '2025-01-01 00:01Z', 'cpu', 'NaN')")
			consistent(t, s)
			if all, _ := s.Catalog(ctx); len(all) != 1 || all[0].Count != 1 || all[0].LastValue != 3 {
				t.Errorf("catalog %+v", all)
			}
		})
	}
}

func foreignChange(rnd *rand.Rand) string {
	from := fmt.Sprintf("timestamptz '2025-06-01 00:00Z' + interval '%d minutes'", rnd.IntN(5000))
	return []string{
		"INSERT INTO server_metrics_fact (vm, timestamp, metric, value) SELECT 'vm' || i % 3, " + from + " + i * interval '7 seconds', 'cpu', i FROM generate_series(1, 500) i ON CONFLICT DO NOTHING",
		"UPDATE server_metrics_fact SET value = value + 0.25 WHERE timestamp BETWEEN " + from + " AND " + from + " + interval '90 minutes'",
		"UPDATE server_metrics_fact SET vm = 'moved' WHERE metric = 'memory' AND timestamp BETWEEN " + from + " AND " + from + " + interval '20 minutes'",
		"DELETE FROM server_metrics_fact WHERE timestamp BETWEEN " + from + " AND " + from + " + interval '3 hours'",
		"DELETE FROM server_metrics_fact WHERE vm = 'vm1'",
		"UPDATE server_metrics_fact SET timestamp = timestamp + interval '1 second' WHERE vm = 'vm2'",
	}[rnd.IntN(6)]
}

// An open transaction of another program is not seen, and is taken in once it
// commits, even when what followed it was taken in before.
func TestOthersCommitLate(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	late := pgtest.Connect(t, url)
	defer late.Close(ctx)
	insert := "INSERT INTO server_metrics_fact (vm, timestamp, metric, value) VALUES ('web-01', '2025-06-01 00:0%d:30Z', 'cpu', 1)"
	for _, statement := range []string{"BEGIN", fmt.Sprintf(insert, 1)} {
		if _, err := late.Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	pgtest.Exec(t, url, fmt.Sprintf(insert, 2))
	write(t, s, store.Replace, steps(cpu, base, minute, 200))
	consistent(t, s)
	if _, err := late.Exec(ctx, "COMMIT"); err != nil {
		t.Fatal(err)
	}
	consistent(t, s)
	if all, _ := s.Catalog(ctx); len(all) != 1 || all[0].Count != 202 {
		t.Errorf("catalog %+v", all)
	}
}

// TestForeignTables: tables that others made are used as they are and stay so.
func TestForeignTables(t *testing.T) {
	for name, c := range map[string]struct{ facts, predictions string }{
		"no zone, double precision, no defaults": {
			"CREATE TABLE server_metrics_fact (id uuid PRIMARY KEY, vm varchar(100) NOT NULL, timestamp timestamp NOT NULL, metric varchar(100) NOT NULL, value double precision, created_at timestamp NOT NULL, note text, CONSTRAINT uq UNIQUE (vm, timestamp, metric))",
			"CREATE TABLE server_metrics_predictions (id uuid PRIMARY KEY, vm varchar(100), timestamp timestamp, metric varchar(100), value_predicted double precision, lower_bound double precision, upper_bound double precision, created_at timestamp)"},
		"serial, two decimals": {
			"CREATE TABLE server_metrics_fact (id bigserial PRIMARY KEY, vm text, timestamp timestamptz, metric text, value numeric(20,2), UNIQUE (metric, vm, timestamp))",
			"CREATE TABLE server_metrics_predictions (id bigserial, vm text, timestamp timestamptz, metric text, value_predicted numeric(20,2), lower_bound numeric(20,2), upper_bound numeric(20,2))"},
		"real, text ids": {
			"CREATE TABLE server_metrics_fact (id varchar(36) PRIMARY KEY, vm text, timestamp timestamptz, metric text, value real, UNIQUE (vm, timestamp, metric))",
			"CREATE TABLE server_metrics_predictions (id varchar(36), vm text, timestamp timestamptz, metric text, value_predicted real, lower_bound real, upper_bound real)"},
	} {
		t.Run(name, func(t *testing.T) {
			url := pgtest.URL(t)
			pgtest.Exec(t, url, c.facts, c.predictions)
			before := describeTables(t, url)
			s := open(t, url)
			if after := describeTables(t, url); after != before {
				t.Errorf("the tables were altered:\n%s\n%s", before, after)
			}
			useForeign(t, s)
			if _, err := Migrate(ctx, url, Options{}, true); err != nil {
				t.Fatal(err)
			}
			tracked := open(t, url)
			if !tracked.layout.tracked {
				t.Error("it is not tracked")
			}
			consistent(t, tracked)
			write(t, tracked, store.Replace, steps(cpu, base+300*minute, minute, 3000))
			pgtest.Exec(t, url, "UPDATE server_metrics_fact SET value = 7 WHERE timestamp >= '2025-06-01 10:00' AND timestamp < '2025-06-01 12:00'")
			consistent(t, tracked)
		})
	}
}

// useForeign writes and reads again.
func useForeign(t *testing.T, s *Store) {
	t.Helper()
	want := steps(cpu, base, minute, 3000)
	for _, part := range [][2]int{{0, 1500}, {1000, 1010}, {1400, 3000}} {
		one := metric.Series{Key: cpu, Times: want.Times[part[0]:part[1]], Values: want.Values[part[0]:part[1]]}
		w := write(t, s, store.Keep, one)
		if len(w.Rejected) > 0 || w.Stored+w.Duplicates != int64(one.Len()) {
			t.Fatalf("written %+v", w)
		}
	}
	third := metric.Series{Key: metric.Key{VM: "b", Metric: "cpu"}, Times: []int64{base}, Values: []float64{1.0 / 3}}
	write(t, s, store.Keep, third)
	if w := write(t, s, store.Keep, third); w.Duplicates != 1 {
		t.Errorf("a value that the column rounds came back as another: %+v", w)
	}
	got, err := store.Points(ctx, s, cpu, metric.Range{})
	if err != nil || !slices.Equal(got.Times, want.Times) || !slices.Equal(got.Values, want.Values) {
		t.Errorf("%d points came back, %v", got.Len(), err)
	}
	if w := write(t, s, store.Replace, metric.Series{Key: cpu, Times: want.Times[:700], Values: make([]float64, 700)}); w.Replaced != 699 || w.Duplicates != 1 {
		t.Errorf("replaced %+v", w)
	}
	consistent(t, s)
	p := metric.Prediction{Key: cpu, Made: base, Model: "auto", Level: 0.8, Times: []int64{base, base + minute}, Value: []float64{1, 2}, Lower: []float64{0, 1}, Upper: []float64{2, 3}}
	if err := s.PutPredictions(ctx, []metric.Prediction{p}); err != nil {
		t.Fatal(err)
	}
	all, err := s.Predictions(ctx, []metric.Key{cpu}, metric.Range{})
	if err != nil || len(all) != 1 || !slices.Equal(all[0].Value, p.Value) || !slices.Equal(all[0].Times, p.Times) || all[0].Model != "auto" {
		t.Errorf("predictions %+v, %v", all, err)
	}
}

// describeTables says how the shared tables are made.
func describeTables(t *testing.T, url string) string {
	t.Helper()
	c := pgtest.Connect(t, url)
	defer c.Close(ctx)
	var lines []string
	rows, err := c.Query(ctx, `SELECT attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || atthasdef FROM pg_attribute
		WHERE attrelid IN ('server_metrics_fact'::regclass, 'server_metrics_predictions'::regclass) AND attnum > 0
		UNION ALL SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'server_metrics%'
		UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'server_metrics_fact'::regclass
		UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid = 'server_metrics_fact'::regclass ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// A series whose points others take away stays in the catalog while it has predictions.
func TestPredictedStays(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	other := metric.Key{VM: "web-02", Metric: "cpu"}
	write(t, s, store.Replace, steps(cpu, base, minute, 10), steps(other, base, minute, 10))
	p := metric.Prediction{Key: cpu, Made: base, Model: "auto", Level: 0.8, Times: []int64{base + hour}, Value: []float64{1}, Lower: []float64{0}, Upper: []float64{2}}
	if err := s.PutPredictions(ctx, []metric.Prediction{p}); err != nil {
		t.Fatal(err)
	}
	pgtest.Exec(t, url, "DELETE FROM server_metrics_fact")
	all, err := s.Catalog(ctx)
	if err != nil || len(all) != 1 || all[0].Key != cpu || all[0].Count != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}
