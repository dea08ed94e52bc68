package forecast

import (
	"math"
	"testing"
)

// bell is a forecast of a standard normal and of 10 +- 1 evenly.
func bell() Forecast {
	f := Forecast{Times: []int64{1, 2}, Value: []float64{0, 10}, Levels: levels}
	for _, p := range levels {
		f.Quantiles = append(f.Quantiles, []float64{math.Sqrt2 * math.Erfinv(2*p-1), 9 + 2*p})
	}
	return f
}

func TestQuantileIntervalBelow(t *testing.T) {
	f := bell()
	for _, c := range []struct{ p, want float64 }{{0.5, 10}, {0.1, 9.2}, {0.925, 10.85}, {0.333, 9.666}, {0.005, 9.01}, {0, 9.01}, {1, 10.99}} {
		if got := f.Quantile(1, c.p); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("quantile %v: %v, want %v", c.p, got, c.want)
		}
	}
	for _, level := range []float64{0.1, 0.5, 0.8, 0.95, 0.99} {
		lower, upper := f.Interval(level)
		for i := range f.Times {
			if a, b := f.Quantile(i, (1-level)/2), f.Quantile(i, (1+level)/2); lower[i] != a || upper[i] != b {
				t.Errorf("the %v interval is %v..%v, the quantiles %v, %v", level, lower[i], upper[i], a, b)
			}
			if share := f.Below(i, upper[i]) - f.Below(i, lower[i]); math.Abs(share-level) > 0.006 { // the last quantile has nothing above
				t.Errorf("the %v interval holds %v", level, share)
			}
		}
	}
	p := f.Prediction(0.8)
	if lower, upper := f.Interval(0.8); p.Lower[1] != lower[1] || p.Upper[0] != upper[0] || p.Level != 0.8 || len(p.Value) != 2 {
		t.Errorf("prediction %+v", p)
	}
}

// Below is the inverse of Quantile between the outermost levels, 0 and 1 beyond.
func TestBelowInvertsQuantile(t *testing.T) {
	f := bell()
	for i := range f.Times {
		for p := 0.005; p < 0.995; p += 0.0033 {
			if got := f.Below(i, f.Quantile(i, p)); math.Abs(got-p) > 1e-9 {
				t.Errorf("time %d: below the %v quantile lies %v", i, p, got)
			}
		}
		if a, b := f.Below(i, -100), f.Below(i, 100); a != 0 || b != 1 {
			t.Errorf("time %d: %v below -100, %v below 100", i, a, b)
		}
	}
	last := 0.0
	for v := -4.0; v < 4; v += 0.01 {
		if p := f.Below(0, v); p < last {
			t.Fatalf("below %v lies %v, below less %v", v, p, last)
		} else {
			last = p
		}
	}
}

// Quantiles that are equal, and forecasts without any, are sure.
func TestSureForecasts(t *testing.T) {
	sure := Forecast{Times: []int64{1}, Value: []float64{5}, Levels: []float64{0.1, 0.5, 0.9}, Quantiles: [][]float64{{5}, {5}, {5}}}
	point := Forecast{Times: []int64{1}, Value: []float64{5}}
	for name, f := range map[string]Forecast{"equal quantiles": sure, "none": point} {
		if f.Below(0, 4.99) != 0 || f.Below(0, 5) != 1 || f.Below(0, 5.01) != 1 || f.Quantile(0, 0.3) != 5 {
			t.Errorf("%s: %v, %v, %v below; quantile %v", name, f.Below(0, 4.99), f.Below(0, 5), f.Below(0, 5.01), f.Quantile(0, 0.3))
		}
	}
	partly := Forecast{Times: []int64{1}, Value: []float64{0}, Levels: []float64{0.1, 0.5, 0.9}, Quantiles: [][]float64{{0}, {0}, {4}}}
	if got := partly.Below(0, 0); got != 0.5 { // at least half of the time it is 0
		t.Errorf("below 0 lies %v, want 0.5", got)
	}
	if got := partly.Below(0, 2); math.Abs(got-0.7) > 1e-12 {
		t.Errorf("below 2 lies %v, want 0.7", got)
	}
}
