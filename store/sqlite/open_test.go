package sqlite

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

var cpu = metric.Key{VM: "web-01", Metric: "cpu"}

const second, base = int64(1_000_000), int64(1_748_736_000_000_000) // 2025-06-01T00:00:00Z

// steps makes n points with a distance; the values repeat after 97.
func steps(k metric.Key, start, distance int64, n int) metric.Series {
	s := metric.Series{Key: k}
	for i := range n {
		s.Times = append(s.Times, start+int64(i)*distance)
		s.Values = append(s.Values, float64(i%97)/4)
	}
	return s
}

func write(t testing.TB, s *Store, all ...metric.Series) store.Written {
	t.Helper()
	tx, err := s.Begin(ctx, store.Origin{Source: "a.csv"})
	if err != nil {
		t.Fatal(err)
	}
	var w store.Written
	for _, one := range all {
		part, err := tx.Write(ctx, one, store.Replace)
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

// filled makes a database with points and returns its path, closed.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fleet.db")
	s := open(t, path)
	write(t, s, steps(cpu, base, 60*second, 5000))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenCreatesFolders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b", "50% #1?", "fleet.2025.db")
	s := open(t, path)
	want := store.Info{Name: "fleet.2025", Kind: "SQLite", Path: path}
	if s.Info() != want {
		t.Errorf("info %+v, want %+v", s.Info(), want)
	}
	write(t, s, steps(cpu, base, second, 10))
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestOpenEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.db")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	write(t, open(t, path), steps(cpu, base, second, 10))
}

// Refused files stay as they are, and the sentence names file and remedy.
func TestOpenRefuses(t *testing.T) {
	good, err := os.ReadFile(filled(t))
	if err != nil {
		t.Fatal(err)
	}
	middle := bytes.Clone(good)
	copy(middle[100:4096], bytes.Repeat([]byte{0xAB}, 3996)) // the list of tables
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"text", []byte("vm,timestamp,metric,value\nweb-01,2025-06-01,cpu,5\n"), store.ErrDamaged},
		{"noise", bytes.Repeat([]byte{7, 0, 255, 13}, 5000), store.ErrDamaged},
		{"short", good[:10], store.ErrDamaged},
		{"header only", good[:60], store.ErrDamaged},
		{"first page only", good[:4096], store.ErrDamaged},
		{"half", good[:len(good)/2], store.ErrDamaged},
		{"overwritten", middle, store.ErrDamaged},
		{"another program's", foreignFile(t), store.ErrForeign},
		{"newer", newerFile(t), store.ErrNewer},
	} {
		for _, readOnly := range []bool{false, true} {
			t.Run(fmt.Sprint(c.name, " read-only ", readOnly), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "x.db")
				if err := os.WriteFile(path, c.data, 0o666); err != nil {
					t.Fatal(err)
				}
				s, err := Open(ctx, path, Options{ReadOnly: readOnly})
				if err == nil {
					s.Close()
				}
				if !errors.Is(err, c.want) {
					t.Fatalf("error %v, want %v", err, c.want)
				}
				if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "--db") {
					t.Errorf("%q names no path or remedy", err)
				}
				if now, _ := os.ReadFile(path); !bytes.Equal(now, c.data) {
					t.Error("the file was changed")
				}
			})
		}
	}
}

func foreignFile(t *testing.T) []byte {
	return made(t, filepath.Join(t.TempDir(), "other.db"), "CREATE TABLE bookmarks (url TEXT)")
}

func newerFile(t *testing.T) []byte { return made(t, filled(t), "PRAGMA user_version = 99") }

func made(t *testing.T, path, statement string) []byte {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Damage that opening does not meet is told when it is read.
func TestReadDamage(t *testing.T) {
	path := filled(t)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := len(data) * 2 / 3; at < len(data)*9/10; at++ {
		data[at] = 0xEE
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if _, err := store.Envelopes(ctx, s, store.Query{}); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("error %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	if _, err := Open(ctx, filepath.Join(t.TempDir(), "none.db"), Options{ReadOnly: true}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a missing file: %v", err)
	}
	path := filled(t)
	s, err := Open(ctx, path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := store.Points(ctx, s, cpu, metric.Range{}); err != nil || got.Len() != 5000 {
		t.Error(got.Len(), err)
	}
	if _, err := s.Begin(ctx, store.Origin{}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("begin: %v", err)
	}
	if _, err := s.PutAnnotation(ctx, metric.Annotation{}); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("annotation: %v", err)
	}
	if err := s.DeleteAnnotation(ctx, 1); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("delete: %v", err)
	}
	if all, err := s.Interrupted(ctx); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
}

