package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
)

// few reports whether a range has so few points that they can come as one row:
// that spares both sides the work for each row, but holds them in memory twice.
func (sr series) few(r metric.Range) bool {
	const most, all = 50_000, 1_000_000
	if !sr.rolls || sr.Count > all {
		return false
	}
	part := float64(r.Intersect(sr.Range()).Len()) / float64(max(sr.Range().Len(), 1))
	return float64(sr.Count)*part <= most
}

// readColumns reads points as two arrays.
func readColumns(ctx context.Context, c *pgx.Conn, k metric.Key, r metric.Range, yield func(metric.Envelope) error) error {
	from, to := bounds(r)
	s := metric.Series{Key: k}
	err := each(ctx, c, `SELECT array_agg("timestamp"), array_agg(value) FROM (`+points+`) p`,
		[]any{k.VM, k.Metric, from, to}, func(row [][]byte) error {
			times, values := elements(row[0]), elements(row[1])
			if len(times) != len(values) {
				return errors.New("the server's arrays are not of one length")
			}
			s.Times, s.Values = make([]int64, 0, len(times)/element), make([]float64, 0, len(values)/element)
			for ; len(times) >= element; times, values = times[element:], values[element:] {
				s.Times, s.Values = append(s.Times, micros(times[4:element])), append(s.Values, float(values[4:element]))
			}
			return nil
		})
	for i := 0; err == nil && i < len(s.Times); i += chunk {
		j := min(i+chunk, len(s.Times))
		if err = yield(metric.Series{Key: k, Times: s.Times[i:j], Values: s.Values[i:j]}.Envelope()); err == nil {
			err = ctx.Err()
		}
	}
	return err
}

// element is the size of an array's element in the binary protocol: its length and 8 bytes.
const element = 12

// elements are those of an array of one dimension, after its head.
func elements(array []byte) []byte {
	const head = 20
	if len(array) < head {
		return nil // no points
	}
	return array[head:]
}
