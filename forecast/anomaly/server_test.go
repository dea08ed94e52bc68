package anomaly

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// fleet scores a VM of several metrics; f makes a metric's value of noise.
func fleet(metrics, n int, seed uint64, f func(i, metric int, noise float64) float64) []ServerPoint {
	r := rand.New(rand.NewPCG(seed, 1))
	ds, names, points := make([]*Detector, metrics), make([]string, metrics), make([]Point, metrics)
	for k := range ds {
		ds[k], names[k] = New(Options{}), fmt.Sprint("m", k)
	}
	var s Server
	var out []ServerPoint
	for i := range n {
		at := int64(i) * fiveMinutes
		for k, d := range ds {
			points[k] = d.Next(at, f(i, k, r.NormFloat64()))
		}
		out = append(out, s.Next(at, names, points))
	}
	return out
}

// On clean noise a VM raises about one alert a week too, however many metrics it has.
func TestServerFalseAlerts(t *testing.T) {
	for _, metrics := range []int{1, 6} {
		alerts, points := 0, 0
		for seed := range uint64(1) {
			for _, p := range fleet(metrics, 4*2016, seed, func(i, _ int, e float64) float64 {
				return 50 + 20*math.Sin(2*math.Pi*float64(i)/288) + e
			})[2016:] {
				points++
				if p.Alert >= Threshold {
					alerts++
				}
			}
		}
		weekly := float64(alerts) / float64(points) * 2016
		t.Logf("%d metrics: %.1f false alerts a week", metrics, weekly)
		if weekly > 3 {
			t.Errorf("%d metrics: %.1f false alerts a week", metrics, weekly)
		}
	}
}

// An incident in some of the metrics is told of the VM, with these metrics as its reason.
func TestServerIncident(t *testing.T) {
	const at = 3000
	points := fleet(8, 3500, 4, func(i, k int, e float64) float64 {
		if v := 50 + e; k != 2 && k != 5 || i < at || i >= at+20 {
			return v
		}
		return 70 + 3*e
	})
	best := points[at]
	for _, p := range points[at : at+20] {
		if p.Score > best.Score {
			best = p
		}
	}
	if best.Score < Threshold || len(best.Top) < 2 || best.Top[0].Name != "m2" && best.Top[0].Name != "m5" || best.Top[0].Share < best.Top[1].Share {
		t.Errorf("%+v", best)
	}
	var sum float64
	for _, m := range best.Top {
		sum += m.Share
	}
	if sum > 1.0001 {
		t.Errorf("the shares add up to %v", sum)
	}
	for _, p := range points[at+300:] {
		if p.Alert >= Threshold {
			t.Errorf("an alert at %d, long after the incident", p.Time/fiveMinutes)
		}
	}
}

// A VM that is stored and read back goes on with the same scores.
func TestStoredServer(t *testing.T) {
	d := New(Options{})
	var a Server
	for i, v := range day(1000, 1, plain) {
		p := d.Next(int64(i)*fiveMinutes, v)
		b, err := a.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var other Server
		if err := other.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		x, y := a.Next(p.Time, []string{"cpu"}, []Point{p}), other.Next(p.Time, []string{"cpu"}, []Point{p})
		if x.Score != y.Score || x.Alert != y.Alert {
			t.Fatalf("point %d: %+v, read back %+v", i, x, y)
		}
	}
	if err := a.UnmarshalBinary([]byte("nothing")); !errors.Is(err, ErrState) {
		t.Error(err)
	}
	if p := a.Next(0, nil, nil); p.Score != 0 || p.Alert != 0 {
		t.Errorf("nothing has score %v", p.Score)
	}
}
