package capacity

import (
	"cmp"
	"math"
	"slices"

	"aiops/forecast"
	"aiops/metric"
)

// Threshold is what is reached by going above it, or below.
type Threshold struct {
	Value float64 `json:"value"`
	Below bool    `json:"below,omitempty"`
}

// beyond reports whether a value has reached the threshold.
func (t Threshold) beyond(v float64) bool {
	if t.Below {
		return v <= t.Value
	}
	return v >= t.Value
}

// Date is when the threshold is reached with a probability.
type Date struct {
	P    float64 `json:"p"`
	Time int64   `json:"time"` // 0: not within the horizon
}

// Within reports whether the date lies in the horizon.
func (d Date) Within() bool { return d.Time != 0 }

// Probabilities are those that an outlook has dates for.
var Probabilities = [3]float64{0.3, 0.5, 0.9}

// Outlook tells when a series reaches a threshold.
type Outlook struct {
	metric.Key
	Threshold Threshold
	Model     string
	Step      metric.Step
	How       string  // what the steps are made of: "daily mean"; empty: the points as they are
	Origin    int64   // of the last point that the forecast knows
	End       int64   // of the horizon
	Last      float64 // the last value
	Already   bool    // the last value is beyond the threshold
	Point     Date    // when the point forecast reaches it
	Dates     [3]Date // with Probabilities
	Final     float64 // probability that it is reached by the end
}

// Likely is when it is as probable as not that the threshold is reached.
func (o Outlook) Likely() Date { return o.Dates[1] }

// Look reads from a forecast when the threshold is reached: that a step of the
// forecast lies beyond it. last is the last value that is known. The probability
// by a date is the highest of the steps up to it; between steps it is
// interpolated.
func Look(f forecast.Forecast, last float64, t Threshold) Outlook {
	o := Outlook{Key: f.Key, Threshold: t, Model: f.Model, Step: f.Step, Origin: f.Origin, End: f.Origin, Last: last, Already: t.beyond(last)}
	if n := len(f.Times); n > 0 {
		o.End = f.Times[n-1]
	}
	for i, p := range Probabilities {
		o.Dates[i].P = p
	}
	if o.Already {
		o.reachedAtOrigin()
		return o
	}
	o.crossings(f)
	o.Point = Date{P: 0.5, Time: pointDate(f, last, t)}
	return o
}

func (o *Outlook) reachedAtOrigin() {
	o.Final, o.Point = 1, Date{P: 0.5, Time: o.Origin}
	for i := range o.Dates {
		o.Dates[i].Time = o.Origin
	}
}

// crossings finds when the probability reaches each level.
func (o *Outlook) crossings(f forecast.Forecast) {
	at, so := f.Origin, 0.0
	for i, t := range f.Times {
		p := max(so, probability(f, i, o.Threshold)) // max leaves NaN to be looked at
		if math.IsNaN(p) {
			p = so
		}
		for j := range o.Dates {
			if d := &o.Dates[j]; !d.Within() && p >= d.P {
				d.Time = between(at, t, (d.P-so)/(p-so))
			}
		}
		at, so = t, p
	}
	o.Final = so
}

// probability is that of the value at step i to be beyond the threshold.
func probability(f forecast.Forecast, i int, t Threshold) float64 {
	if t.Below {
		return f.Below(i, t.Value)
	}
	return 1 - f.Below(i, math.Nextafter(t.Value, math.Inf(-1)))
}

// pointDate is when the line of point forecasts crosses the threshold, 0 for never.
func pointDate(f forecast.Forecast, last float64, t Threshold) int64 {
	at, before := f.Origin, last
	for i, v := range f.Value {
		if t.beyond(v) {
			if share := (t.Value - before) / (v - before); share >= 0 && share <= 1 {
				return between(at, f.Times[i], share)
			}
			return f.Times[i]
		}
		at, before = f.Times[i], v
	}
	return 0
}

func between(a, b int64, share float64) int64 { return a + int64(share*float64(b-a)) }

// Rank orders outlooks: those that are beyond the threshold, then the soonest,
// then the most probable at the end of the horizon.
func Rank(all []Outlook) {
	slices.SortStableFunc(all, func(a, b Outlook) int {
		return cmp.Or(-compareBool(a.Already, b.Already), compareDates(a.Likely(), b.Likely()), -cmp.Compare(a.Final, b.Final), a.Key.Compare(b.Key))
	})
}

func compareDates(a, b Date) int {
	if a.Within() && b.Within() {
		return cmp.Compare(a.Time, b.Time)
	}
	return -compareBool(a.Within(), b.Within())
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
