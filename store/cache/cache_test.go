package cache

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
	"aiops/store/sqlite"
	"aiops/store/storetest"
)

var (
	ctx = context.Background()
	cpu = metric.Key{VM: "web-01", Metric: "cpu"}
)

const second, base = int64(1_000_000), int64(1_748_736_000_000_000) // 2025-06-01T00:00:00Z

// wire is the way to a database, which can be cut.
type wire struct {
	store.Store
	mu  sync.Mutex
	cut bool
}

func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
}

func (w *wire) err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return store.ErrAway
	}
	return nil
}

func (w *wire) Annotations(ctx context.Context, r metric.Range) ([]metric.Annotation, error) {
	if err := w.err(); err != nil {
		return nil, err
	}
	return w.Store.Annotations(ctx, r)
}

func (w *wire) Read(ctx context.Context, q store.Query, yield func(metric.Envelope) error) error {
	if err := w.err(); err != nil {
		return err
	}
	return w.Store.Read(ctx, q, yield)
}

func (w *wire) Begin(ctx context.Context, o store.Origin) (store.Tx, error) {
	if err := w.err(); err != nil {
		return nil, err
	}
	return w.Store.Begin(ctx, o)
}

func (w *wire) Apply(ctx context.Context, c store.Change, force bool) (int64, error) {
	if err := w.err(); err != nil {
		return 0, err
	}
	return w.Store.(store.Applier).Apply(ctx, c, force)
}

// linked is a database with its copy.
func linked(t *testing.T, remote store.Store) (*Store, *wire) {
	t.Helper()
	w := &wire{Store: remote}
	s := again(t, w, filepath.Join(t.TempDir(), "copy.db"))
	return s, w
}

func again(t *testing.T, w *wire, path string) *Store {
	t.Helper()
	s, err := Open(ctx, Options{Path: path, Quiet: true, Remote: func(context.Context) (store.Store, error) { return w, w.err() }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func file(t *testing.T) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "remote.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// migrated names a new database with all tables.
func migrated(t *testing.T) string {
	t.Helper()
	return pgtest.Copy(t, "migrated", func(url string) error {
		s, err := postgres.Open(ctx, url, postgres.Options{})
		if err != nil {
			return err
		}
		return s.Close()
	})
}

func server(t *testing.T) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(ctx, migrated(t), postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestConformance(t *testing.T) {
	open := func(t *testing.T, remote store.Store) store.Store {
		s, err := Open(ctx, Options{Path: filepath.Join(t.TempDir(), "copy.db"), Remote: func(context.Context) (store.Store, error) { return remote, nil }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Run("SQLite", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store { return open(t, file(t)) })
	})
	t.Run("Postgres", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store {
			url := migrated(t)
			remote, err := postgres.Open(ctx, url, postgres.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(t.Name(), "extreme_values_and_times") { // it writes into the year 2242
				pgtest.Exec(t, url, "ALTER TABLE server_metrics_fact DROP CONSTRAINT chk_timestamp_not_future")
			}
			return open(t, remote)
		})
	})
	t.Run("away", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) store.Store {
			s, w := linked(t, file(t))
			w.set(true)
			s.lost(ctx, store.ErrAway)
			return s
		})
	})
}

func line(k metric.Key, n int, v float64) metric.Series {
	s := metric.Series{Key: k}
	for i := range n {
		s.Times, s.Values = append(s.Times, base+int64(i)*60*second), append(s.Values, v+float64(i%7))
	}
	return s
}

func write(t *testing.T, s store.Store, all ...metric.Series) {
	t.Helper()
	tx, err := s.Begin(ctx, store.Origin{Source: "a.csv", Began: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if _, err := tx.Write(ctx, one, store.Replace); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func points(t *testing.T, s store.Store, k metric.Key) metric.Series {
	t.Helper()
	one, err := store.Points(ctx, s, k, metric.Range{})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return one
}

func (w *wire) Changed(ctx context.Context, since int64) (store.Changed, error) {
	if f, ok := w.Store.(store.Follower); ok {
		return f.Changed(ctx, since)
	}
	return store.Changed{Whole: true}, w.err()
}
