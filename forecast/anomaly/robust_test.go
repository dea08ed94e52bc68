package anomaly

import (
	"math"
	"math/rand/v2"
	"testing"
)

// sound reports what is wrong with what is told of a point.
func sound(p Point) string {
	switch {
	case !(p.Score >= 0 && p.Score <= 1), !(p.Alert >= 0 && p.Alert <= 1):
		return "a score is not between 0 and 1"
	case (p.Kind != "") != (p.Score >= Threshold || p.Alert >= Threshold):
		return "the kind does not go with the scores"
	case math.IsInf(p.Expected, 0) || p.Lower > p.Upper:
		return "the expectation is no number"
	}
	var sum float64
	for _, part := range p.Parts {
		sum += part.Share
	}
	if p.Parts != nil && !(sum > 0.5 && sum < 1.001) {
		return "the parts do not add up"
	}
	return ""
}

// Whatever comes, scores are numbers between 0 and 1, and after a time of
// plain values all is as usual again.
func TestOddInput(t *testing.T) {
	for name, odd := range map[string][]float64{
		"not finite": {math.NaN(), math.Inf(1), math.Inf(-1)},
		"largest":    {math.MaxFloat64, -math.MaxFloat64, 0},
		"huge":       {1e15, 1e18, -1e15},
		"tiny":       {1e-300, -1e-320, 0},
		"negative":   {-50, -49, -51},
		"constant":   {7, 7, 7},
	} {
		r := rand.New(rand.NewPCG(1, 4))
		d := New(Options{})
		plain := day(9000, 2, plain)
		late := 0
		for i, v := range plain {
			if i >= 2000 && i < 2300 {
				v = odd[r.IntN(len(odd))]
			}
			p := d.Next(int64(i)*fiveMinutes, v)
			if why := sound(p); why != "" {
				t.Fatalf("%s: point %d: %s: %+v", name, i, why, p)
			}
			if i >= 7000 && p.Alert >= Threshold {
				late++
			}
		}
		if late > 4 {
			t.Errorf("%s: %d alerts in the last week", name, late)
		}
		if p := d.Next(9000*fiveMinutes, 1e4); !p.Anomalous() {
			t.Errorf("%s: a spike later has score %.2f", name, p.Score)
		}
	}
}

// A series of only such values is told with numbers too, and nothing in it is anomalous for ever.
func TestOddSeries(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 4))
	for name, f := range map[string]func(i int) float64{
		"constant":         func(int) float64 { return 7 },
		"zero":             func(int) float64 { return 0 },
		"largest":          func(i int) float64 { return math.MaxFloat64 * float64(i%3-1) },
		"tiny":             func(i int) float64 { return 5e-324 * float64(i%5) },
		"rising for ever":  func(i int) float64 { return float64(i) },
		"two values":       func(int) float64 { return float64(r.IntN(2)) },
		"rarely not zero":  func(int) float64 { return float64(max(0, r.IntN(50)-48)) },
		"constant at last": func(i int) float64 { return float64(min(i%7, max(0, 3000-i))) },
		"a unit larger":    func(i int) float64 { return (5 + r.NormFloat64()) * math.Pow(1e6, float64(min(1, i/3000))) },
		"a unit smaller":   func(i int) float64 { return (5 + r.NormFloat64()) / math.Pow(1e6, float64(min(1, i/3000))) },
	} {
		d := New(Options{})
		late := 0
		for i := range 9000 {
			p := d.Next(int64(i)*fiveMinutes, f(i))
			if why := sound(p); why != "" {
				t.Fatalf("%s: point %d: %s: %+v", name, i, why, p)
			}
			if i >= 7000 && p.Anomalous() {
				late++
			}
		}
		if late > 40 {
			t.Errorf("%s: %d of the last 2000 points are anomalous", name, late)
		}
	}
}

// Times that occur twice, go back for a point, or are set back by an hour
// neither raise a gap nor hide the next one.
func TestOddTimes(t *testing.T) {
	for name, f := range map[string]func(i int) int64{
		"twice":          func(i int) int64 { return int64(i - i%2) },
		"one far back":   func(i int) int64 { return int64(i) * int64(min(1, max(0, (i-1000)*(i-1000)))) },
		"set back":       func(i int) int64 { return int64(i) - 12*int64(min(1, i/1000)) },
		"set back a lot": func(i int) int64 { return int64(i) - 900*int64(min(1, i/1000)) },
	} {
		d := New(Options{})
		y := day(3000, 8, plain)
		for i, v := range y {
			at := f(i) * fiveMinutes
			if i >= 2000 {
				at += 100 * fiveMinutes
			}
			if p := d.Next(at, v); (p.Kind == Gap) != (i == 2000) {
				t.Errorf("%s: point %d is %q with score %.2f", name, i, p.Kind, p.Score)
			}
		}
	}
}

// One gap does not hide the next, and gaps that come each night are usual soon.
func TestGapsAreLearnt(t *testing.T) {
	d := New(Options{})
	var gaps []int
	at := int64(0)
	y := day(12*288, 8, plain)
	for i, v := range y {
		at += fiveMinutes
		if i%288 == 0 && i > 0 {
			at += 20 * fiveMinutes
		}
		if d.Next(at, v).Kind == Gap {
			gaps = append(gaps, i/288)
		}
	}
	if len(gaps) == 0 || len(gaps) > 3 {
		t.Errorf("nightly gaps are told on days %v", gaps)
	}
}

// A shift that stays becomes normal, and the drop back is told again.
func TestShiftBecomesNormal(t *testing.T) {
	const at = 4000
	points := score(day(12000, 7, func(i int, v float64) float64 {
		if i >= at && i < 9000 {
			return v + 45
		}
		return v
	}), Options{})
	anomalous := 0
	for _, p := range points[at+600 : 9000] {
		if p.Anomalous() {
			anomalous++
		}
	}
	if anomalous > 30 {
		t.Errorf("%d points of the new level are anomalous two days later", anomalous)
	}
	if p := points[at+2000]; math.Abs(p.Expected-p.Value) > 12 {
		t.Errorf("%.1f is expected where it is %.1f", p.Expected, p.Value)
	}
	back := 0.0
	for _, p := range points[9000:9012] {
		back = max(back, p.Score)
	}
	if back < Threshold {
		t.Errorf("the way back has score %.2f", back)
	}
}

// An incident does not poison the baseline: the same one is found a week later.
func TestIncidentDoesNotPoison(t *testing.T) {
	for _, size := range []float64{30, 100, 1e4} {
		points := score(day(9000, 7, func(i int, v float64) float64 {
			if i >= 4000 && i < 4040 || i >= 7000 && i < 7040 {
				return v + size
			}
			return v
		}), Options{})
		for _, at := range []int{4000, 7000} {
			best := 0.0
			for _, p := range points[at : at+6] {
				best = max(best, p.Score)
			}
			if best < Threshold && at == 4000 || best < 0.3 {
				t.Errorf("size %v: the incident at %d has score %.2f", size, at, best)
			}
		}
		if p := points[4100]; math.Abs(p.Expected-p.Value) > 15 {
			t.Errorf("size %v: an hour after it, %.1f is expected where it is %.1f", size, p.Expected, p.Value)
		}
	}
}
