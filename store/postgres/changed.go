package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
)

// Changed tells the hours whose points changed since the mark, the time when
// they were computed anew. Where changes by others are not noted, all may have
// changed. An hour of which nothing is left is not told.
func (s *Store) Changed(ctx context.Context, since int64) (store.Changed, error) {
	out := store.Changed{Where: map[metric.Key][]metric.Range{}}
	if err := s.freshen(ctx); err != nil {
		return out, err
	}
	if !s.layout.tracked || s.layout.format < 2 {
		out.Whole = true
		return out, nil
	}
	err := s.reading(ctx, "look what changed", func(c *pgx.Conn) error {
		err := c.QueryRow(ctx, `SELECT coalesce((extract(epoch FROM max(changed)) * 1000000)::bigint, 0), EXISTS (SELECT FROM aiops.changes) FROM aiops.rollups`).
			Scan(&out.Mark, &out.Whole)
		if err != nil || out.Whole || since == 0 || since > out.Mark {
			out.Whole = out.Whole || since == 0 || since > out.Mark
			return err
		}
		rows, err := c.Query(ctx, `SELECT s.vm, s.metric, p.hour FROM aiops.rollups p JOIN aiops.series s ON s.id = p.series_id
			WHERE p.changed > $1 ORDER BY s.vm, s.metric, p.hour`, metric.Time(since))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var k metric.Key
			var at time.Time
			if err := rows.Scan(&k.VM, &k.Metric, &at); err != nil {
				return err
			}
			out.Where[k] = lengthened(out.Where[k], at.UnixMicro())
		}
		return rows.Err()
	})
	return out, err
}

// lengthened is hours in order with one more at the end.
func lengthened(all []metric.Range, at int64) []metric.Range {
	if n := len(all); n > 0 && all[n-1].To == at {
		all[n-1].To += hour
		return all
	}
	return append(all, metric.Range{From: at, To: at + hour})
}

var _ store.Follower = (*Store)(nil)
