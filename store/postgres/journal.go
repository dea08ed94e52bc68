package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
)

// Interrupted lists the writes that were killed, and forgets them. Where a
// program of this kind is writing at this moment it lists nothing: the next
// call will.
func (s *Store) Interrupted(ctx context.Context) (out []store.Origin, err error) {
	if s.writable() != nil {
		return nil, nil
	}
	select {
	case s.slot <- struct{}{}:
		defer func() { <-s.slot }()
	default:
		return nil, nil
	}
	err = s.writing(ctx, "read the journal", func(c *pgx.Conn) error {
		var open, alone bool
		err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM aiops.imports WHERE finished IS NULL)`).Scan(&open)
		if err != nil || !open {
			return err
		}
		// Whoever gets the lock knows that nobody is in the middle of a write.
		if err := c.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, int64(lockWrite)).Scan(&alone); err != nil || !alone {
			return err
		}
		rows, err := c.Query(ctx, `WITH gone AS (DELETE FROM aiops.imports WHERE finished IS NULL RETURNING id, source, began)
			SELECT source, began FROM gone ORDER BY id`)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (o store.Origin, err error) {
			var began int64
			err = row.Scan(&o.Source, &began)
			o.Began = metric.Time(began)
			return o, err
		})
		return err
	})
	if denied(err) { // a role that may only read
		return nil, nil
	}
	return out, err
}

// settled finds out whether a write whose COMMIT was not answered is stored.
func (s *Store) settled(journal int64) (stored bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for {
		err = s.within(ctx, "BEGIN", "ROLLBACK", func(c *pgx.Conn) error {
			// The broken connection's transaction holds this lock until the server has undone or stored it.
			if _, err := c.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(lockWrite)); err != nil {
				return err
			}
			err := c.QueryRow(ctx, `SELECT finished IS NOT NULL FROM aiops.imports WHERE id = $1`, journal).Scan(&stored)
			if errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			return err
		})
		if err == nil || ctx.Err() != nil {
			return stored, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}
