package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
)

// sliceRows is how many rows are taken in at once, about: a step takes seconds,
// and what is done then is not lost when the program ends.
const sliceRows = 2_000_000

// bulk is how large the facts are, about.
type bulk struct {
	slice float64 // how many rows are to be taken in at once
	rows  float64
	vms   float64
	r     metric.Range // of the facts, and of what is known of them
}

// atOnce is how many VMs are taken in at once.
func (e bulk) atOnce() int {
	return int(min(max(e.slice*max(e.vms, 1)/max(e.rows, 1), 1), 20))
}

// widen makes one note of all times out of the notes of VMs where they are about
// much of the facts. Then these are read in the order of their times, once,
// which is that in which they mostly lie on the disk, and not VM by VM.
func (s *Store) widen(ctx context.Context, c *pgx.Conn) (bulk, error) {
	e, err := s.measured(ctx, c)
	if err != nil || e.rows < e.slice {
		return e, err
	}
	var vms, spans float64 // of the notes; spans in microseconds
	var first, last *time.Time
	err = c.QueryRow(ctx, `WITH v AS (SELECT vm, least(greatest(min(first), $1), $2) AS lo, greatest(least(max(last), $2), $1) AS hi FROM aiops.changes WHERE vm IS NOT NULL GROUP BY vm)
		SELECT count(*), coalesce(sum(extract(epoch FROM hi - lo) * 1000000), 0)::float8, min(lo), max(hi) FROM v`, metric.Time(e.r.From), metric.Time(e.r.To)).Scan(&vms, &spans, &first, &last)
	if err != nil || vms == 0 {
		return e, err
	}
	e.vms = max(e.vms, vms)
	all := e.vms * float64(max(e.r.Len(), 1))
	near := e.vms * float64(max(last.Sub(*first).Microseconds(), 1))
	if e.rows*spans/all < e.slice || spans/near < 0.2 {
		return e, nil
	}
	_, err = c.Exec(ctx, `WITH gone AS (DELETE FROM aiops.changes WHERE vm IS NOT NULL RETURNING first, last) INSERT INTO aiops.changes SELECT NULL, min(first), max(last) FROM gone`)
	return e, err
}

// measured looks how large the facts are, without reading them.
func (s *Store) measured(ctx context.Context, c *pgx.Conn) (e bulk, err error) {
	e.slice = s.slice
	var from, to *time.Time
	err = c.QueryRow(ctx, `SELECT (pg_relation_size('server_metrics_fact') + coalesce((SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree('server_metrics_fact') WHERE isleaf), 0))::float8 / 80,
		(SELECT count(DISTINCT vm) FROM aiops.series)::float8,
		least((SELECT min("timestamp") FROM server_metrics_fact WHERE "timestamp" >= $1), (SELECT min(first) FROM aiops.series)),
		greatest((SELECT max("timestamp") FROM server_metrics_fact WHERE "timestamp" < $2), (SELECT max(last) FROM aiops.series))`,
		metric.Time(always.From), metric.Time(always.To)).Scan(&e.rows, &e.vms, &from, &to)
	if err == nil && from != nil && to != nil {
		e.r = metric.Range{From: from.UnixMicro(), To: to.UnixMicro() + 1}
	}
	return e, err
}

// settleSlice takes in a part of the times of a note that is about all VMs, and
// leaves a note of the rest. It reports whether there was such a note.
func (s *Store) settleSlice(ctx context.Context, c *pgx.Conn, e bulk) (bool, error) {
	var notes int
	var first, last time.Time
	err := c.QueryRow(ctx, `WITH gone AS (DELETE FROM aiops.changes WHERE vm IS NULL RETURNING first, last)
		SELECT count(*), greatest(min(first), $1), least(max(last), $2) FROM gone`, metric.Time(always.From), metric.Time(always.To)).Scan(&notes, &first, &last)
	if err != nil || notes == 0 {
		return false, err
	}
	r := hours(metric.Range{From: first.UnixMicro(), To: max(first.UnixMicro(), last.UnixMicro()) + 1})
	r = r.Intersect(hours(e.r))
	if r.Empty() {
		return true, nil
	}
	width := int64(float64(e.r.Len()) * min(e.slice/max(e.rows, 1), 1))
	now := hours(metric.Range{From: r.From, To: min(r.To, r.From+max(width, hour))})
	if err := s.takeInAll(ctx, c, now); err != nil || now.To >= r.To {
		return true, err
	}
	_, err = c.Exec(ctx, `INSERT INTO aiops.changes VALUES (NULL, $1, $2)`, metric.Time(now.To), last)
	return true, err
}

// takeInAll computes roll-ups and catalog of all VMs inside the range anew.
func (s *Store) takeInAll(ctx context.Context, c *pgx.Conn, r metric.Range) error {
	if err := s.tables(ctx, c); err != nil {
		return err
	}
	facts, lo, hi := s.layout.facts, metric.Time(r.From), metric.Time(r.To)
	_, err := c.Exec(ctx, facts.sql(`INSERT INTO pg_temp.aiops_fresh SELECT vm, metric, HOUR, ROLLED FROM server_metrics_fact
		WHERE "timestamp" >= $1 AND "timestamp" < $2 AND FINITE GROUP BY 1, 2, 3`), lo, hi)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, facts.sql(`INSERT INTO pg_temp.aiops_ranges SELECT vm, $1::TIME, $2::TIME FROM (SELECT vm FROM pg_temp.aiops_fresh UNION SELECT vm FROM aiops.series) v`), lo, hi)
	if err != nil {
		return err
	}
	return s.replaceKnown(ctx, c)
}

// settleSoon takes in changes for as long as somebody who wants to look at
// something waits. What is left is taken in meanwhile; until then the facts are
// read themselves.
func (s *Store) settleSoon(ctx context.Context) error {
	began := time.Now()
	for {
		more, err := s.settleSome(ctx)
		if err != nil || !more {
			return s.convert(ctx, "take in changes", err)
		}
		if time.Since(began) > wait {
			break
		}
	}
	if s.settling.CompareAndSwap(false, true) {
		s.work.Go(func() {
			defer s.settling.Store(false)
			_ = s.settle(s.life) // whoever looks next tries again, and is told
		})
	}
	return nil
}

// wait is how long a look waits until changes are taken in.
const wait = 2 * time.Second
