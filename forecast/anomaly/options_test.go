package anomaly

import (
	"math"
	"strings"
	"testing"
)

// told counts the anomalous points and alerts from 6,000 on, when an incident
// of the given points was put there.
func told(o Options, points int, size float64) (anomalous, alerts int) {
	y := day(7000, 7, func(i int, v float64) float64 {
		if i >= 6000 && i < 6000+points {
			return v + size
		}
		return v
	})
	for _, p := range score(y, o)[6000 : 6000+points] {
		if p.Anomalous() {
			anomalous++
		}
		if p.Alert >= Threshold {
			alerts++
		}
	}
	return anomalous, alerts
}

func TestOptionsDecide(t *testing.T) {
	at := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		name   string
		o      Options
		points int
		size   float64
		found  bool
	}{
		{"as it is", Options{}, 5, 40, true},
		{"half as sensitive", Options{Sensitivity: 0.05}, 5, 40, false},
		{"up, and it is", Options{Direction: Up}, 5, 40, true},
		{"up, and it is down", Options{Direction: Up}, 5, -40, false},
		{"down, and it is", Options{Direction: Down}, 5, -40, true},
		{"a larger deviation", Options{MinDeviation: 20}, 5, 40, true},
		{"a smaller deviation", Options{MinDeviation: 80}, 5, 40, false},
		{"a smaller share", Options{MinShare: 2}, 5, 40, false},
		{"below the ceiling", Options{Ceiling: at(200)}, 5, 40, false},
		{"above the ceiling", Options{Ceiling: at(60)}, 5, 40, true},
		{"above the floor", Options{Floor: at(-100)}, 5, -40, false},
		{"long enough", Options{MinSteps: 3}, 8, 40, true},
		{"too short", Options{MinSteps: 9}, 8, 40, false},
		{"a time long enough", Options{MinDuration: 3 * fiveMinutes}, 8, 40, true},
		{"a time too short", Options{MinDuration: 9 * fiveMinutes}, 8, 40, false},
	} {
		anomalous, alerts := told(c.o, c.points, c.size)
		if (anomalous > 0) != c.found || !c.found && alerts > 0 {
			t.Errorf("%s: %d anomalous points, %d alerts, found should be %v", c.name, anomalous, alerts, c.found)
		}
	}
}

// More sensitivity never lowers a score.
func TestSensitivityIsMonotone(t *testing.T) {
	y := day(3000, 7, plain)
	low, high := score(y, Options{Sensitivity: 1}), score(y, Options{Sensitivity: 2})
	for i := range low {
		if high[i].Score < low[i].Score {
			t.Fatalf("point %d: %v, more sensitive %v", i, low[i].Score, high[i].Score)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	five, six := 5.0, 6.0
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Sensitivity: -1}, "sensitivity"},
		{Options{Sensitivity: math.NaN()}, "sensitivity"},
		{Options{Direction: "left"}, "direction"},
		{Options{MinDeviation: -1}, "deviation"},
		{Options{MinShare: math.NaN()}, "deviation"},
		{Options{Floor: &six, Ceiling: &five}, "floor"},
		{Options{MinSteps: -1}, "how long"},
		{Options{MinDuration: -1}, "how long"},
		{Options{Sensitivity: 2, Direction: Up, Floor: &five, Ceiling: &six}, ""},
	} {
		err := c.o.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

// Maintenance: not judged but learnt from, or as if it had not been; neither
// leaves a gap, and the VM's score does not see it.
func TestSilentAndSkip(t *testing.T) {
	y := day(6400, 7, func(i int, v float64) float64 {
		if i >= 6000 && i < 6040 {
			return v + 60
		}
		return v
	})
	var later [2]float64 // the score of the same value again
	for k, skip := range []bool{false, true} {
		name := []string{"silent", "skip"}[k]
		d := New(Options{})
		var server Server
		for i, v := range y {
			at, next := int64(i)*fiveMinutes, d.Next
			if i >= 6000 && i < 6040 {
				if next = d.Silent; skip {
					next = d.Skip
				}
			}
			p := next(at, v)
			s := server.Next(at, []string{"cpu"}, []Point{p})
			if i >= 6000 && i < 6040 && (p.Score != 0 || p.Alert != 0 || p.Kind != "" || s.Score != 0) {
				t.Fatalf("%s: point %d: %+v, %+v", name, i, p, s)
			}
			if i >= 6040 && p.Kind == Gap {
				t.Fatalf("%s: a gap at %d", name, i)
			}
		}
		later[k] = d.Next(6400*fiveMinutes, y[6020]).Score
	}
	if !(later[1] >= Threshold && later[0] < later[1]-0.05) {
		t.Errorf("the same value later has score %.2f where it was learnt, %.2f where it was not", later[0], later[1])
	}
}

// Points that were excused are not missing.
func TestExcuse(t *testing.T) {
	y := day(3000, 8, plain)
	for _, excused := range []bool{false, true} {
		d := New(Options{})
		for i, v := range y[:2000] {
			d.Next(int64(i)*fiveMinutes, v)
		}
		if excused {
			d.Excuse(2100*fiveMinutes - 1)
		}
		if p := d.Next(2100*fiveMinutes, y[2100]); (p.Kind == Gap) == excused {
			t.Errorf("excused %v: %q, score %v", excused, p.Kind, p.Score)
		}
	}
}
