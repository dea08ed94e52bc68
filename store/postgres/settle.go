package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store/merge"
)

// always is all times that points can have.
var always = metric.Range{From: -merge.MaxTime, To: merge.MaxTime}

// finite leaves out what is not a finite number; charts and models know no such
// values. It is written so that the planner does not try an index on the value.
const finite = `(value < 'Infinity' AND value > '-Infinity') IS TRUE`

// settle takes in what others changed among the facts.
func (s *Store) settle(ctx context.Context) error {
	for {
		more, err := s.settleSome(ctx)
		if err != nil || !more {
			return s.convert(ctx, "take in changes", err)
		}
	}
}

// settleSome takes in some changes, about as many as slice says, and reports
// whether there may be more. What it took in stays, whatever comes afterwards.
func (s *Store) settleSome(ctx context.Context) (more bool, err error) {
	err = s.within(ctx, fmt.Sprintf("BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(%d)", lockSettle), "COMMIT", func(c *pgx.Conn) error {
		if err := s.settlePartitions(ctx, c); err != nil {
			return err
		}
		size, err := s.widen(ctx, c)
		if err != nil {
			return err
		}
		if more, err = s.settleSlice(ctx, c, size); err != nil || more {
			return err
		}
		changed, err := takeChanges(ctx, c, size.atOnce())
		if err != nil || len(changed) == 0 {
			return err
		}
		more = true
		if err := s.tables(ctx, c); err != nil {
			return err
		}
		return s.takeIn(ctx, c, changed)
	})
	return more, err
}

// settlePartitions notes the times of partitions that came or went, also by
// others' doing: triggers do not see that.
func (s *Store) settlePartitions(ctx context.Context, c *pgx.Conn) error {
	if !s.layout.facts.managed {
		return nil
	}
	var moved bool
	if err := c.QueryRow(ctx, `SELECT `+s.layout.moved()).Scan(&moved); err != nil || !moved {
		return err
	}
	_, err := c.Exec(ctx, `SELECT aiops.take_partitions()`)
	return err
}

// takeChanges removes the notes of some VMs and returns the times that they are about.
func takeChanges(ctx context.Context, c *pgx.Conn, most int) (spans, error) {
	rows, err := c.Query(ctx, `WITH few AS (SELECT DISTINCT vm FROM aiops.changes WHERE vm IS NOT NULL LIMIT $3),
		gone AS (DELETE FROM aiops.changes c USING few WHERE c.vm = few.vm RETURNING c.vm, c.first, c.last)
		SELECT vm, greatest(min(first), $1), least(max(last), $2) FROM gone GROUP BY vm, date_trunc('day', first)`, metric.Time(always.From), metric.Time(always.To), most)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := spans{}
	for rows.Next() {
		var vm string
		var first, last time.Time
		if err := rows.Scan(&vm, &first, &last); err != nil {
			return nil, err
		}
		out[vm] = append(out[vm], metric.Range{From: first.UnixMicro(), To: max(first.UnixMicro(), last.UnixMicro()) + 1})
	}
	return out, rows.Err()
}

// takeIn computes roll-ups and catalog of the VMs' times anew, inside the
// transaction that has the temporary tables.
func (s *Store) takeIn(ctx context.Context, c *pgx.Conn, touched spans) error {
	facts := s.layout.facts
	var vms []string
	var lo, hi []time.Time
	for vm, all := range touched {
		for _, r := range joined(all) {
			vms, lo, hi = append(vms, vm), append(lo, metric.Time(r.From)), append(hi, metric.Time(r.To))
		}
	}
	var b pgx.Batch
	b.Queue(`SELECT pg_advisory_xact_lock($1)`, int64(lockSettle))
	b.Queue(fmt.Sprintf(`INSERT INTO pg_temp.aiops_ranges SELECT * FROM unnest($1::text[], $2::%s[], $3::%[1]s[])`, facts.time()), vms, lo, hi)
	b.Queue(facts.sql(`INSERT INTO pg_temp.aiops_fresh SELECT r.vm, f.* FROM pg_temp.aiops_ranges r CROSS JOIN LATERAL (
		SELECT metric, HOUR, ROLLED FROM server_metrics_fact WHERE vm = r.vm AND "timestamp" >= r.lo AND "timestamp" < r.hi AND FINITE GROUP BY 1, 2) f`))
	if err := c.SendBatch(ctx, &b).Close(); err != nil {
		return err
	}
	return s.replaceKnown(ctx, c)
}

// tables makes the temporary tables.
func (s *Store) tables(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, strings.Join(s.layout.facts.temporary(), ";"), pgx.QueryExecModeSimpleProtocol)
	return err
}

// sql puts the types of the facts' columns, and what is said often, into a statement.
func (t table) sql(statement string) string {
	return strings.NewReplacer("HOUR", `date_bin('1 hour', "timestamp", `+t.time()+` '1970-01-01 00:00:00')`,
		"ROLLED", `count(*), min(value)::float8, max(value)::float8, (sum(value) / count(*))::float8`, "TIME", t.time(), "FINITE", finite,
		"FIRST", t.nearest("s.first_hour::"+t.time(), "<", "(s.first_hour + interval '1 hour')::"+t.time(), false),
		"LATEST", t.nearest("s.last_hour::"+t.time(), "<", "(s.last_hour + interval '1 hour')::"+t.time(), true)).Replace(statement)
}

