package view

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"aiops/metric"
	"aiops/store"
)

// WriteCSV writes the stored points of a range in long form: times in RFC 3339
// UTC, values in full precision and base units. It streams from the store and
// returns the number of rows.
func WriteCSV(ctx context.Context, s store.Store, keys []metric.Key, r metric.Range, w io.Writer) (int64, error) {
	if len(keys) == 0 {
		return 0, fmt.Errorf("export CSV: no series is selected")
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	out := csv.NewWriter(buffered)
	if err := out.Write([]string{"vm", "timestamp", "metric", "value"}); err != nil {
		return 0, fmt.Errorf("export CSV: %w", err)
	}
	var rows int64
	err := s.Read(ctx, store.Query{Keys: keys, Range: r}, func(e metric.Envelope) error {
		for i, t := range e.Times {
			if err := out.Write([]string{e.VM, metric.Time(t).Format(time.RFC3339Nano), e.Metric, number(e.Mean[i])}); err != nil {
				return err
			}
		}
		rows += int64(e.Len())
		return ctx.Err()
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return rows, fmt.Errorf("export CSV: %w", err)
	}
	return rows, nil
}

// number writes a value in full precision, without an exponent where a person would not use one.
func number(v float64) string {
	format := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.FormatFloat(v, format, -1, 64)
}
