package anomaly

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Each kind of incident is found soon, called by its name, and is normal
// again some time after it ends.
func TestKinds(t *testing.T) {
	const at, n = 6000, 8000
	r := rand.New(rand.NewPCG(9, 9))
	for _, c := range []struct {
		name   string
		f      func(i int, v float64) float64
		want   Kind
		within int // points
	}{
		{"a spike", func(i int, v float64) float64 {
			if i == at {
				return v + 40
			}
			return v
		}, Spike, 1},
		{"a drop to zero", func(i int, v float64) float64 {
			if i >= at && i < at+5 {
				return 0
			}
			return v
		}, Dip, 1},
		{"a level that stays", func(i int, v float64) float64 {
			if i >= at {
				return v + 45
			}
			return v
		}, Shift, 12},
		{"a flat line", func(i int, v float64) float64 {
			if i >= at && i < at+100 {
				return 50
			}
			return v
		}, Flat, 30},
		{"much more noise", func(i int, v float64) float64 {
			if i >= at && i < at+100 {
				return v + 6*r.NormFloat64()
			}
			return v
		}, Variance, 40},
		{"a rhythm of its own inside the usual range", func(i int, v float64) float64 {
			if i >= at && i < at+200 {
				return v + 8*math.Sin(2*math.Pi*float64(i-at)/20)
			}
			return v
		}, Pattern, 200},
	} {
		points := score(day(n, 7, c.f), Options{})
		first, named := -1, map[Kind]int{}
		for i := at; i < at+c.within; i++ {
			if points[i].Anomalous() || points[i].Alert >= Threshold {
				if first < 0 {
					first = i - at
				}
				named[points[i].Kind]++
			}
		}
		t.Logf("%s: first after %d, kinds %v", c.name, first, named)
		if first < 0 || named[c.want] == 0 {
			t.Errorf("%s: first after %d points, named %v, want %q within %d", c.name, first, named, c.want, c.within)
		}
		late := 0
		for _, p := range points[n-600:] {
			if p.Alert >= Threshold {
				late++
			}
		}
		if late > 2 {
			t.Errorf("%s: %d alerts at the end, where all is normal again", c.name, late)
		}
	}
}

// A gap is told at the first point after it.
func TestGap(t *testing.T) {
	d := New(Options{})
	y := day(3000, 8, plain)
	for i, v := range y {
		at := int64(i) * fiveMinutes
		if i >= 2000 {
			at += 40 * fiveMinutes
		}
		p := d.Next(at, v)
		if (i == 2000) != (p.Kind == Gap) {
			t.Errorf("point %d is %q with score %v", i, p.Kind, p.Score)
		}
	}
}

// On clean noise there is about one alert a week, whatever its kind.
func TestFalseAlerts(t *testing.T) {
	var ar float64
	for name, f := range map[string]func(i int, r *rand.Rand) float64{
		"white":     func(_ int, r *rand.Rand) float64 { return 50 + r.NormFloat64() },
		"rhythm":    func(i int, r *rand.Rand) float64 { return 50 + 20*math.Sin(2*math.Pi*float64(i)/288) + r.NormFloat64() },
		"inert":     func(_ int, r *rand.Rand) float64 { ar = 0.9*ar + r.NormFloat64(); return 50 + ar },
		"lognormal": func(_ int, r *rand.Rand) float64 { return math.Exp(r.NormFloat64()) },
	} {
		alerts, points := 0, 0
		for seed := range uint64(4) {
			r := rand.New(rand.NewPCG(seed, 3))
			d := New(Options{})
			for i := range 8 * 2016 {
				p := d.Next(int64(i)*fiveMinutes, f(i, r))
				if i > 2016 {
					points++
					if p.Alert >= Threshold {
						alerts++
					}
				}
			}
		}
		if weekly := float64(alerts) / float64(points) * 2016; weekly > 3 {
			t.Errorf("%s: %.1f false alerts a week", name, weekly)
		} else {
			t.Logf("%s: %.1f false alerts a week", name, weekly)
		}
	}
}
