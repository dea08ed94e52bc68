package postgres

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

// queue keeps jobs in aiops.jobs. Its times are those of the server's clock.
type queue struct{ s *Store }

// Jobs is the database's queue of jobs.
func (s *Store) Jobs() store.Queue { return queue{s} }

// queueFormat is the format of schema aiops that brought jobs.
const queueFormat = 3

func (q queue) there() error {
	if q.s.layout.format < queueFormat {
		return refuse(store.ErrReadOnly, "%s has no table of jobs yet: `aiops db migrate` makes it", q.s.where)
	}
	return nil
}

func (q queue) writing(ctx context.Context, doing string, f func(*pgx.Conn) error) error {
	if err := q.there(); err != nil {
		return err
	}
	return q.s.writing(ctx, doing, f)
}

// Enqueue adds jobs.
func (q queue) Enqueue(ctx context.Context, jobs []store.NewJob) (added int, err error) {
	jobs = slices.SortedFunc(slices.Values(jobs), func(a, b store.NewJob) int { // in one order, so that no two lock each other out
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Run, b.Run), strings.Compare(a.Key, b.Key))
	})
	err = q.writing(ctx, "add jobs", func(c *pgx.Conn) error {
		added = 0
		var batch pgx.Batch
		for _, j := range jobs {
			conflict := `DO NOTHING`
			if j.Again {
				conflict = `DO UPDATE SET again = j.state = 'running', payload = excluded.payload,
					state = CASE WHEN j.state = 'running' THEN j.state ELSE 'waiting' END,
					tries = CASE WHEN j.state IN ('running', 'waiting') THEN j.tries ELSE 0 END,
					due = CASE WHEN j.state IN ('running', 'waiting') THEN j.due ELSE clock_timestamp() END,
					finished = NULL, error = ''`
			}
			batch.Queue(`INSERT INTO aiops.jobs AS j (kind, run, key, payload, most) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (kind, run, key) WHERE key <> '' `+conflict+` RETURNING xmax = 0`,
				j.Kind, j.Run, j.Key, orEmpty(j.Payload), triesOf(j)).Query(func(rows pgx.Rows) error {
				fresh, err := pgx.CollectRows(rows, pgx.RowTo[bool])
				if len(fresh) > 0 && fresh[0] {
					added++
				}
				return err
			})
		}
		return c.SendBatch(ctx, &batch).Close()
	})
	return added, err
}

func orEmpty(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func triesOf(j store.NewJob) int {
	if j.Tries > 0 {
		return j.Tries
	}
	return store.DefaultTries
}

const jobColumns = `j.id, j.kind, j.run, j.key, j.payload, j.result, j.state, j.tries, j.most, j.lease, j.worker, j.error, j.made, j.due,
	coalesce(j.finished, '0001-01-01 00:00:00Z')`

func scanJob(row pgx.CollectableRow) (j store.Job, err error) {
	err = row.Scan(&j.ID, &j.Kind, &j.Run, &j.Key, &j.Payload, &j.Result, &j.State, &j.Tries, &j.Most, &j.Lease, &j.Worker, &j.Error, &j.Made, &j.Due, &j.Finished)
	j.Made, j.Due, j.Finished = j.Made.UTC(), j.Due.UTC(), j.Finished.UTC()
	return j, err
}

// Take gives jobs to a worker: rows that another one is taking are passed over.
func (q queue) Take(ctx context.Context, t store.Taker) (out []store.Job, err error) {
	const due = `FROM aiops.jobs WHERE kind = $1 AND ($2 = '' OR run = $2) AND state IN ('waiting', 'running') AND due <= clock_timestamp()`
	err = q.writing(ctx, "take jobs", func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, `UPDATE aiops.jobs SET state = 'failed', finished = clock_timestamp(), error = 'its worker went away each time (the last one: ' || worker || ')'
			WHERE id IN (SELECT id `+due+` AND state = 'running' AND tries >= most FOR UPDATE SKIP LOCKED)`, t.Kind, t.Run)
		if err != nil {
			return err
		}
		rows, err := c.Query(ctx, `WITH taken AS (UPDATE aiops.jobs j SET state = 'running', worker = $3, tries = tries + 1, lease = lease + 1,
			due = clock_timestamp() + $4::bigint * interval '1 microsecond'
			WHERE id IN (SELECT id `+due+` ORDER BY due, id LIMIT $5 FOR UPDATE SKIP LOCKED) RETURNING `+jobColumns+`)
			SELECT * FROM taken ORDER BY id`, t.Kind, t.Run, t.Worker, t.Lease.Microseconds(), t.Most)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, scanJob)
		return err
	})
	return out, err
}

// own changes a job that is still this worker's.
func (q queue) own(ctx context.Context, doing string, j store.Job, set string, args ...any) error {
	return q.writing(ctx, doing, func(c *pgx.Conn) error {
		tag, err := c.Exec(ctx, `UPDATE aiops.jobs SET `+set+` WHERE id = $1 AND lease = $2 AND state = 'running'`, append([]any{j.ID, j.Lease}, args...)...)
		if err == nil && tag.RowsAffected() == 0 {
			err = store.ErrLeaseLost
		}
		return err
	})
}

// Keep lengthens the lease.
func (q queue) Keep(ctx context.Context, j store.Job, lease time.Duration) error {
	return q.own(ctx, "keep a job", j, `due = clock_timestamp() + $3::bigint * interval '1 microsecond'`, lease.Microseconds())
}

// Note keeps how far a job is.
func (q queue) Note(ctx context.Context, j store.Job, result []byte) error {
	return q.own(ctx, "note how far a job is", j, `result = $3`, orEmpty(result))
}

// Done ends a job.
func (q queue) Done(ctx context.Context, j store.Job, result []byte) error {
	return q.own(ctx, "end a job", j, `result = $3, error = '', state = CASE WHEN again THEN 'waiting' ELSE 'done' END, again = false,
		tries = CASE WHEN again THEN 0 ELSE tries END, due = clock_timestamp(), finished = CASE WHEN again THEN NULL ELSE clock_timestamp() END`, orEmpty(result))
}

// Fail gives a job back.
func (q queue) Fail(ctx context.Context, j store.Job, reason string, pause time.Duration) error {
	return q.own(ctx, "give a job back", j, `error = $3, state = CASE WHEN tries < most OR again THEN 'waiting' ELSE 'failed' END,
		tries = CASE WHEN again THEN 0 ELSE tries END, again = false, due = clock_timestamp() + $4::bigint * interval '1 microsecond',
		finished = CASE WHEN tries < most OR again THEN NULL ELSE clock_timestamp() END`, reason, pause.Microseconds())
}

// Cancel ends a job.
func (q queue) Cancel(ctx context.Context, id int64) error {
	return q.writing(ctx, "cancel a job", func(c *pgx.Conn) error {
		var state store.JobState
		err := c.QueryRow(ctx, `SELECT state FROM aiops.jobs WHERE id = $1 FOR UPDATE`, id).Scan(&state)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return store.ErrNotFound
		case err != nil:
			return err
		case state != store.Waiting && state != store.Running:
			return store.ErrConflict
		}
		_, err = c.Exec(ctx, `UPDATE aiops.jobs SET state = 'cancelled', again = false, finished = clock_timestamp() WHERE id = $1`, id)
		return err
	})
}