func TestOpenFolder(t *testing.T) {
	if _, err := Open(ctx, t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("error %v", err)
	}
}

// Many programs that start at once on a new file agree on its tables.
func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fleet.db")
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			s, err := Open(ctx, path, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			tx, err := s.Begin(ctx, store.Origin{Source: "x"})
			if err != nil {
				t.Error(err)
				return
			}
			if _, err := tx.Write(ctx, steps(cpu, base+int64(i)*100*second, second, 100), store.Keep); err != nil {
				t.Error(err)
			}
			if err := tx.Commit(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if all, err := open(t, path).Catalog(ctx); err != nil || len(all) != 1 || all[0].Count != 600 {
		t.Error(all, err)
	}
}

// The start of the program waits for this: 15 ms are the limit, 1 to 2 usual.
func TestOpenIsFast(t *testing.T) {
	path := filled(t)
	best := time.Hour
	for range 10 {
		began := time.Now()
		s := open(t, path)
		if _, err := s.Catalog(ctx); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(began))
		s.Close()
	}
	if best > 15*time.Millisecond {
		t.Errorf("opening takes %v", best)
	}
}

// Another program that holds the file is waited for, then named.
func TestLocked(t *testing.T) {
	path := filled(t)
	other := open(t, path)
	tx, err := other.Begin(ctx, store.Origin{Source: "b.csv"})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	s, err := Open(ctx, path, Options{Wait: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Begin(ctx, store.Origin{Source: "c.csv"}); !errors.Is(err, store.ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("begin: %v", err)
	}
	if _, err := s.PutAnnotation(ctx, metric.Annotation{Text: "x"}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("annotation: %v", err)
	}
	if got, err := store.Points(ctx, s, cpu, metric.Range{}); err != nil || got.Len() != 5000 {
		t.Error("readers are locked out", err)
	}
}

// latest is the number of the last migration, and that one says so.
func TestMigrationsAreNumbered(t *testing.T) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(names) != latest {
		t.Fatal(names, err)
	}
	for i, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(filepath.Base(name), fmt.Sprintf("%05d_", i+1)) || !strings.Contains(string(text), fmt.Sprintf("PRAGMA user_version = %d;", i+1)) {
			t.Errorf("%s does not set version %d", name, i+1)
		}
	}
}

// The views look like the shared database's tables.
func TestViews(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "fleet.db"))
	write(t, s, metric.Series{Key: cpu, Times: []int64{-1_500_000, base, base + 123_456, base + 999_999}, Values: []float64{1, 2.5, 3, -4}})
	rows, err := s.readers.QueryContext(ctx, `SELECT id, vm, timestamp, metric, value FROM server_metrics_fact WHERE created_at IS NULL OR created_at > '' ORDER BY timestamp`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	ids := map[string]bool{}
	for rows.Next() {
		var id, vm, at, name string
		var v float64
		if err := rows.Scan(&id, &vm, &at, &name, &v); err != nil {
			t.Fatal(err)
		}
		ids[id] = true
		got = append(got, fmt.Sprint(vm, " ", at, " ", name, " ", v))
	}
	want := []string{"web-01 1969-12-31T23:59:58.500000Z cpu 1", "web-01 2025-06-01T00:00:00.123456Z cpu 3",
		"web-01 2025-06-01T00:00:00.999999Z cpu -4", "web-01 2025-06-01T00:00:00Z cpu 2.5"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") || len(ids) != 4 {
		t.Errorf("view:\n%s\nids %v", strings.Join(got, "\n"), ids)
	}
	var n int
	err = s.readers.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT id, vm, timestamp, metric, value_predicted, lower_bound, upper_bound, created_at
		FROM server_metrics_predictions)`).Scan(&n)
	if err != nil || n != 0 {
		t.Error(n, err)
	}
}