// replaceKnown replaces what is known of the ranges by what the facts say.
func (s *Store) replaceKnown(ctx context.Context, c *pgx.Conn) error {
	doubled, err := c.Exec(ctx, s.layout.facts.sql(replaceKnown), pgx.QueryExecModeSimpleProtocol)
	if err != nil || doubled.RowsAffected() == 0 {
		return err
	}
	return s.measure(ctx, c)
}

// replaceKnown goes from the few ranges to their rows by way of indexes: the
// server knows nothing of how few they are in a temporary table, and would read
// all series and roll-ups to find them. OFFSET 0 keeps it from joining otherwise.
const replaceKnown = `
INSERT INTO aiops.series (vm, metric)
	SELECT DISTINCT vm, metric FROM pg_temp.aiops_fresh f WHERE NOT EXISTS (SELECT FROM aiops.series s WHERE s.vm = f.vm AND s.metric = f.metric);
WITH old AS MATERIALIZED (SELECT p.* FROM pg_temp.aiops_ranges r CROSS JOIN LATERAL (SELECT id FROM aiops.series WHERE vm = r.vm OFFSET 0) s
		CROSS JOIN LATERAL (SELECT ctid AS row, series_id, count FROM aiops.rollups WHERE series_id = s.id AND hour >= r.lo AND hour < r.hi OFFSET 0) p),
	gone AS (DELETE FROM aiops.rollups WHERE ctid = ANY (ARRAY (SELECT row FROM old)))
	UPDATE aiops.series s SET count = s.count - g.n FROM (SELECT series_id, sum(count) AS n FROM old GROUP BY 1) g WHERE s.id = g.series_id;
WITH came AS (INSERT INTO aiops.rollups (series_id, hour, count, min, max, mean, changed)
		SELECT s.id, f.hour, f.count, f.min, f.max, f.mean, clock_timestamp() FROM pg_temp.aiops_fresh f
			CROSS JOIN LATERAL (SELECT id FROM aiops.series WHERE vm = f.vm AND metric = f.metric OFFSET 0) s
		RETURNING series_id, count)
	UPDATE aiops.series s SET count = s.count + c.n FROM (SELECT series_id, sum(count) AS n FROM came GROUP BY 1) c WHERE s.id = c.series_id;
WITH gone AS (DELETE FROM aiops.series WHERE vm IN (SELECT vm FROM pg_temp.aiops_ranges) AND count = 0 RETURNING vm, metric)
	UPDATE aiops.runs SET alone = true WHERE ctid = ANY (ARRAY (SELECT p.ctid FROM gone CROSS JOIN LATERAL
		(SELECT ctid FROM aiops.runs r WHERE r.vm = gone.vm AND r.metric = gone.metric OFFSET 0) p));
UPDATE aiops.series u SET first = a.at, last = z.at, last_value = z.value
	FROM (SELECT DISTINCT vm FROM pg_temp.aiops_ranges) r
	CROSS JOIN LATERAL (SELECT ctid AS row, vm, metric, (SELECT hour FROM aiops.rollups p WHERE p.series_id = id ORDER BY hour LIMIT 1) AS first_hour,
		(SELECT hour FROM aiops.rollups p WHERE p.series_id = id ORDER BY hour DESC LIMIT 1) AS last_hour FROM aiops.series WHERE vm = r.vm OFFSET 0) s
	CROSS JOIN LATERAL (SELECT "timestamp" AS at FROM server_metrics_fact WHERE FINITE AND FIRST LIMIT 1) a
	CROSS JOIN LATERAL (SELECT "timestamp" AS at, value::float8 FROM server_metrics_fact WHERE FINITE AND LATEST LIMIT 1) z
	WHERE u.ctid = s.row;
SELECT FROM (SELECT DISTINCT vm FROM pg_temp.aiops_ranges) r CROSS JOIN LATERAL (SELECT FROM aiops.series WHERE vm = r.vm AND count >= 2 * sized OFFSET 0) s LIMIT 1`

// sample is how many of a series' newest points its spacing is measured by.
const sample = 100

// measure looks at the spacing of series that have doubled since it was looked at.
func (s *Store) measure(ctx context.Context, c *pgx.Conn) error {
	times := map[int64][]int64{}
	take := func(row [][]byte) error {
		id := integer(row[0])
		times[id] = append(times[id], micros(row[1]))
		return nil
	}
	facts := s.layout.facts
	since := `greatest(s.first, s.last - (s.last - s.first) * (2.0 * $1 / s.count))::` + facts.time() // should hold enough points
	err := each(ctx, c, `SELECT s.id::bigint, f.at FROM (SELECT DISTINCT vm FROM pg_temp.aiops_ranges) r
		CROSS JOIN LATERAL (SELECT * FROM aiops.series WHERE vm = r.vm AND count >= 2 * sized OFFSET 0) s CROSS JOIN LATERAL
		(SELECT "timestamp" AS at FROM server_metrics_fact WHERE `+facts.nearest(since, "<=", "s.last::"+facts.time(), true)+` LIMIT $1) f`, []any{sample}, take)
	if err != nil || len(times) == 0 {
		return err
	}
	var ids, spacings []int64
	for id, all := range times {
		slices.Sort(all)
		ids, spacings = append(ids, id), append(spacings, metric.Spacing(all))
	}
	_, err = c.Exec(ctx, `UPDATE aiops.series s SET sized = s.count,
		step = CASE WHEN m.step = 0 AND s.count > 1 THEN (extract(epoch FROM s.last - s.first) * 1000000 / (s.count - 1))::bigint ELSE m.step END FROM unnest($1::bigint[], $2::bigint[]) m(id, step) WHERE s.id = m.id`, ids, spacings)
	return err
}
