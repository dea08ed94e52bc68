package view

import (
	"context"
	"math"
	"testing"
	"time"

	"aiops/charts"
	"aiops/metric"
)

func TestCorrelation(t *testing.T) {
	nan := math.NaN()
	a := ramp(1, 40)
	down := make([]float64, 40)
	flat := make([]float64, 40)
	for i := range down {
		down[i] = 7 - 2*a[i]
	}
	if got := correlation(a, a); math.Abs(got-1) > 1e-12 {
		t.Errorf("with itself %v", got)
	}
	if got := correlation(a, down); math.Abs(got+1) > 1e-12 {
		t.Errorf("with its mirror image %v", got)
	}
	if got := correlation(a, flat); !math.IsNaN(got) {
		t.Errorf("with a constant %v", got)
	}
	few := append([]float64{1, 2, 3}, make([]float64, 37)...)
	for i := range few[3:] {
		few[3+i] = nan
	}
	if got := correlation(a, few); !math.IsNaN(got) {
		t.Errorf("with three points %v", got)
	}
}

func TestBins(t *testing.T) {
	b := newBins(ramp(0, 101))
	sum := 0
	for _, n := range b.counts {
		sum += n
	}
	if sum != 101 || b.median != 50 || b.p95 != 95 || b.lo != 0 || b.hi != 100 {
		t.Errorf("%d points in the bars, %+v", sum, b)
	}
	if b := newBins([]float64{5, 5, 5}); !(b.hi > b.lo) || b.n != 3 {
		t.Errorf("a constant: %+v", b)
	}
	if b := newBins(nil); b.n != 0 {
		t.Error("nothing")
	}
}

func TestRhythm(t *testing.T) {
	clock, _ := newClock(t)
	s := metric.Series{Times: grid(at(t, "2026-11-16 00:00"), time.Hour, 14*24)}
	for i := range s.Times {
		s.Values = append(s.Values, float64(i%24)+100*float64(i/24%7))
	}
	r := newRhythm(s, clock)
	if r.means[0][0] != 0 || r.means[0][9] != 9 || r.means[6][23] != 623 || r.lo != 0 || r.hi != 623 {
		t.Errorf("Monday 9 %v, Sunday 23 %v, from %v to %v", r.means[0][9], r.means[6][23], r.lo, r.hi)
	}
}

func TestDecompose(t *testing.T) {
	const n = 10 * 288
	s := metric.Series{Times: grid(at(t, "2026-11-13 00:00"), 5*time.Minute, n), Values: wave(-10, 10, 288, n)}
	for i := range s.Values {
		s.Values[i] += 100 + 0.01*float64(i)
	}
	told := metric.Range{From: s.Times[n/2], To: s.Times[n-1] + 1}
	d := decompose(s, told)
	if d.period != metric.Micros(day) || d.trend.Len() != n-n/2 {
		t.Fatalf("period %s, %d points", Duration(d.period), d.trend.Len())
	}
	mid := d.trend.Len() / 2
	if got, want := d.trend.Values[mid], 100+0.01*float64(n/2+mid); math.Abs(got-want) > 0.5 {
		t.Errorf("the trend is %v, want %v", got, want)
	}
	if d.share < 0.95 {
		t.Errorf("trend and season explain %v", d.share)
	}
	if d := decompose(metric.Series{}, told); d.trend.Len() != 0 {
		t.Error("nothing")
	}
}

func TestExplore(t *testing.T) {
	a := reviewed(t, troubled(t))
	a.fact.Select(dbCPU, dbLat, apiCPU)
	if _, ok := a.Plan(); ok {
		t.Error("a selection is no reason to search anew")
	}
	p, ok := a.ExplorePlan()
	if !ok {
		t.Fatal("nothing is to be worked out")
	}
	if _, again := a.ExplorePlan(); again {
		t.Error("the same is worked out twice")
	}
	if !a.ApplyExplored(Explore(context.Background(), p)) {
		t.Fatal("the newest was thrown away")
	}
	if _, again := a.ExplorePlan(); again {
		t.Error("a satisfied view still wants something")
	}
	e := a.Explored()
	if len(e.matrix) != 3 || e.matrix[0][1] < 0.8 || e.matrix[0][0] != 1 {
		t.Errorf("the matrix is %v", e.matrix)
	}
	if e.Top[0].VM != "db-01" || e.Top[0].Incidents == "0" || e.Top[0].Score == "" {
		t.Errorf("the first VM is %+v", e.Top[0])
	}
	for name, f := range map[string]charts.Figure{"matrix": e.Matrix(charts.Light), "distribution": e.Distribution(charts.Light), "rhythm": e.Rhythm(charts.Light), "parts": e.Parts(charts.Light)} {
		if len(f.Panels) == 0 {
			t.Errorf("the %s has no panel", name)
		}
	}
	a.SetExploreKey(apiCPU)
	if p, ok := a.ExplorePlan(); !ok || p.Key != apiCPU {
		t.Error("another series is to be worked out")
	}
}

func TestShortNames(t *testing.T) {
	if got := shortNames([]metric.Key{dbCPU, dbLat}); got[0] != "cpu" || got[1] != "latency" {
		t.Errorf("one VM: %v", got)
	}
	if got := shortNames([]metric.Key{dbCPU, apiCPU}); got[0] != "db-01" {
		t.Errorf("one metric: %v", got)
	}
	if got := shortNames([]metric.Key{dbLat, apiCPU}); got[0] != "db-01 latency" {
		t.Errorf("neither: %v", got)
	}
}
