package backtest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var nan = math.NaN()

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-12*max(1, math.Abs(b))
}

func equal(t *testing.T, what string, got, want Scores) {
	t.Helper()
	if got.N != want.N || !near(got.MAE, want.MAE) || !near(got.RMSE, want.RMSE) || !near(got.SMAPE, want.SMAPE) || !near(got.MASE, want.MASE) ||
		!near(got.Coverage, want.Coverage) || !near(got.WIS, want.WIS) {
		t.Errorf("%s:\n%+v, want\n%+v", what, got, want)
	}
}

// By hand: 80 % interval, so alpha is 0.2, what lies outside counts tenfold and
// the interval's weight is 0.1; scale 2.
//
//	y 10, f 8, 6..9: error 2, sMAPE 400/18, width 3, 1 outside: WIS (1 + 0.1*(3+10))/1.5 = 2.3/1.5
//	y 4,  f 5, 4..7: error 1, sMAPE 200/9, inside (bounds belong to it): (0.5 + 0.1*3)/1.5 = 0.8/1.5
//	y 0,  f 0, 1..2: error 0, sMAPE 0, width 1, 1 outside: (0 + 0.1*(1+10))/1.5 = 1.1/1.5
//	y -3, f 3, -4..4: error 6, sMAPE 1200/6, inside: (3 + 0.1*8)/1.5 = 3.8/1.5
func TestScoresByHand(t *testing.T) {
	var s Sum
	s.Add([]float64{10, nan, 4, 0, -3}, []float64{8, 1, 5, 0, 3}, []float64{6, 0, 4, 1, -4}, []float64{9, 0, 7, 2, 4}, 0.8, 2)
	want := Scores{N: 4, MAE: 9.0 / 4, RMSE: math.Sqrt(41.0 / 4), SMAPE: (400.0/18 + 200.0/9 + 0 + 200) / 4, MASE: 9.0 / 4 / 2, Coverage: 0.5, WIS: 8.0 / 1.5 / 4 / 2}
	equal(t, "by hand", s.Scores(), want)
}

// Scores of many forecasts are those of all their points; each forecast has its
// own scale, and those without one are left out of the scaled measures only.
func TestScoresOfSeveral(t *testing.T) {
	var s Sum
	add := func(actual, value, scale float64) {
		s.Add([]float64{actual}, []float64{value}, []float64{value}, []float64{value}, 0.5, scale)
	}
	add(1, 2, 1)
	add(1, 4, 10)
	add(1, 9, 0)
	// interval of no width, alpha 0.5: WIS = (e/2 + e)/1.5 = e
	equal(t, "three", s.Scores(), Scores{N: 3, MAE: 12.0 / 3, RMSE: math.Sqrt(74.0 / 3), SMAPE: (200.0/3 + 600.0/5 + 1600.0/10) / 3, MASE: (1 + 0.3) / 2, Coverage: 0, WIS: (1 + 0.3) / 2})
}

func TestScoresOfLittle(t *testing.T) {
	var nothing, missing, more, flat Sum
	equal(t, "nothing", nothing.Scores(), Scores{0, nan, nan, nan, nan, nan, nan})
	missing.Add([]float64{nan, nan}, []float64{1, 2}, []float64{1, 2}, []float64{1, 2}, 0.8, 1)
	equal(t, "only missing", missing.Scores(), Scores{0, nan, nan, nan, nan, nan, nan})
	more.Add([]float64{1, 2, 3}, []float64{1}, []float64{1}, []float64{1}, 0.8, 1) // more actual values than forecast
	equal(t, "more than forecast", more.Scores(), Scores{1, 0, 0, 0, 0, 1, 0})
	flat.Add([]float64{5}, []float64{6}, []float64{5}, []float64{7}, 0.8, 0)
	equal(t, "no scale", flat.Scores(), Scores{1, 1, 1, 200.0 / 11, nan, 1, nan})
}

// Bracher et al. (2021), equation 1: with one interval the weighted score is
// (w0 |y-m| + w1 IS)/(K+1/2), w0 = 1/2, w1 = alpha/2, IS from equation 2. It is
// also the mean of twice the pinball losses of the three quantiles, in which the
// median has half the weight of a bound.
func TestWISIsPinball(t *testing.T) {
	pinball := func(y, q, p float64) float64 {
		if y < q {
			return (1 - p) * (q - y)
		}
		return p * (y - q)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		y, m := r.NormFloat64(), r.NormFloat64()
		lower, upper, level := m-r.Float64(), m+r.Float64(), 0.05+0.9*r.Float64()
		want := (pinball(y, m, 0.5) + pinball(y, lower, (1-level)/2) + pinball(y, upper, (1+level)/2)) / 1.5
		if got := WIS(y, m, lower, upper, level); math.Abs(got-want) > 1e-12 {
			t.Fatalf("WIS(%v, %v, %v..%v, %v) = %v, want %v", y, m, lower, upper, level, got, want)
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		name   string
		y      []float64
		season int
		want   float64
	}{
		{"a season apart", []float64{0, 10, 1, 12, 0, 15}, 2, (1 + 2 + 1 + 3) / 4.0},
		{"neighbours where there is no season", []float64{0, 10, 1}, 0, (10 + 9) / 2.0},
		{"neighbours where a season does not change", []float64{1, 5, 1, 5}, 2, 4},
		{"neighbours where there are less than two", []float64{1, 2, 4}, 2, 1.5},
		{"constant", []float64{3, 3, 3, 3}, 2, 0}, {"one point", []float64{3}, 1, 0}, {"nothing", nil, 7, 0},
	} {
		if got := Scale(c.y, c.season); !near(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The seasonal naive has a MASE of 1 on a series that goes on as it did.
func TestMASEOfTheSeasonalNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	y := make([]float64, 24000)
	for i := range y {
		y[i] = float64(i%24) + r.NormFloat64()
	}
	var s Sum
	known, actual := y[:12000], y[12000:]
	value := slices.Clone(y[12000-24 : 24000-24])
	s.Add(actual, value, value, value, 0.8, Scale(known, 24))
	if got := s.Scores().MASE; math.Abs(got-1) > 0.04 { // 4 standard errors: 0.76/sqrt(12000) each for both means
		t.Errorf("MASE %v, want 1", got)
	}
}
