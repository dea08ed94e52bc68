package prophet

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPredictRefuses(t *testing.T) {
	h := madeUp(100, 24*time.Hour, 7)
	m := mustFit(t, h, Default())
	top, bottom := 100.0, 1.0
	c := Default()
	c.Growth, c.Cap = Logistic, &top
	floors := slices.Repeat([]float64{bottom}, 100)
	h.Floor = floors
	floored := mustFit(t, h, c)
	f := Future{Times: h.Times[:3]}
	for _, c := range []struct {
		m      *Model
		f      Future
		levels []float64
		says   string
	}{
		{&Model{}, f, nil, "not fitted"},
		{&Model{Start: 0, End: 1, N: 2, YScale: 1, Beta: []float64{1}}, f, nil, "do not fit together"},
		{&Model{Start: 0, End: 1, N: 2, YScale: 1, Seasons: []Seasonality{{FourierOrder: 1}}}, f, nil, "features"},
		{&Model{Start: 0, End: 1, N: 2, YScale: 1, Seasons: []Seasonality{{FourierOrder: -1}}}, f, nil, "growth"},
		{m, Future{Times: []int64{2, 1}}, nil, "do not ascend"},
		{m, f, []float64{0.5, 1}, "level 1"},
		{m, f, []float64{math.NaN()}, "level NaN"},
		{floored, f, nil, "column of floors"},
	} {
		if _, err := c.m.Predict(c.f, c.levels, 0); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want %q", err, c.says)
		}
	}
}

func TestPredictNothing(t *testing.T) {
	p := mustPredict(t, mustFit(t, madeUp(50, 24*time.Hour), Default()), Future{}, nil)
	if len(p.Yhat) != 0 || len(p.Quantiles) != 2 {
		t.Errorf("%+v", p)
	}
}

func TestPredictDependsOnTheSeedOnly(t *testing.T) {
	h := madeUp(400, 24*time.Hour, 7)
	m := mustFit(t, h, Default())
	f := ahead(h, 90)
	a, b := mustPredict(t, m, f, nil), mustPredict(t, m, f, nil)
	if !reflect.DeepEqual(a, b) {
		t.Error("the same seed gave two forecasts")
	}
	c, err := m.Predict(f, nil, 2)
	if err != nil || reflect.DeepEqual(a.Quantiles, c.Quantiles) || !reflect.DeepEqual(a.Yhat, c.Yhat) {
		t.Errorf("another seed must change the quantiles and nothing else (%v)", err)
	}
}

// Quantiles ascend with their level, in the history they are the noise's own,
// and after it they widen.
func TestQuantiles(t *testing.T) {
	h := madeUp(600, 24*time.Hour, 7)
	top, bottom := 200.0, 0.0
	levels := []float64{0.005, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 0.995}
	for _, g := range []Growth{Linear, Flat, Logistic} {
		c := Default()
		c.Growth, c.Cap, c.Floor = g, &top, &bottom
		m := mustFit(t, h, c)
		p := mustPredict(t, m, ahead(h, 200), levels)
		for j := range levels {
			z := normalQuantile(levels[j])
			for i := range p.Times {
				if j > 0 && p.Quantiles[j][i] < p.Quantiles[j-1][i] {
					t.Fatalf("%s: row %d: level %v lies below %v", g, i, levels[j], levels[j-1])
				}
				exact := p.Yhat[i] + m.SigmaObs*m.YScale*z
				if inside := i < 600 || g == Flat; inside && math.Abs(p.Quantiles[j][i]-exact) > 1e-9*math.Abs(exact) {
					t.Fatalf("%s: row %d: level %v is %v, the noise's %v", g, i, levels[j], p.Quantiles[j][i], exact)
				}
			}
		}
		width := func(i int) float64 { return p.Quantiles[8][i] - p.Quantiles[0][i] }
		if g != Flat && (width(799) < 1.02*width(600) || p.TrendUpper[799] <= p.Trend[799] || p.TrendLower[799] >= p.Trend[799]) {
			t.Errorf("%s: width %v at the start, %v at the end", g, width(600), width(799))
		}
	}
}

