package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"aiops/store"
)

// read runs a query over the jobs; a database of an older format has none.
func (q queue) read(ctx context.Context, doing, rest string, args ...any) ([]store.Job, error) {
	if old, err := q.s.before(ctx, queueFormat); err != nil || old {
		return nil, err
	}
	out, err := scanJobs(q.s.readers.QueryContext(ctx, `SELECT `+jobColumns+` FROM jobs `+rest, args...))
	return out, convert(ctx, q.s.path, doing, err)
}

// Job is one job.
func (q queue) Job(ctx context.Context, id int64) (store.Job, error) {
	all, err := q.read(ctx, "look up a job", `WHERE id = ?`, id)
	if err == nil && len(all) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Job{}, err
	}
	return all[0], nil
}

// Jobs are those that the query selects, by ID.
func (q queue) Jobs(ctx context.Context, want store.JobQuery) ([]store.Job, error) {
	most := -1 // all
	if want.Newest > 0 {
		most = want.Newest
	}
	out, err := q.read(ctx, "list jobs", `WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR run = ?2) AND (?3 = '' OR state = ?3)
		ORDER BY id DESC LIMIT ?4`, want.Kind, want.Run, string(want.State), most)
	slices.Reverse(out)
	return out, err
}

// Count tells how many jobs there are in each state.
func (q queue) Count(ctx context.Context, kind, run string) (map[store.JobState]int, error) {
	out := map[store.JobState]int{}
	if old, err := q.s.before(ctx, queueFormat); err != nil || old {
		return out, err
	}
	rows, err := q.s.readers.QueryContext(ctx, `SELECT state, count(*) FROM jobs WHERE kind = ? AND run = ? GROUP BY state`, kind, run)
	if err != nil {
		return nil, convert(ctx, q.s.path, "count jobs", err)
	}
	defer rows.Close()
	for rows.Next() {
		var state store.JobState
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return nil, convert(ctx, q.s.path, "count jobs", err)
		}
		out[state] = n
	}
	return out, convert(ctx, q.s.path, "count jobs", rows.Err())
}

// Purge forgets jobs that ended before a time.
func (q queue) Purge(ctx context.Context, before time.Time) (n int, err error) {
	err = q.alone(ctx, "forget jobs", func(tx *sql.Tx, _ int64) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE finished > 0 AND finished < ?`, before.UnixMicro())
		if err != nil {
			return err
		}
		gone, err := res.RowsAffected()
		n = int(gone)
		return err
	})
	return n, err
}

var _ store.Queuer = (*Store)(nil)
