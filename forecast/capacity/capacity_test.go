package capacity

import (
	"math"
	"slices"
	"testing"
	"time"

	"aiops/forecast"
	"aiops/metric"
)

const hour = int64(3600e6)

// origin is Mon 23 Nov 2026 12:00 UTC.
var origin = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC).UnixMicro()

// ramp is a forecast by the hour whose value at step i (from 0) is start + i*slope,
// with the quantiles 10 %, 50 %, 90 % ten apart; it goes on like this to 5 % and 95 %.
func ramp(start, slope float64, n int) forecast.Forecast {
	f := forecast.Forecast{Key: metric.Key{VM: "web-01", Metric: "cpu"}, Origin: origin, Step: metric.Step{N: 1, Unit: metric.StepHour},
		Model: "auto", Levels: []float64{0.05, 0.1, 0.5, 0.9, 0.95}, Quantiles: make([][]float64, 5)}
	for i := range n {
		v := start + slope*float64(i)
		f.Times, f.Value = append(f.Times, origin+int64(i+1)*hour), append(f.Value, v)
		for j := range f.Quantiles {
			f.Quantiles[j] = append(f.Quantiles[j], v+[]float64{-11.25, -10, 0, 10, 11.25}[j])
		}
	}
	return f
}

// at is the time of a step, which may lie between two.
func at(i float64) int64 { return origin + int64((i+1)*float64(hour)) }

func near(t *testing.T, what string, got, want int64) {
	t.Helper()
	if d := got - want; d > 1000 || d < -1000 {
		t.Errorf("%s: %v, want %v", what, metric.Time(got), metric.Time(want))
	}
}

// By hand: at step i the probability of 90 or more is 0.1 + 0.04 i.
func TestDates(t *testing.T) {
	o := Look(ramp(80, 1, 40), 79, Threshold{Value: 90})
	for i, step := range []float64{5, 10, 20} {
		near(t, "date", o.Dates[i].Time, at(step))
	}
	near(t, "point", o.Point.Time, at(10))
	if o.Already || o.Final != 1 || o.End != at(39) {
		t.Errorf("%+v, final %v, point %+v", o.Dates, o.Final, o.Point)
	}
	// Half as steep: between the steps.
	o = Look(ramp(80, 0.75, 60), 79, Threshold{Value: 90})
	for i, p := range Probabilities {
		near(t, "date", o.Dates[i].Time, at((p-0.1)/0.03))
	}
	near(t, "point", o.Point.Time, at(10/0.75))
}

func TestDatesBelow(t *testing.T) {
	o := Look(ramp(40, -1, 40), 41, Threshold{Value: 30, Below: true})
	for i, step := range []float64{5, 10, 20} {
		near(t, "date", o.Dates[i].Time, at(step))
	}
	near(t, "point", o.Point.Time, at(10))
}

func TestNotWithinTheHorizon(t *testing.T) {
	o := Look(ramp(80, 1, 8), 79, Threshold{Value: 90})
	near(t, "30 %", o.Dates[0].Time, at(5))
	if o.Dates[1].Within() || o.Dates[2].Within() || o.Point.Within() || math.Abs(o.Final-0.38) > 1e-9 {
		t.Errorf("%+v, final %v, point %+v", o.Dates, o.Final, o.Point)
	}
	for _, f := range []forecast.Forecast{ramp(80, 1, 0), ramp(10, 0, 5)} {
		if o := Look(f, 10, Threshold{Value: 90}); o.Dates[0].Within() || o.Point.Within() || o.Final != 0 {
			t.Errorf("%+v, final %v, point %+v", o.Dates, o.Final, o.Point)
		}
	}
}

// The probability by a date never falls, and the first step counts from the origin.
func TestPeaksCount(t *testing.T) {
	f := ramp(80, 1, 11)
	back := ramp(90, -5, 10)
	f.Value = append(f.Value, back.Value...)
	for i, v := range back.Times {
		f.Times = append(f.Times, v+11*hour)
		for j := range f.Quantiles {
			f.Quantiles[j] = append(f.Quantiles[j], back.Quantiles[j][i])
		}
	}
	if o := Look(f, 79, Threshold{Value: 90}); math.Abs(o.Final-0.5) > 1e-9 || !o.Likely().Within() || o.Dates[2].Within() {
		t.Errorf("%+v, final %v, point %+v", o.Dates, o.Final, o.Point)
	}
	o := Look(ramp(200, 0, 3), 79, Threshold{Value: 90})
	near(t, "90 %", o.Dates[2].Time, origin+hour*9/10)
	near(t, "point", o.Point.Time, origin+hour*11/121)
}

func TestAlreadyBeyond(t *testing.T) {
	for _, c := range []struct {
		last float64
		t    Threshold
	}{{91, Threshold{Value: 90}}, {90, Threshold{Value: 90}}, {5, Threshold{Value: 10, Below: true}}} {
		if o := Look(ramp(80, 1, 5), c.last, c.t); !o.Already || o.Final != 1 || o.Likely().Time != origin {
			t.Errorf("%v, %+v: %+v, final %v", c.last, c.t, o.Dates, o.Final)
		}
	}
}

// Reaching is being at it: a series that is constant at the threshold is there.
func TestCertainForecasts(t *testing.T) {
	f := ramp(90, 0, 3)
	for j := range f.Quantiles {
		f.Quantiles[j] = []float64{90, 90, 90}
	}
	if o := Look(f, 80, Threshold{Value: 90}); o.Final != 1 {
		t.Errorf("%+v, final %v, point %+v", o.Dates, o.Final, o.Point)
	}
	if o := Look(f, 80, Threshold{Value: 90.001}); o.Final != 0 {
		t.Errorf("%+v, final %v, point %+v", o.Dates, o.Final, o.Point)
	}
	f.Levels, f.Quantiles = nil, nil // a forecast without a distribution
	if o := Look(f, 80, Threshold{Value: 90}); o.Final != 1 || !o.Point.Within() {
		t.Errorf("%+v, final %v, point %+v", o.Dates, o.Final, o.Point)
	}
	f = ramp(math.NaN(), 0, 3)
	if o := Look(f, 80, Threshold{Value: 90}); o.Final != 0 || o.Point.Within() {
		t.Errorf("%+v, final %v, point %+v", o.Dates, o.Final, o.Point)
	}
}

func TestRank(t *testing.T) {
	outlook := func(vm string, start float64, n int, last float64) Outlook {
		f := ramp(start, 1, n)
		f.VM = vm
		return Look(f, last, Threshold{Value: 90})
	}
	all := []Outlook{outlook("never", 10, 5, 10), outlook("perhaps", 80, 8, 10), outlook("later", 80, 40, 10), outlook("now", 80, 5, 95),
		outlook("soon", 85, 40, 10), outlook("also never", 10, 5, 10), outlook("hardly", 80, 4, 10)}
	Rank(all)
	var got []string
	for _, o := range all {
		got = append(got, o.VM)
	}
	if want := []string{"now", "soon", "later", "perhaps", "hardly", "also never", "never"}; !slices.Equal(got, want) {
		t.Errorf("ranked %v", got)
	}
}
