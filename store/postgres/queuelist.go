package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

// Job is one job.
func (q queue) Job(ctx context.Context, id int64) (store.Job, error) {
	if err := q.there(); err != nil {
		return store.Job{}, err
	}
	all, err := list(ctx, q.s, "look up a job", scanJob, `SELECT `+jobColumns+` FROM aiops.jobs j WHERE id = $1`, id)
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
	if err := q.there(); err != nil {
		return nil, err
	}
	var most *int
	if want.Newest > 0 {
		most = &want.Newest
	}
	out, err := list(ctx, q.s, "list jobs", scanJob, `SELECT `+jobColumns+` FROM aiops.jobs j WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR run = $2)
		AND ($3 = '' OR state = $3) ORDER BY id DESC LIMIT $4`, want.Kind, want.Run, string(want.State), most)
	slices.Reverse(out)
	return out, err
}

// Count tells how many jobs there are in each state.
func (q queue) Count(ctx context.Context, kind, run string) (map[store.JobState]int, error) {
	if err := q.there(); err != nil {
		return nil, err
	}
	out := map[store.JobState]int{}
	_, err := list(ctx, q.s, "count jobs", func(row pgx.CollectableRow) (n int, err error) {
		var state store.JobState
		err = row.Scan(&state, &n)
		out[state] = n
		return n, err
	}, `SELECT state, count(*) FROM aiops.jobs WHERE kind = $1 AND run = $2 GROUP BY state`, kind, run)
	return out, err
}

// Purge forgets jobs that ended before a time.
func (q queue) Purge(ctx context.Context, before time.Time) (n int, err error) {
	err = q.writing(ctx, "forget jobs", func(c *pgx.Conn) error {
		tag, err := c.Exec(ctx, `DELETE FROM aiops.jobs WHERE finished < $1`, before)
		n = int(tag.RowsAffected())
		return err
	})
	return n, err
}

var _ store.Queuer = (*Store)(nil)
