package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
	"aiops/store/merge"
)

// few is the number of points that go as parameters, without a staging table.
const few = 500

// Write merges points into a series as if they came one after the other.
func (t *tx) Write(ctx context.Context, s metric.Series, on store.OnConflict) (store.Written, error) {
	defer t.use()()
	if t.done {
		return store.Written{}, errDone
	}
	return t.write(ctx, s, on)
}

func (t *tx) write(ctx context.Context, s metric.Series, on store.OnConflict) (store.Written, error) {
	var w store.Written
	if t.err != nil || len(s.Times) == 0 && len(s.Values) == 0 {
		return w, t.err
	}
	b, err := merge.Arrange(s)
	if err != nil {
		return w, t.fail(err)
	}
	if err = ctx.Err(); err == nil {
		err = t.merge(ctx, s.Key, b, on, &w)
	}
	merge.SortRejected(&w)
	t.stored += w.Stored
	return w, t.fail(t.s.convert(ctx, "write "+s.Key.String(), err))
}

func (t *tx) merge(ctx context.Context, k metric.Key, b merge.Batch, on store.OnConflict, w *store.Written) error {
	p := &part{t: t, key: k}
	var none merge.Stored
	var all store.Written // as if nothing was stored
	err := b.Decide(0, len(b.Times), &none, on, &all, func(o merge.Outcome) error {
		p.times, p.values = append(p.times, o.Time), append(p.values, o.Value)
		return nil
	})
	if err == nil {
		err = t.room(ctx, p.times)
	}
	if err == nil {
		err = p.insert(ctx)
	}
	if err != nil {
		return err
	}
	t.touched.add(k.VM, p.times)
	if p.fresh == len(p.times) {
		*w = all
		return nil
	}
	have, err := p.existing(ctx)
	if err != nil {
		return err
	}
	changed := metric.Series{Key: k}
	err = b.Decide(0, len(b.Times), &have, on, w, func(o merge.Outcome) error {
		if o.Changed {
			changed.Times, changed.Values = append(changed.Times, o.Time), append(changed.Values, o.Value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.update(ctx, changed)
}

// part is the points of one series on their way into the table.
type part struct {
	t      *tx
	key    metric.Key
	times  []int64 // ascending
	values []float64
	from   string // the rows (id, at, value) in SQL
	args   []any  // vm, metric, and what from needs
	fresh  int    // how many were inserted
	news   map[int64]bool
}

// insert stores the points whose times are not there.
func (p *part) insert(ctx context.Context) error {
	if err := p.stage(ctx); err != nil {
		return err
	}
	facts := p.t.s.layout.facts
	columns, values := facts.identity("s.id")
	plain := fmt.Sprintf(`INSERT INTO server_metrics_fact (%svm, metric, "timestamp", value) SELECT %s$1, $2, s.at, s.value FROM %s`, columns, values, p.from)
	if done, err := p.append(ctx, plain); done || err != nil {
		return err
	}
	statement := plain + ` ON CONFLICT (vm, "timestamp", metric) DO NOTHING`
	if facts.supplied() {
		tag, err := p.t.conn.Exec(ctx, statement, p.args...)
		p.fresh = int(tag.RowsAffected())
		return err
	}
	p.news = map[int64]bool{}
	err := each(ctx, p.t.conn, statement+` RETURNING "timestamp"`, p.args, func(row [][]byte) error {
		p.news[micros(row[0])] = true
		return nil
	})
	p.fresh = len(p.news)
	return err
}

// append inserts points at times where the catalog knows none, which goes
// faster without looking for conflicts. If there is one after all, nothing is done.
func (p *part) append(ctx context.Context, statement string) (done bool, err error) {
	if free, err := p.free(ctx); err != nil || !free {
		return false, err
	}
	c := p.t.conn
	if _, err := c.Exec(ctx, "SAVEPOINT append", pgx.QueryExecModeSimpleProtocol); err != nil {
		return false, err
	}
	tag, err := c.Exec(ctx, statement, p.args...)
	if code(err) == "23505" {
		_, err = c.Exec(ctx, "ROLLBACK TO append", pgx.QueryExecModeSimpleProtocol)
		return false, err
	}
	p.fresh = int(tag.RowsAffected())
	return err == nil, err
}

// free reports whether no points are known in the times of many.
func (p *part) free(ctx context.Context) (bool, error) {
	if !p.t.s.layout.tracked || len(p.times) <= few {
		return false, nil
	}
	r := metric.Range{From: p.times[0], To: p.times[len(p.times)-1] + 1}
	if !r.Intersect(p.t.wrote[p.key]).Empty() {
		return false, nil
	}
	p.t.wrote[p.key] = r.Union(p.t.wrote[p.key])
	var taken bool
	err := p.t.conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM aiops.series WHERE vm = $1 AND metric = $2 AND first <= $4 AND last >= $3)`,
		p.key.VM, p.key.Metric, metric.Time(r.From), metric.Time(r.To)).Scan(&taken)
	return !taken, err
}

// stage brings the points to the server.
func (p *part) stage(ctx context.Context) error {
	facts := p.t.s.layout.facts
	p.args = []any{p.key.VM, p.key.Metric}
	if len(p.times) > few {
		p.from = stagingName + " s"
		if p.t.staged {
			if _, err := p.t.conn.Exec(ctx, "TRUNCATE "+stagingName, pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
		}
		p.t.staged = true
		return facts.copyIn(ctx, p.t.conn, p.t.ids, p.times, p.values)
	}
	ids := make([][16]byte, len(p.times))
	for i := range ids {
		ids[i] = p.t.ids.next()
	}
	p.from = fmt.Sprintf(`(SELECT u.id, u.at, u.value::numeric::%s AS value FROM unnest($3::uuid[], $4::%s[], $5::text[]) u(id, at, value)) s`,
		facts.columns["value"].exact, facts.time())
	p.args = append(p.args, ids, moments(p.times), texts(p.values))
	return nil
}

// existing are the points that were there before, of the times on their way.
func (p *part) existing(ctx context.Context) (have merge.Stored, err error) {
	facts := p.t.s.layout.facts
	id, ours := "", "false"
	if facts.supplied() {
		id, ours = "id, ", "f.id = s.id"
	}
	limited := facts.columns["value"].limited()
	i := 0
	err = each(ctx, p.t.conn, fmt.Sprintf(`SELECT s.at, f.value::float8, s.value::float8 FROM %s CROSS JOIN LATERAL
		(SELECT %svalue FROM server_metrics_fact WHERE vm = $1 AND metric = $2 AND "timestamp" = s.at LIMIT 1) f WHERE NOT %s ORDER BY s.at`,
		p.from, id, ours), p.args, func(row [][]byte) error {
		at, v := micros(row[0]), float(row[1])
		if p.news[at] {
			return nil
		}
		for i < len(p.times) && p.times[i] < at {
			i++
		}
		if limited && i < len(p.times) && p.times[i] == at && v == float(row[2]) {
			v = p.values[i] // the same, as far as the column can tell
		}
		have.Times, have.Values = append(have.Times, at), append(have.Values, v)
		return nil
	})
	return have, err
}

// update replaces the values of points that are there. It is an INSERT, as
// that finds each one in the unique index whatever the planner knows.
func (t *tx) update(ctx context.Context, s metric.Series) error {
	if len(s.Times) == 0 {
		return nil
	}
	p := &part{t: t, key: s.Key, times: s.Times, values: s.Values}
	if err := p.stage(ctx); err != nil {
		return err
	}
	columns, values := t.s.layout.facts.identity("s.id")
	_, err := t.conn.Exec(ctx, fmt.Sprintf(`INSERT INTO server_metrics_fact (%svm, metric, "timestamp", value)
		SELECT %s$1, $2, s.at, s.value FROM %s ON CONFLICT (vm, "timestamp", metric) DO UPDATE SET value = excluded.value`, columns, values, p.from), p.args...)
	return err
}
