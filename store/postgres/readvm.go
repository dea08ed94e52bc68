package postgres

import (
	"context"
	"slices"
	"sort"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
	"aiops/store"
)

// mostInMemory bounds the points of one VM that are held in memory.
const mostInMemory = 4_000_000

// together is the number of the series, from the first on, that are best read
// with one query: those of one VM, as the facts' index goes by VM and time, so
// that each of them would be searched for among all others. Many points of a
// part of their time are read series by series. 1 is by itself.
func together(all []series, q store.Query) int {
	const many = 20_000
	if q.MaxPoints > 0 {
		return 1
	}
	n, points, from := 0, int64(0), all[0].Last
	for _, sr := range all {
		points += sr.inside(q.Range)
		if sr.VM != all[0].VM || !sr.rolls || points > mostInMemory {
			break
		}
		from = min(from, sr.First)
		n++
	}
	if q.Range.From > from && points > many {
		return 1
	}
	return max(1, n)
}

// readTogether streams the points of several series of one VM in the order of
// the series, from rows in any order.
func (s *Store) readTogether(ctx context.Context, c *pgx.Conn, all []series, r metric.Range, yield func(metric.Envelope) error) error {
	columns, metrics := make([]metric.Series, len(all)), make([]string, len(all))
	for i, sr := range all {
		metrics[i] = sr.Metric
		columns[i] = metric.Series{Key: sr.Key, Times: make([]int64, 0, sr.inside(r)), Values: make([]float64, 0, sr.inside(r))}
	}
	from, to := bounds(r)
	value, decode := s.layout.facts.columns["value"].reader("value")
	n := 0
	err := each(ctx, c, `SELECT array_position($2::text[], metric::text)::bigint, "timestamp", `+value+` FROM server_metrics_fact
		WHERE vm = $1 AND metric = ANY ($2) AND "timestamp" >= $3 AND "timestamp" < $4`, []any{all[0].VM, metrics, from, to}, func(row [][]byte) error {
		one, v := &columns[integer(row[0])-1], decode(row[2])
		if !isFinite(v) {
			return nil
		}
		one.Times, one.Values = append(one.Times, micros(row[1])), append(one.Values, v)
		if n++; n%chunk == 0 {
			return ctx.Err()
		}
		return nil
	})
	for i := 0; err == nil && i < len(all); i++ {
		one := columns[i]
		if !slices.IsSorted(one.Times) {
			sort.Sort(byTime{one.Times, one.Values})
		}
		err = handOut(ctx, one, yield)
	}
	return err
}

// handOut yields a series in chunks.
func handOut(ctx context.Context, s metric.Series, yield func(metric.Envelope) error) error {
	for i := 0; i < s.Len(); i += chunk {
		j := min(i+chunk, s.Len())
		if err := yield(metric.Series{Key: s.Key, Times: s.Times[i:j], Values: s.Values[i:j]}.Envelope()); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

type byTime struct {
	times  []int64
	values []float64
}

func (b byTime) Len() int           { return len(b.times) }
func (b byTime) Less(i, j int) bool { return b.times[i] < b.times[j] }
func (b byTime) Swap(i, j int) {
	b.times[i], b.times[j] = b.times[j], b.times[i]
	b.values[i], b.values[j] = b.values[j], b.values[i]
}
