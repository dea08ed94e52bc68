package postgres

import (
	"context"
	"encoding/binary"
	"errors"
	"math"

	"github.com/jackc/pgx/v5"

	"aiops/metric"
)

// few reports whether a range has so few points that they can come as one row:
// that spares both sides the work for each row, but holds them in memory twice.
func (sr series) few(r metric.Range) bool {
	const most, all = 50_000, 1_000_000
	return sr.rolls && sr.Count <= all && sr.inside(r) <= most
}

// inside is about how many of a series' points a range holds.
func (sr series) inside(r metric.Range) int64 {
	part := float64(r.Intersect(sr.Range()).Len()) / float64(max(sr.Range().Len(), 1))
	return int64(math.Ceil(float64(sr.Count) * part))
}

// readColumns reads points as two arrays.
func readColumns(ctx context.Context, c *pgx.Conn, facts table, k metric.Key, r metric.Range, yield func(metric.Envelope) error) error {
	query, decode := facts.points()
	from, to := bounds(r)
	s := metric.Series{Key: k}
	err := each(ctx, c, `SELECT array_agg("timestamp"), array_agg(value) FROM (`+query+`) p`,
		[]any{k.VM, k.Metric, from, to}, func(row [][]byte) error {
			times, values := elements(row[0]), elements(row[1])
			const size = 12 // of a time with its length
			s.Times, s.Values = make([]int64, 0, len(times)/size), make([]float64, 0, len(times)/size)
			for len(times) > 0 && len(values) > 0 {
				var at, field []byte
				at, times = element(times)
				field, values = element(values)
				if v := decode(field); isFinite(v) {
					s.Times, s.Values = append(s.Times, micros(at)), append(s.Values, v)
				}
			}
			if len(times)+len(values) > 0 {
				return errors.New("the server's arrays are not of one length")
			}
			return nil
		})
	if err != nil {
		return err
	}
	return handOut(ctx, s, yield)
}

// elements are those of an array of one dimension in the binary protocol, after its head.
func elements(array []byte) []byte {
	const head = 20
	if len(array) < head {
		return nil // no points
	}
	return array[head:]
}

// element takes the first one off: its length, then its bytes. One that is NULL has none.
func element(array []byte) (first, rest []byte) {
	const head = 4
	if len(array) < head {
		return nil, nil
	}
	n := int(int32(binary.BigEndian.Uint32(array)))
	array = array[head:]
	n = min(max(n, 0), len(array))
	return array[:n], array[n:]
}
