package wire

import (
	"fmt"
	"math"

	"aiops/metric"
)

// Batch is what a request holds.
type Batch struct {
	Series     []metric.Series // in the order in which they came; points too, so that times may go back
	Points     int             // in Series
	Rejected   []Rejected      // the first maxRejected rows that were refused
	Refused    int             // all of them
	Stale      int             // marks that a series has ended: nothing to store
	Empty      int             // values that are not a number: nothing was measured
	Histograms int             // native histograms, which are refused
	Exemplars  int             // not kept
}

// Rejected is a row that was refused.
type Rejected struct {
	Index  int    `json:"index"`          // among the request's rows, from 0
	Line   int    `json:"line,omitempty"` // of a text, from 1
	Series string `json:"series,omitempty"`
	Reason string `json:"reason"`
}

// maxRejected bounds what is told of one request.
const maxRejected = 1000

// lastMicros is the last time that can be kept: the end of the year 9999.
const lastMicros = int64(253402300799) * 1_000_000

// gather collects a request's rows by series.
type gather struct {
	limits Limits
	future int64
	row    int
	index  map[metric.Key]int
	out    Batch
}

func newGather(o Options) *gather {
	return &gather{limits: o.Limits, future: o.Now().Add(metric.ClockSkew).UnixMicro(), index: map[metric.Key]int{}}
}

// series is the place of a series, which is made when it is new.
func (g *gather) series(k metric.Key) (int, error) {
	i, ok := g.index[k]
	if ok {
		return i, nil
	}
	if len(g.out.Series) == g.limits.Series {
		return 0, fmt.Errorf("%w: more than %d series; send fewer at once", ErrTooLarge, g.limits.Series)
	}
	i = len(g.out.Series)
	g.index[k] = i
	g.out.Series = append(g.out.Series, metric.Series{Key: k})
	return i, nil
}

// count numbers the next row and bounds how many there are.
func (g *gather) count() error {
	g.row++
	if g.row > g.limits.Points {
		return fmt.Errorf("%w: more than %d values; send fewer at once", ErrTooLarge, g.limits.Points)
	}
	return nil
}

// add takes one value of series i.
func (g *gather) add(i, line int, t int64, v float64) error {
	if err := g.count(); err != nil {
		return err
	}
	s := &g.out.Series[i]
	switch {
	case isStale(v):
		g.out.Stale++
	case math.IsNaN(v):
		g.out.Empty++
	case math.IsInf(v, 0):
		g.reject(line, s.Key.String(), "the value is not finite")
	case t > lastMicros || t < -lastMicros:
		g.reject(line, s.Key.String(), errYears.Error())
	case t >= g.future:
		g.reject(line, s.Key.String(), "the time is in the future")
	default:
		s.Times, s.Values = append(s.Times, t), append(s.Values, v)
		g.out.Points++
	}
	return nil
}

// reject refuses the row that was counted last.
func (g *gather) reject(line int, series, reason string) {
	g.out.Refused++
	if len(g.out.Rejected) < maxRejected {
		g.out.Rejected = append(g.out.Rejected, Rejected{Index: g.row - 1, Line: line, Series: series, Reason: reason})
	}
}

// batch is what was gathered, without series that have no point.
func (g *gather) batch() Batch {
	kept := g.out.Series[:0]
	for _, s := range g.out.Series {
		if s.Len() > 0 {
			kept = append(kept, s)
		}
	}
	g.out.Series = kept
	return g.out
}

// isStale knows Prometheus' mark of a series' end from other values that are no number.
func isStale(v float64) bool { return math.Float64bits(v) == 0x7ff0000000000002 }
