package forecast

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"aiops/metric"
)

// counting is a storage that counts how often a model is saved, which is after training.
type counting struct {
	Storage
	saved int
}

func (c *counting) Save(ctx context.Context, m Model) error {
	c.saved++
	return c.Storage.Save(ctx, m)
}

// daily is a noisy rhythm of n points of five minutes, the same for all n.
func daily(n int) metric.Series {
	r := rand.New(rand.NewPCG(1, 2))
	return series(n, 5*time.Minute, func(i int) float64 { return 50 + 20*math.Sin(2*math.Pi*float64(i)/288) + r.NormFloat64() })
}

// A model is used again as long as it serves, and trained again when it does not.
func TestModelFreshness(t *testing.T) {
	o := Options{Horizon: 48}
	raised := daily(1010)
	for i := 1000; i < 1010; i++ {
		raised.Values[i] += 30 // its mean error is about 1
	}
	other := daily(1010)
	other.Times, other.Values = other.Times[20:], other.Values[20:]
	old := daily(1000)
	old.Times, old.Values = old.Times[:400], old.Values[:400]
	for _, c := range []struct {
		name  string
		s     metric.Series
		o     Options
		fresh bool
	}{
		{"the same", daily(1000), o, true},
		{"a few new points", daily(1010), o, true},
		{"just a tenth", daily(1100), Options{Horizon: 48}, true},
		{"more than a tenth", daily(1101), o, false},
		{"a shorter horizon", daily(1000), Options{Horizon: 10}, true},
		{"a longer horizon", daily(1000), Options{Horizon: 49}, false},
		{"the horizon as a time", daily(1000), Options{Span: 4 * time.Hour}, true},
		{"a longer time", daily(1000), Options{Span: 5 * time.Hour}, false},
		{"the same step", daily(1000), Options{Horizon: 48, Step: metric.Step{N: 5, Unit: metric.StepMinute}}, true},
		{"another step", daily(1000), Options{Horizon: 48, Step: metric.Step{N: 10, Unit: metric.StepMinute}}, false},
		{"another interval", daily(1000), Options{Horizon: 48, Level: 0.5}, true},
		{"other settings", daily(1000), Options{Horizon: 48, Config: []byte(`{"model":"naive"}`)}, false},
		{"another model", daily(1000), Options{Horizon: 48, Model: "naive"}, false},
		{"errors beyond the promise", raised, o, false},
		{"without the first points", other, o, false},
		{"without the last points", old, o, true}, // nothing that it has not seen
		{"only later points", metric.Series{Key: old.Key, Times: daily(1010).Times[1000:], Values: daily(1010).Values[1000:]}, o, false},
	} {
		store := &counting{Storage: Files{Dir: t.TempDir()}}
		f := Forecaster{Storage: store, Now: clock}
		if _, err := f.Model(ctx, daily(1000), o); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Model(ctx, c.s, c.o); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if again := store.saved > 1; again == c.fresh {
			t.Errorf("%s: trained again %t", c.name, again)
		}
	}
}

// Long histories are cut for training, and trembling times are on no grid: the
// model serves nevertheless, and errors are compared at the right times.
func TestModelFreshnessOfTremblingTimes(t *testing.T) {
	tremble := func(n int) metric.Series {
		s := daily(n)
		r := rand.New(rand.NewPCG(3, 3))
		for i := range s.Times {
			s.Times[i] += r.Int64N(60e6) - 30e6
		}
		return s
	}
	steep := func(n int) metric.Series { // two values in turn: one place off is all wrong
		s := tremble(n)
		r := rand.New(rand.NewPCG(9, 9))
		for i := range s.Values {
			s.Values[i] = 100*float64(i%2) + r.Float64()
		}
		return s
	}
	monthly := func(n int) metric.Series {
		r := rand.New(rand.NewPCG(9, 9))
		s := metric.Series{Key: metric.Key{VM: "a", Metric: "sales"}}
		for i := range n {
			s.Times, s.Values = append(s.Times, metric.Step{N: 1, Unit: metric.StepMonth}.Add(monday, i)), append(s.Values, float64(1000*(i%12))+r.NormFloat64())
		}
		return s
	}
	for name, c := range map[string]struct {
		make       func(int) metric.Series
		n, further int
	}{"cut": {tremble, 9500, 9520}, "steep": {steep, 1000, 1020}, "months": {monthly, 120, 131}} {
		store := &counting{Storage: Files{Dir: t.TempDir()}}
		f := Forecaster{Storage: store, Now: clock}
		m, err := f.Model(ctx, c.make(c.n), Options{Horizon: 48})
		if err != nil {
			t.Fatal(err)
		}
		if name == "cut" && m.Points >= c.n {
			t.Errorf("%d points are learnt from", m.Points)
		}
		if _, err := f.Model(ctx, c.make(c.further), Options{Horizon: 48}); err != nil || store.saved != 1 {
			t.Errorf("%s: saved %d times, %v", name, store.saved, err)
		}
	}
}

func TestNearest(t *testing.T) {
	for at, want := range map[int64]int{-5: 0, 10: 0, 14: 0, 16: 1, 20: 1, 24: 1, 26: 2, 99: 2} {
		if got := nearest([]int64{10, 20, 30}, at); got != want {
			t.Errorf("nearest to %d is %d, want %d", at, got, want)
		}
	}
}

// A step that was asked for once is not the one of those who name none.
func TestStepIsNotRemembered(t *testing.T) {
	f := Forecaster{Storage: Files{Dir: t.TempDir()}, Now: clock}
	ten := metric.Step{N: 10, Unit: metric.StepMinute}
	for _, c := range []struct{ asked, want metric.Step }{{ten, ten}, {metric.Step{}, metric.Step{N: 5, Unit: metric.StepMinute}}, {ten, ten}} {
		m, err := f.Model(ctx, daily(4000), Options{Horizon: 3, Step: c.asked})
		if err != nil || m.Step != c.want {
			t.Errorf("asked for %q: %v, %v", c.asked, m.Step, err)
		}
	}
}
