package sqlite

import (
	"context"
	"path/filepath"
	"testing"

	"aiops/store"
	"aiops/store/storetest"
)

var ctx = context.Background()

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		return open(t, filepath.Join(t.TempDir(), "fleet.db"))
	})
}

func TestChanges(t *testing.T) {
	storetest.RunChanges(t, func(t *testing.T) store.Store {
		return open(t, filepath.Join(t.TempDir(), "fleet.db"))
	})
}

func open(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestQueue(t *testing.T) {
	storetest.RunQueue(t, func(t *testing.T) store.Queue {
		s, err := Open(t.Context(), filepath.Join(t.TempDir(), "jobs.db"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s.Jobs()
	})
}
