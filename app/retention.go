package app

import (
	"context"
	"fmt"
	"time"

	"aiops/store"
	"aiops/store/postgres"
)

// Retention drops old points of a shared database, a partition at a time.
type Retention struct{ Store *postgres.Store }

// RetentionOf is that of an open database; others than Postgres have none.
func RetentionOf(st store.Store) (Retention, error) {
	p, ok := st.(*postgres.Store)
	if !ok {
		return Retention{}, fmt.Errorf("only partitions of a Postgres database are dropped as a whole; this database is %s", st.Info().Kind)
	}
	return Retention{p}, nil
}

// Plan is what would be dropped.
func (r Retention) Plan(ctx context.Context, before time.Time) ([]postgres.Part, error) {
	return r.Store.Outdated(ctx, before)
}

// Drop drops it; it may be cancelled between two partitions.
func (r Retention) Drop(ctx context.Context, before time.Time, p Progress) (dropped int, err error) {
	parts, err := r.Store.Outdated(ctx, before)
	if err != nil {
		return 0, err
	}
	err = r.Store.DropOutdated(ctx, before, func(postgres.Part) {
		dropped++
		p(int64(dropped), int64(len(parts)))
	})
	return dropped, err
}

// Held are the logins that hold.
func (l *Logins) Held(ctx context.Context) ([]postgres.LoginHeld, error) {
	return l.store.LoginsHeld(ctx)
}
