package ingest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiops/metric"
	"aiops/store"
	"aiops/store/snapshot"
	"aiops/store/sqlite"
)

func opened(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	st, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// A snapshot is read into another database with the counts of an import: the
// second time all of it is there already.
func TestDatabase(t *testing.T) {
	dir, k := t.TempDir(), metric.Key{VM: "web-01", Metric: "cpu"}
	from, to := opened(t, filepath.Join(dir, "a.db")), opened(t, filepath.Join(dir, "b.db"))
	put := func(st store.Store, s metric.Series, notes ...metric.Annotation) {
		t.Helper()
		tx, err := st.Begin(t.Context(), store.Origin{Source: "a.csv"})
		if err == nil {
			_, err = tx.Write(t.Context(), s, store.Replace)
		}
		for _, a := range notes {
			err = errors.Join(err, tx.Annotate(t.Context(), a))
		}
		if err = errors.Join(err, tx.Commit()); err != nil {
			t.Fatal(err)
		}
	}
	long := metric.Series{Key: k}
	for i := range int64(copied + 10) {
		long.Times, long.Values = append(long.Times, i*1_000_000), append(long.Values, float64(i%7))
	}
	put(from, long, metric.Annotation{VM: "web-01", Text: "Deploy", Kind: metric.Incident})
	put(from, metric.Series{Key: metric.Key{VM: "db-01", Metric: "cpu"}, Times: []int64{0}, Values: []float64{1}})
	put(to, metric.Series{Key: k, Times: []int64{0, 1_000_000}, Values: []float64{0, 99}})
	path := filepath.Join(dir, "s.db")
	if _, err := snapshot.Write(t.Context(), from, path, snapshot.Options{}); err != nil {
		t.Fatal(err)
	}

	keep, err := Database(t.Context(), to, path, Options{OnConflict: store.Keep, Quarantine: filepath.Join(dir, "q.csv")})
	if err != nil || keep.Rows != copied+11 || keep.Stored != copied+9 || keep.Duplicates != 1 || keep.Quarantined != 1 || keep.Series != 2 {
		t.Fatalf("%+v, %v", keep, err)
	}
	if text, err := os.ReadFile(keep.Quarantine); err != nil || !strings.Contains(string(text), "another value (99)") {
		t.Errorf("quarantine %s, %v", text, err)
	}
	again, err := Database(t.Context(), to, path, Options{})
	if err != nil || again.Stored != 0 || again.Duplicates != copied+11 || again.Replaced != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	notes, err := to.Annotations(t.Context(), metric.Range{})
	if err != nil || len(notes) != 1 || notes[0].Text != "Deploy" {
		t.Errorf("annotations %+v, %v", notes, err)
	}
	if got, err := store.Points(t.Context(), to, k, metric.Range{}); err != nil || got.Len() != long.Len() || got.Values[1] != 1 {
		t.Errorf("%d points, %v", got.Len(), err)
	}
}

func TestDatabaseRefuses(t *testing.T) {
	dir := t.TempDir()
	st := opened(t, filepath.Join(dir, "a.db"))
	if _, err := Database(t.Context(), st, filepath.Join(dir, "a.db"), Options{}); err == nil || !strings.Contains(err.Error(), "it is the database") {
		t.Errorf("itself: %v", err)
	}
	opened(t, filepath.Join(dir, "empty.db"))
	if _, err := Database(t.Context(), st, filepath.Join(dir, "empty.db"), Options{}); !errors.Is(err, errNoRows) {
		t.Errorf("an empty one: %v", err)
	}
	other := filepath.Join(dir, "other.db")
	if err := os.WriteFile(other, []byte("SQLite format 3\x00 and then nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Database(t.Context(), st, other, Options{}); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("a damaged one: %v", err)
	}
	if all, err := st.Catalog(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("catalog %v, %v", all, err)
	}
}
