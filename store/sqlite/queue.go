package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"aiops/metric"
	"aiops/store"
)

// queue keeps jobs in table jobs. Its times are those of this program's clock.
type queue struct{ s *Store }

// Jobs is the database's queue of jobs.
func (s *Store) Jobs() store.Queue { return queue{s} }

// queueFormat is the database's format that brought jobs.
const queueFormat = 5

// alone runs f in a transaction of the only writer.
func (q queue) alone(ctx context.Context, doing string, f func(tx *sql.Tx, now int64) error) error {
	conn, err := q.s.lock(ctx)
	if err != nil {
		return err
	}
	defer q.s.unlock(conn)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return convert(ctx, q.s.path, doing, err)
	}
	if err = f(tx, q.s.now().UnixMicro()); err == nil {
		err = tx.Commit()
	} else {
		_ = tx.Rollback() // the first error tells
	}
	return convert(ctx, q.s.path, doing, found(err))
}

// Enqueue adds jobs.
func (q queue) Enqueue(ctx context.Context, jobs []store.NewJob) (added int, err error) {
	err = q.alone(ctx, "add jobs", func(tx *sql.Tx, now int64) error {
		added = 0
		for _, j := range jobs {
			most := j.Tries
			if most == 0 {
				most = store.DefaultTries
			}
			res, err := tx.ExecContext(ctx, `INSERT INTO jobs (kind, run, key, payload, most, made, due) VALUES (?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (kind, run, key) WHERE key <> '' DO NOTHING`, j.Kind, j.Run, j.Key, orEmpty(j.Payload), most, now, now)
			if err != nil {
				return err
			}
			if n, _ := res.RowsAffected(); n > 0 {
				added++
			} else if j.Again {
				err = repeat(ctx, tx, j, now)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return added, err
}

func repeat(ctx context.Context, tx *sql.Tx, j store.NewJob, now int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE jobs SET payload = ?1, again = state = 'running', error = '', finished = 0,
		tries = CASE WHEN state IN ('running', 'waiting') THEN tries ELSE 0 END,
		due = CASE WHEN state IN ('running', 'waiting') THEN due ELSE ?2 END,
		state = CASE WHEN state = 'running' THEN state ELSE 'waiting' END
		WHERE kind = ?3 AND run = ?4 AND key = ?5`, orEmpty(j.Payload), now, j.Kind, j.Run, j.Key)
	return err
}

func orEmpty(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Take gives jobs to a worker.
func (q queue) Take(ctx context.Context, t store.Taker) (out []store.Job, err error) {
	const due = `FROM jobs WHERE kind = ?1 AND (?2 = '' OR run = ?2) AND state IN ('waiting', 'running') AND due <= ?3`
	err = q.alone(ctx, "take jobs", func(tx *sql.Tx, now int64) error {
		_, err := tx.ExecContext(ctx, `UPDATE jobs SET state = 'failed', finished = ?3, error = 'its worker went away each time (the last one: ' || worker || ')'
			WHERE id IN (SELECT id `+due+` AND state = 'running' AND tries >= most)`, t.Kind, t.Run, now)
		if err != nil {
			return err
		}
		out, err = scanJobs(tx.QueryContext(ctx, `UPDATE jobs SET state = 'running', worker = ?4, tries = tries + 1, lease = lease + 1, due = ?3 + ?5
			WHERE id IN (SELECT id `+due+` ORDER BY due, id LIMIT ?6) RETURNING `+jobColumns, t.Kind, t.Run, now, t.Worker, t.Lease.Microseconds(), t.Most))
		slices.SortFunc(out, func(a, b store.Job) int { return int(a.ID - b.ID) })
		return err
	})
	return out, err
}

// own changes a job that is still this worker's.
func (q queue) own(ctx context.Context, doing string, j store.Job, set string, args ...any) error {
	return q.alone(ctx, doing, func(tx *sql.Tx, now int64) error {
		res, err := tx.ExecContext(ctx, `UPDATE jobs SET `+set+` WHERE id = ?1 AND lease = ?2 AND state = 'running'`, append([]any{j.ID, j.Lease, now}, args...)...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return store.ErrLeaseLost
		}
		return nil
	})
}

// Keep lengthens the lease.
func (q queue) Keep(ctx context.Context, j store.Job, lease time.Duration) error {
	return q.own(ctx, "keep a job", j, `due = ?3 + ?4`, lease.Microseconds())
}

// Note keeps how far a job is.
func (q queue) Note(ctx context.Context, j store.Job, result []byte) error {
	return q.own(ctx, "note how far a job is", j, `result = ?4`, orEmpty(result))
}

// Done ends a job.
func (q queue) Done(ctx context.Context, j store.Job, result []byte) error {
	return q.own(ctx, "end a job", j, `result = ?4, error = '', state = CASE WHEN again THEN 'waiting' ELSE 'done' END, again = 0,
		tries = CASE WHEN again THEN 0 ELSE tries END, due = ?3, finished = CASE WHEN again THEN 0 ELSE ?3 END`, orEmpty(result))
}

// Fail gives a job back.
func (q queue) Fail(ctx context.Context, j store.Job, reason string, pause time.Duration) error {
	return q.own(ctx, "give a job back", j, `error = ?4, state = CASE WHEN tries < most OR again THEN 'waiting' ELSE 'failed' END,
		tries = CASE WHEN again THEN 0 ELSE tries END, again = 0, due = ?3 + ?5,
		finished = CASE WHEN tries < most OR again THEN 0 ELSE ?3 END`, reason, pause.Microseconds())
}

// Cancel ends a job.
func (q queue) Cancel(ctx context.Context, id int64) error {
	return q.alone(ctx, "cancel a job", func(tx *sql.Tx, now int64) error {
		var state store.JobState
		err := tx.QueryRowContext(ctx, `SELECT state FROM jobs WHERE id = ?`, id).Scan(&state)
		if err == nil && state != store.Waiting && state != store.Running {
			err = store.ErrConflict
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE jobs SET state = 'cancelled', again = 0, finished = ? WHERE id = ?`, now, id)
		return err
	})
}

const jobColumns = `id, kind, run, key, payload, result, state, tries, most, lease, worker, error, made, due, finished`

func scanJobs(rows *sql.Rows, err error) ([]store.Job, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Job
	for rows.Next() {
		var j store.Job
		var made, due, finished int64
		if err := rows.Scan(&j.ID, &j.Kind, &j.Run, &j.Key, &j.Payload, &j.Result, &j.State, &j.Tries, &j.Most, &j.Lease, &j.Worker, &j.Error, &made, &due, &finished); err != nil {
			return nil, err
		}
		j.Made, j.Due = metric.Time(made), metric.Time(due)
		if finished != 0 {
			j.Finished = metric.Time(finished)
		}
		out = append(out, j)
	}
	return out, rows.Err()
}
