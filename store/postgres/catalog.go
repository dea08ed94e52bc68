package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
)

// series is a series and, where changes are tracked, its roll-ups' number.
type series struct {
	store.SeriesInfo
	id    int64
	rolls bool // the roll-ups say all of it
}

// Catalog lists every series.
func (s *Store) Catalog(ctx context.Context) ([]store.SeriesInfo, error) {
	if err := s.freshen(ctx); err != nil {
		return nil, err
	}
	var out []store.SeriesInfo
	err := s.reading(ctx, "list series", func(c *pgx.Conn) error {
		all, err := s.all(ctx, c)
		if err != nil {
			return err
		}
		out = make([]store.SeriesInfo, 0, len(all))
		for _, sr := range all {
			out = append(out, sr.SeriesInfo)
		}
		return s.addPredicted(ctx, c, &out)
	})
	return out, err
}

// Find tells of some series. Where changes of theirs are not taken in, or some
// have predictions only, all are listed.
func (s *Store) Find(ctx context.Context, keys []metric.Key) ([]store.SeriesInfo, error) {
	var found []series
	err := s.reading(ctx, "look up series", func(c *pgx.Conn) (err error) {
		if len(keys) > 0 {
			found, err = s.selected(ctx, c, keys)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []store.SeriesInfo
	for _, sr := range found {
		if !sr.rolls {
			return store.Find(ctx, listing{s}, keys)
		}
		out = append(out, sr.SeriesInfo)
	}
	return out, nil
}

// listing is a store without Find.
type listing struct{ store.Store }

// freshen takes in what others changed, if it can.
func (s *Store) freshen(ctx context.Context) error {
	if !s.layout.tracked || s.layout.format < latest { // it is brought up to date when somebody writes
		return nil
	}
	var pending bool
	err := s.reading(ctx, "look for changes", func(c *pgx.Conn) error {
		return c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM aiops.changes) OR `+s.layout.moved()).Scan(&pending)
	})
	if err == nil && pending {
		err = s.settleSoon(ctx)
	}
	if denied(err) || s.replica != nil && errors.Is(err, store.ErrAway) {
		return nil // a standby, or a role that may only read: the facts are asked themselves
	}
	return err
}

// all are the series as the facts have them in this snapshot.
func (s *Store) all(ctx context.Context, c *pgx.Conn) ([]series, error) {
	if s.layout.tracked {
		out, err := s.layout.known(ctx, c, nil)
		if err != nil || !slices.ContainsFunc(out, func(sr series) bool { return !sr.rolls }) {
			return out, err
		}
	}
	return s.counted(ctx, c)
}

// moved is SQL for whether partitions came or went that are not taken in.
func (l layout) moved() string {
	if l.facts.managed {
		return "(SELECT aiops.partitions_changed())"
	}
	return "false"
}

// known lists what schema aiops knows of the series of the keys.
func (l layout) known(ctx context.Context, c *pgx.Conn, keys []metric.Key) ([]series, error) {
	vms, metrics := split(keys)
	rows, err := c.Query(ctx, `SELECT id::bigint, vm, metric, count, (extract(epoch FROM first) * 1000000)::bigint, (extract(epoch FROM last) * 1000000)::bigint, last_value, step,
		NOT EXISTS (SELECT FROM aiops.changes c WHERE c.vm = s.vm OR c.vm IS NULL) AND NOT `+l.moved()+`
		FROM aiops.series s WHERE $1::text[] IS NULL OR (vm, metric) IN (SELECT * FROM unnest($1, $2::text[])) ORDER BY vm, metric`, vms, metrics)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (sr series, err error) {
		err = row.Scan(&sr.id, &sr.VM, &sr.Metric, &sr.Count, &sr.First, &sr.Last, &sr.LastValue, &sr.Step, &sr.rolls)
		return sr, err
	})
}

// counted lists the series by reading all facts.
func (s *Store) counted(ctx context.Context, c *pgx.Conn) ([]series, error) {
	if !s.layout.facts.there {
		return nil, nil
	}
	var out []series
	err := each(ctx, c, `SELECT convert_to(vm, 'UTF8'), convert_to(metric, 'UTF8'), count(*), min("timestamp"), max("timestamp") FROM server_metrics_fact
		WHERE "timestamp" >= $1 AND "timestamp" < $2 AND `+finite+` GROUP BY vm, metric ORDER BY vm COLLATE "C", metric COLLATE "C"`, []any{metric.Time(always.From), metric.Time(always.To)}, func(row [][]byte) error {
		sr := series{}
		sr.Key = metric.Key{VM: string(row[0]), Metric: string(row[1])}
		sr.Count, sr.First, sr.Last = integer(row[2]), micros(row[3]), micros(row[4])
		out = append(out, sr)
		return nil
	})
	for i := range out {
		if err == nil {
			err = out[i].newest(ctx, c)
		}
	}
	return out, err
}

// newest looks up a series' last value and its spacing.
func (sr *series) newest(ctx context.Context, c *pgx.Conn) error {
	var times []int64
	from := max(sr.First, sr.Last-(sr.Last-sr.First)/sr.Count*2*sample) // should hold enough of them
	err := each(ctx, c, `SELECT "timestamp", value::float8 FROM server_metrics_fact WHERE vm = $1 AND metric = $2 AND "timestamp" >= $3 AND "timestamp" <= $4 AND `+finite+`
		ORDER BY "timestamp" + interval '0' DESC LIMIT $5`, []any{sr.VM, sr.Metric, metric.Time(from), metric.Time(sr.Last), sample}, func(row [][]byte) error {
		if len(times) == 0 {
			sr.LastValue = float(row[1])
		}
		times = append(times, micros(row[0]))
		return nil
	})
	slices.Reverse(times)
	sr.Step = metric.Spacing(times)
	return err
}

// addPredicted adds the series that have predictions and no points.
func (s *Store) addPredicted(ctx context.Context, c *pgx.Conn, all *[]store.SeriesInfo) error {
	if s.layout.format == 0 {
		return nil
	}
	query := `SELECT DISTINCT vm, metric FROM aiops.runs`
	if s.layout.format >= 4 {
		query += ` WHERE alone`
	}
	rows, err := c.Query(ctx, query)
	if err != nil {
		return err
	}
	keys, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k metric.Key, err error) {
		err = row.Scan(&k.VM, &k.Metric)
		return k, err
	})
	for _, k := range keys {
		i, found := slices.BinarySearchFunc(*all, k, func(a store.SeriesInfo, k metric.Key) int { return a.Key.Compare(k) })
		if !found {
			*all = slices.Insert(*all, i, store.SeriesInfo{Key: k})
		}
	}
	return err
}

// selected are the series to read, ordered by key. What is not known of them
// is 0.
func (s *Store) selected(ctx context.Context, c *pgx.Conn, keys []metric.Key) ([]series, error) {
	if len(keys) == 0 {
		return s.all(ctx, c)
	}
	keys = slices.Clone(keys)
	slices.SortFunc(keys, metric.Key.Compare)
	keys = slices.Compact(keys)
	out := make([]series, len(keys))
	for i, k := range keys {
		out[i].Key = k
	}
	if !s.layout.tracked {
		return out, nil
	}
	have, err := s.layout.known(ctx, c, keys)
	for _, sr := range have {
		i, found := slices.BinarySearchFunc(keys, sr.Key, metric.Key.Compare)
		if !found {
			return nil, errors.New("the server returned a series that was not asked for")
		}
		if sr.rolls {
			out[i] = sr
		}
	}
	return out, err
}
