package charts

import (
	"math"
	"testing"
	"time"
)

// storyLanes is a day of lanes with an incident and a gap.
func storyLanes(t Theme) Figure {
	c := &Cells{Pitch: 18.6, NoteHead: "Max", Key: true}
	for i, vm := range []string{"api-01", "batch-01", "db-01", "web-03"} {
		r := Row{Name: vm, Note: "0.31", Selected: i == 2, Strong: i == 2}
		for at := storyDay.From; at < storyDay.To; at += 15 * 60e6 {
			v := 0.1
			hours := float64(at-storyDay.From) / 3.6e9
			switch {
			case i == 3 && hours > 12 && hours < 13:
				v = math.NaN()
			case i == 2 && hours > 20 && hours < 21:
				v = 0.97
			case i == 1 && hours > 5 && hours < 7:
				v = 0.25 + 0.3*(hours-5)
			}
			r.Cells = append(r.Cells, Cell{From: at, To: at + 15*60e6, Value: v})
		}
		c.Rows = append(c.Rows, r)
	}
	return Figure{Theme: t, Zone: berlin, Range: storyDay, ThisYear: 2026, Panels: []Panel{{Title: "Anomaly score", Cells: c}}}
}

// storyMatrix is a small correlation matrix.
func storyMatrix(t Theme) Figure {
	c := &Cells{Colors: SignedRamp}
	names := []string{"cpu", "latency", "requests"}
	values := [][]float64{{1, 0.84, -0.6}, {0.84, 1, -0.21}, {-0.6, -0.21, 1}}
	f := Figure{Theme: t}
	for i, name := range names {
		r := Row{Name: name}
		for j, v := range values[i] {
			r.Cells = append(r.Cells, Cell{From: int64(j) * 1000, To: int64(j+1) * 1000, Value: v, Text: []string{"1.00", "0.84", "0.21"}[(i+j)%3]})
		}
		c.Rows = append(c.Rows, r)
		f.Ticks = append(f.Ticks, Tick{Time: int64(i)*1000 + 500, Text: name})
	}
	f.Range.To = 3000
	f.Panels = []Panel{{Cells: c}}
	return f
}

// storyBars is a histogram.
func storyBars(t Theme) Figure {
	f := Figure{Theme: t, Ticks: []Tick{{Time: 0, Text: "0"}, {Time: 10000, Text: "100"}}}
	f.Range.To = 10000
	p := Panel{}
	for i := range 20 {
		x := float64(i-8) / 4
		p.Bars = append(p.Bars, Bar{From: int64(i) * 500, To: int64(i+1) * 500, Value: 900 * math.Exp(-x*x), Alarm: i > 16})
	}
	f.Panels = []Panel{p}
	return f
}

func TestScoreClass(t *testing.T) {
	for v, want := range map[float64]int{-1: 0, 0: 0, 0.24: 0, 0.25: 1, 0.5: 2, 0.65: 3, 0.79: 3, 0.8: 4, 0.92: 5, 1: 5} {
		if got := ScoreClass(v); got != want {
			t.Errorf("the class of %v is %d, want %d", v, got, want)
		}
	}
}

func TestLanesLayout(t *testing.T) {
	l := storyLanes(Light).Layout(Size{840, 316})
	p := l.Panels[0]
	if got := p.Y1 - p.Y0; math.Abs(got-4*18.6) > 1 {
		t.Errorf("four lanes are %v high", got)
	}
	if row := 4 - 1 - int(p.Value(p.Y0+2.5*18.6)); row != 2 {
		t.Errorf("the third lane is found as %d", row)
	}
	if l.Time(l.X(storyDay.From+time.Hour.Microseconds()))-storyDay.From-3600e6 > 1e6 {
		t.Error("time and place do not agree")
	}
}
