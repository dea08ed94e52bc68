package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
)

// months are the partitions that a write finds there.
type months []metric.Range

// covers reports whether there is a partition for each of the ascending times.
func (m months) covers(times []int64) bool {
	var in metric.Range
	for _, t := range times {
		if in.Contains(t) {
			continue
		}
		in = metric.Range{}
		for _, r := range m {
			if r.Contains(t) {
				in = r
				break
			}
		}
		if in.Empty() {
			return false
		}
	}
	return true
}

// readMonths looks up the partitions.
func readMonths(ctx context.Context, c *pgx.Conn) (months, error) {
	var out months
	err := each(ctx, c, `SELECT greatest(low, $1), least(high, $2) FROM aiops.partitions_now`, []any{metric.Time(always.From), metric.Time(always.To)}, func(row [][]byte) error {
		out = append(out, metric.Range{From: micros(row[0]), To: micros(row[1])})
		return nil
	})
	return out, err
}

// room makes the partitions that points need.
func (t *tx) room(ctx context.Context, times []int64) error {
	if !t.managed || t.months.covers(times) {
		return nil
	}
	for i := 0; i < len(times); {
		first := metric.Time(times[i])
		next := monthAfter(first.UTC()).UnixMicro()
		if !t.months.covers(times[i : i+1]) {
			if _, err := t.conn.Exec(ctx, `SELECT aiops.add_partitions($1::timestamptz, $1::timestamptz + interval '1 microsecond')`, first); err != nil {
				return err
			}
		}
		for i < len(times) && times[i] < next {
			i++
		}
	}
	var err error
	t.months, err = readMonths(ctx, t.conn)
	return err
}
