package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"aiops/metric"
)

// Row is one value of a text, or a part of it that is refused.
type Row struct {
	metric.Key
	Line   int // from 1
	Time   int64
	Timed  bool // the text says when; otherwise Time is now
	Value  float64
	Text   []byte // what stands there; valid until the next row
	Reason string // why it is refused; "": it is not
}

// Rows gives a text's values one after the other; io.EOF behind the last.
type Rows interface{ Next() (Row, error) }

// OpenMetrics reads a text of OpenMetrics or of Prometheus' older form.
func OpenMetrics(text []byte, o Options) (Batch, error) {
	return gatherRows(NewOpenMetrics(bytes.NewReader(text), o), o.complete("instance"), int64(len(text)))
}

// Influx reads Influx line protocol; precision is ns, us, ms, s, or "" for ns.
func Influx(text []byte, precision string, o Options) (Batch, error) {
	rows, err := NewInflux(bytes.NewReader(text), precision, o)
	if err != nil {
		return Batch{}, err
	}
	return gatherRows(rows, o.complete("host"), int64(len(text)))
}

func gatherRows(rows Rows, o Options, size int64) (Batch, error) {
	if size > o.Limits.Bytes {
		return Batch{}, tooLarge(o.Limits.Bytes)
	}
	g := newGather(o)
	for {
		row, err := rows.Next()
		if err == io.EOF {
			return g.batch(), nil
		}
		if err != nil {
			return Batch{}, err
		}
		if row.Reason != "" {
			if err := g.count(); err != nil {
				return Batch{}, err
			}
			g.reject(row.Line, seriesName(row.Key), row.Reason)
			continue
		}
		i, err := g.series(row.Key)
		if err == nil {
			err = g.add(i, row.Line, row.Time, row.Value)
		}
		if err != nil {
			return Batch{}, err
		}
	}
}

// maxLine bounds a line of text.
const maxLine = 1 << 20

func readError(line int, err error) error {
	return fmt.Errorf("%w: behind line %d: %w", ErrMalformed, line, err)
}

var errYears = errors.New("the time is outside of the years that can be kept")

// toMicros turns a number of units of so many microseconds into microseconds.
func toMicros(v, unit float64) (int64, error) {
	us := math.Round(v * unit)
	if !(math.Abs(us) <= float64(lastMicros)) {
		return 0, errYears
	}
	return int64(us), nil
}
