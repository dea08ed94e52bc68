package app

import (
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Knowledge is what persons said: of metrics, and of times.
type Knowledge struct {
	Options func(k metric.Key) anomaly.Options // nil: nothing
	Quiet   func(k metric.Key, t int64) bool   // not judged but learnt from, as maintenance; nil: never
	Skip    func(k metric.Key, t int64) bool   // neither judged nor learnt from, as a holiday; nil: never
}

func (n Knowledge) options(k metric.Key) anomaly.Options {
	if n.Options == nil {
		return anomaly.Options{}
	}
	return n.Options(k)
}

func (n Knowledge) quiet(k metric.Key, t int64) bool { return n.Quiet != nil && n.Quiet(k, t) }

func (n Knowledge) skip(k metric.Key, t int64) bool { return n.Skip != nil && n.Skip(k, t) }

// feed gives a series' points to its detector as persons said.
type feed struct {
	key   metric.Key
	known Knowledge
	d     *anomaly.Detector
	fresh bool // it has seen points since it was kept
}

func newFeed(k metric.Key, n Knowledge) *feed {
	return &feed{key: k, known: n, d: anomaly.New(n.options(k))}
}

func (f *feed) next(t int64, x float64) anomaly.Point {
	if f.known.Quiet != nil || f.known.Skip != nil {
		f.excuse(t)
	}
	switch {
	case f.known.skip(f.key, t):
		return f.d.Skip(t, x)
	case f.known.quiet(f.key, t):
		return f.d.Silent(t, x)
	}
	return f.d.Next(t, x)
}

// excuse takes points for expected to be missing where the time without them
// begins or ends in maintenance, or the middle of it lies there.
func (f *feed) excuse(t int64) {
	last, any := f.d.Newest()
	if !any || t <= last {
		return
	}
	for _, at := range [3]int64{last, last + (t-last)/2, t - 1} {
		if f.known.quiet(f.key, at) || f.known.skip(f.key, at) {
			f.d.Excuse(t - 1)
			return
		}
	}
}
