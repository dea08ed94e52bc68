package forecast

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"aiops/metric"
)

func component(f Forecast, name string) *Component {
	for i := range f.Components {
		if f.Components[i].Name == name {
			return &f.Components[i]
		}
	}
	return nil
}

// Of trend, day and week each comes out as it was put in, and together they are
// the series: also at both ends.
func TestDecomposeFindsTheParts(t *testing.T) {
	trend := func(i int) float64 { return 100 + 0.05*float64(i) }
	day := func(i int) float64 { return 10 * math.Sin(2*math.Pi*float64(i)/24) }
	week := func(i int) float64 {
		if i/24%7 >= 5 {
			return -5
		}
		return 2
	}
	n := 24 * 7 * 6
	m := Model{Step: metric.Step{N: 1, Unit: metric.StepHour}, Auto: train24()}
	at, y := make([]int64, n), make([]float64, n)
	for i := range y {
		at[i], y[i] = monday+int64(i)*3600e6, trend(i)+day(i)+week(i)
	}
	parts := m.decompose(at, y[:n-168], y[n-168:])
	if len(parts) != 3 || parts[0].Name != "trend" || parts[1].Name != "daily" || parts[2].Name != "weekly" || parts[1].Period != 86400e6 || parts[2].Period != 7*86400e6 {
		t.Fatalf("%d parts: %+v", len(parts), parts)
	}
	var rest float64
	for i := range y {
		sum := 0.0
		for _, p := range parts {
			if len(p.Values) != n || p.Times[i] != at[i] {
				t.Fatalf("%s has %d values", p.Name, len(p.Values))
			}
			sum += p.Values[i]
		}
		rest += math.Abs(y[i]-sum) / float64(n)
		if d := parts[1].Values[i] - day(i); math.Abs(d) > 0.5 {
			t.Fatalf("hour %d: the day is %v, want %v", i, parts[1].Values[i], day(i))
		}
	}
	if rest > 1.2 { // the week's jumps are smoothed over a day by the trend
		t.Errorf("on average %v is left", rest)
	}
}

// Without a week the rest is nothing: the decomposition of a line and a day is exact.
func TestDecomposeIsExact(t *testing.T) {
	m := Model{Step: metric.Step{N: 1, Unit: metric.StepHour}, Auto: train24()}
	m.Auto.Long = 0
	for _, n := range []int{48, 49, 71, 240} {
		at, y := make([]int64, n+30), make([]float64, n+30)
		for i := range y {
			y[i] = 5 + 0.5*float64(i) + float64(i%24*(24-i%24))
		}
		parts := m.decompose(at, y[:n], y[n:])
		var mean float64
		for i := range 24 {
			mean += parts[1].Values[i] / 24
		}
		if math.Abs(mean) > 1e-9 {
			t.Errorf("%d points: a day's mean is %v", n, mean)
		}
		for i := range y {
			if sum := parts[0].Values[i] + parts[1].Values[i]; math.Abs(sum-y[i]) > 1e-6 {
				t.Errorf("%d points, place %d: the parts add up to %v, want %v", n, i, sum, y[i])
			}
		}
	}
}

func TestCentred(t *testing.T) {
	line := func(n int) []float64 {
		y := make([]float64, n)
		for i := range y {
			y[i] = 3 - 2*float64(i)
		}
		return y
	}
	for _, n := range []int{1, 2, 3, 5, 24, 25, 26, 100} {
		for _, window := range []int{1, 2, 3, 7, 24, 25} {
			got := centred(line(n), window)
			for i, v := range got {
				want := 3 - 2*float64(i)
				if n <= window { // no whole window: the slope is not known where there is one place for it
					if math.IsNaN(v) || v > 3 || v < 3-2*float64(n) {
						t.Errorf("%d points, window %d: place %d is %v", n, window, i, v)
					}
				} else if n > window+1 && math.Abs(v-want) > 1e-9 {
					t.Errorf("%d points, window %d: place %d is %v, want %v", n, window, i, v, want)
				}
			}
		}
	}
}

// Long histories are shown in fewer points, the horizon wholly, and all parts alike.
func TestDecomposeThins(t *testing.T) {
	f, err := Forecaster{Now: clock}.Forecast(ctx, daily(4000), Options{Horizon: 60})
	if err != nil || component(f, "trend") == nil || component(f, "daily") == nil {
		t.Fatal(f.Components, err)
	}
	for _, c := range f.Components {
		n := len(c.Times)
		if n != len(c.Values) || n < 1000 || n > 1600 {
			t.Errorf("%s has %d times, %d values", c.Name, n, len(c.Values))
		}
		for i := range 60 {
			if c.Times[n-60+i] != f.Times[i] {
				t.Fatalf("%s: time %d of the horizon is missing", c.Name, i)
			}
		}
	}
	// The rhythm is 20 high, the noise 1.
	last := len(component(f, "daily").Values) - 60
	for i := range 60 {
		if sum := component(f, "trend").Values[last+i] + component(f, "daily").Values[last+i]; math.Abs(sum-f.Value[i]) > 8 && component(f, "weekly") == nil {
			t.Errorf("step %d: parts add up to %v, the forecast is %v", i, sum, f.Value[i])
		}
	}
}

// Prophet's parts add up to its forecast, or multiply the trend.
func TestProphetsPartsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	s := series(400, 24*time.Hour, func(i int) float64 { return 200 + float64(i) + 30*math.Sin(2*math.Pi*float64(i)/7) + r.NormFloat64() })
	for _, config := range []string{"", `{"seasonality_mode":"multiplicative"}`} {
		f, err := Forecaster{Now: clock}.Forecast(ctx, s, Options{Model: "prophet", Horizon: 20, Config: []byte(config)})
		if err != nil {
			t.Fatal(err)
		}
		for i := range f.Value {
			sum, factor := 0.0, 1.0
			for _, c := range f.Components {
				v := c.Values[len(c.Values)-20+i]
				if c.Factor {
					factor += v
				} else {
					sum += v
				}
			}
			if math.Abs(sum*factor-f.Value[i]) > 1e-6 {
				t.Errorf("%q, step %d: parts make %v, the forecast is %v", config, i, sum*factor, f.Value[i])
			}
		}
	}
}
