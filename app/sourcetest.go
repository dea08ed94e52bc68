package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aiops/store"
)

// SourceState is what a test of a source found.
type SourceState struct {
	Server  string        // "Postgres 16.9", "SQLite"
	Series  int           // how many there are
	Latency time.Duration // of a short question
	Empty   bool          // it has no tables yet: they are made when it is opened
	At      time.Time
}

// Test tries a source. The local one may have nothing in it yet.
func (s *Sources) Test(ctx context.Context, src Source) (SourceState, error) {
	st, err := TestSource(ctx, s.address(src), s.Now)
	if errors.Is(err, store.ErrNotFound) && s.Fixed(src) && !IsPostgres(src.Address) {
		return SourceState{Server: "SQLite", Empty: true, At: s.Now()}, nil
	}
	return st, err
}

// testPatience is how long a test waits for an answer.
const testPatience = 20 * time.Second

// TestSource connects to a database, asks it something and changes nothing.
func TestSource(ctx context.Context, db string, now func() time.Time) (SourceState, error) {
	ctx, cancel := context.WithTimeout(ctx, testPatience)
	defer cancel()
	out := SourceState{Server: "SQLite", At: now()}
	if IsService(db) {
		out.Server = "Service"
	}
	if IsPostgres(db) {
		st, err := DatabaseStatus(ctx, db)
		if err != nil {
			return out, late(ctx, err)
		}
		out.Server, out.Empty = "Postgres "+st.Server, !st.Facts
	}
	st, err := OpenStore(ctx, db, true, now)
	if err != nil && out.Empty {
		return out, nil
	}
	if err != nil {
		return out, late(ctx, err)
	}
	defer st.Close()
	catalog, err := st.Catalog(ctx)
	if err != nil {
		return out, late(ctx, err)
	}
	out.Series = len(catalog)
	began := time.Now()
	if _, err := st.Silences(ctx); err != nil {
		return out, late(ctx, err)
	}
	out.Latency = time.Since(began)
	return out, nil
}

// late says that no answer came in time.
func late(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %v. Check the address and the network", testPatience)
	}
	return err
}