// The simulated trend has the variance of Prophet's process: a change at step
// i is felt with half its size from i and fully from i+1, so that after n steps
// the variance is p 2b² dt² times the sum of (j - 1/2)² over j = 1..n.
func TestFuturesHaveTheirVariance(t *testing.T) {
	h := madeUp(300, 24*time.Hour)
	m := mustFit(t, h, Default())
	m.Config.UncertaintySamples = 40000
	f := ahead(h, 100)
	rows, err := m.scale(f.Times, nil, f.columns(m.Config))
	if err != nil {
		t.Fatal(err)
	}
	s := m.newFutures(rows, 300, 5)
	b, dt := m.meanChange()*m.YScale, 1.0/299
	var weights float64
	for j := 1; j <= 100; j++ {
		var got float64
		for _, a := range s.next() {
			got += a * a / 40000
		}
		weights += (float64(j) - 0.5) * (float64(j) - 0.5)
		if want := 25 * dt * 2 * b * b * dt * dt * weights; j > 5 && math.Abs(got/want-1) > 0.1 {
			t.Errorf("step %d: variance %v, want %v", j, got, want)
		}
	}
}

func TestWithoutSamplesThereAreNoBounds(t *testing.T) {
	h := madeUp(100, 24*time.Hour)
	c := Default()
	c.UncertaintySamples = 0
	p := mustPredict(t, mustFit(t, h, c), ahead(h, 5), nil)
	if p.Quantiles != nil || p.TrendLower != nil || len(p.Yhat) != 105 {
		t.Errorf("%+v", p)
	}
}

// A future of a single step takes the history's step, one far away its own.
func TestPredictFewAndFarTimes(t *testing.T) {
	h := madeUp(100, 24*time.Hour)
	m := mustFit(t, h, Default())
	last := h.Times[99]
	for _, times := range [][]int64{{last + day}, {last + 5000*day}, {last + day, last + day, last + 900*day}, {h.Times[0] - 50*day, last}} {
		p := mustPredict(t, m, Future{Times: times}, nil)
		for i := range times {
			if p.Quantiles[0][i] > p.Quantiles[1][i] {
				t.Errorf("%v: bounds %v", times, p.Quantiles)
			}
		}
	}
}

// Selected quantiles are those of the sorted samples.
func TestSelection(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	levels := []float64{0.001, 0.1, 0.5, 0.77, 0.9, 0.999}
	for i := range 60 {
		v := make([]float64, 2+rng.IntN(700))
		for k := range v {
			switch i % 4 {
			case 0:
				v[k] = rng.NormFloat64()
			case 1:
				v[k] = math.Exp(20 * rng.NormFloat64()) // nearly all in one bucket
			case 2:
				v[k] = float64(rng.IntN(3))
			}
		}
		s := newSelection(len(v))
		s.mirrored = i%3 == 0
		sorted := slices.Clone(v)
		if s.mirrored {
			for _, x := range v {
				sorted = append(sorted, -x)
			}
		}
		slices.Sort(sorted)
		got := make([]float64, len(levels))
		s.quantiles(slices.Clone(v), levels, got)
		for j, l := range levels {
			rank := l * float64(len(sorted)-1)
			slack := 0.0
			if s.mirrored {
				slack = 1.5 // of the doubled sample, whose ranks lie half as far apart
			}
			low, high := sorted[max(0, int(rank-slack))], sorted[min(len(sorted)-1, int(math.Ceil(rank+slack)))]
			if got[j] < low-1e-12 || got[j] > high+1e-12 {
				t.Errorf("%d: quantile %v of %d is %v, not within %v and %v", i, l, len(v), got[j], low, high)
			}
		}
	}
}
