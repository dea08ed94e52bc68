package prophet

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func mustFit(t testing.TB, h History, c Config) *Model {
	t.Helper()
	m, err := Fit(h, c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mustPredict(t testing.TB, m *Model, f Future, levels []float64) Prediction {
	t.Helper()
	p, err := m.Predict(f, levels, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, col := range append([][]float64{p.Yhat, p.Trend, p.TrendLower, p.TrendUpper}, p.Quantiles...) {
		if i := slices.IndexFunc(col, func(v float64) bool { return !finite(v) }); i >= 0 {
			t.Fatalf("row %d is %v", i, col[i])
		}
	}
	return p
}

// Rows without a value do not count, and the order of rows does not matter.
func TestFitLeavesOutRowsWithoutValue(t *testing.T) {
	h := madeUp(200, 24*time.Hour, 7)
	want := mustFit(t, h, Default())
	mixed := History{}
	for i := len(h.Times) - 1; i >= 0; i-- {
		mixed.Times = append(mixed.Times, h.Times[i], h.Times[i]+day/2)
		mixed.Values = append(mixed.Values, h.Values[i], math.NaN())
	}
	if got := mustFit(t, mixed, Default()); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if mixed.Times[0] < mixed.Times[2] {
		t.Error("Fit sorted the caller's rows")
	}
}

// Columns that the options do not use may have any length.
func TestFitLooksAtItsColumnsOnly(t *testing.T) {
	h := History{Times: []int64{2 * day, 0, day}, Values: []float64{1, 2, 4}, Cap: []float64{1}, Regressors: map[string][]float64{"other": {1, 2}}}
	mustFit(t, h, Default())
}

func TestFitTakesTimesTwice(t *testing.T) {
	h := madeUp(100, 24*time.Hour, 7)
	h.Times, h.Values = append(h.Times, h.Times...), append(h.Values, h.Values...)
	m := mustFit(t, h, Default())
	if m.N != 200 {
		t.Errorf("%d rows", m.N)
	}
	checkOptimum(t, "twice", m, h)
}

func TestFitRefuses(t *testing.T) {
	one := []int64{0, day, 2 * day}
	values := []float64{1, 2, 3}
	logistic, regress, condition := Default(), Default(), Default()
	logistic.Growth = Logistic
	regress.Regressors = []Regressor{{Name: "load", Standardize: Auto}}
	condition.Seasonalities = []Seasonality{{Name: "s", Period: 3, FourierOrder: 1, ConditionName: "on"}}
	outside := Default()
	outside.Changepoints = []Date{Date(9 * day)}
	low := 0.0
	capped := logistic
	capped.Cap = &low
	for _, c := range []struct {
		h    History
		c    Config
		says string
	}{
		{History{}, Default(), "fewer than two rows"},
		{History{Times: one[:1], Values: values[:1]}, Default(), "fewer than two rows"},
		{History{Times: []int64{day, day}, Values: values[:2]}, Default(), "different times"},
		{History{Times: one, Values: []float64{1, math.NaN(), math.NaN()}}, Default(), "fewer than two rows"},
		{History{Times: one, Values: values[:2]}, Default(), "2 values for 3 times"},
		{History{Times: one, Values: []float64{1, math.Inf(1), 2}}, Default(), "value 1 is infinite"},
		{History{Times: one, Values: []float64{1, 1e-310, 0}}, Config{}, "growth"},
		{History{Times: one, Values: []float64{1e-310, 2e-310, 0}}, Default(), "another unit"},
		{History{Times: one, Values: values}, logistic, `"cap"`},
		{History{Times: one, Values: values}, capped, "not above the floor"},
		{History{Times: one, Values: values, Cap: []float64{9}}, logistic, "1 rows"},
		{History{Times: one, Values: values, Cap: []float64{9, math.NaN(), 9}}, logistic, "cap is NaN in row 1"},
		{History{Times: one, Values: values}, regress, "regressor load is missing"},
		{History{Times: one, Values: values, Regressors: map[string][]float64{"load": {1, math.Inf(1), 2}}}, regress, "fill the gap"},
		{History{Times: one, Values: values}, condition, "condition on is missing"},
		{History{Times: one, Values: values, Regressors: map[string][]float64{"on": {1, 0, 2}}}, condition, "0 or 1"},
		{History{Times: one, Values: values}, outside, "outside the history"},
	} {
		if _, err := Fit(c.h, c.c); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want %q", err, c.says)
		}
	}
	if _, err := Fit(History{}, Default()); !errors.Is(err, ErrTooFew) {
		t.Errorf("got %v", err)
	}
}

// Prophet gives a constant series the line through it and a sigma of 1e-9.
func TestFitConstant(t *testing.T) {
	for _, v := range []float64{0, 5, -3, 1e12, 1e-9} {
		for _, g := range []Growth{Linear, Flat} {
			h := History{Times: []int64{0, day, 2 * day, 3 * day}, Values: []float64{v, v, v, v}}
			c := Default()
			c.Growth = g
			m := mustFit(t, h, c)
			p := mustPredict(t, m, Future{Times: []int64{0, 9 * day}}, nil)
			if m.SigmaObs != 1e-9 || math.Abs(p.Yhat[1]-v) > 1e-9*math.Abs(v) || p.Quantiles[0][1] > p.Quantiles[1][1] {
				t.Errorf("%v %s: sigma %v, forecast %v", v, g, m.SigmaObs, p)
			}
		}
	}
}

// The scale of the values changes nothing but the scale of the forecast.
func TestFitAtAnyMagnitude(t *testing.T) {
	h := madeUp(300, 24*time.Hour, 7)
	f := ahead(h, 30)
	want := mustPredict(t, mustFit(t, h, Default()), f, nil)
	for _, by := range []float64{1e12, 1e-9, -1, -1e6} {
		g := History{Times: h.Times}
		for _, v := range h.Values {
			g.Values = append(g.Values, v*by)
		}
		m := mustFit(t, g, Default())
		checkOptimum(t, "magnitude", m, g)
		got := mustPredict(t, m, f, nil)
		for i := range want.Yhat {
			if math.Abs(got.Yhat[i]/by-want.Yhat[i]) > 1e-7*math.Abs(want.Yhat[i]) {
				t.Fatalf("times %v: row %d is %v, want %v", by, i, got.Yhat[i]/by, want.Yhat[i])
			}
		}
	}
}

func TestFitShort(t *testing.T) {
	for _, n := range []int{2, 3, 4, 5, 10, 20} {
		for _, mode := range []Mode{Additive, Multiplicative} {
			for _, g := range []Growth{Linear, Flat, Logistic} {
				c := Default()
				top := 200.0
				c.SeasonalityMode, c.Growth, c.Cap = mode, g, &top
				h := madeUp(n, 24*time.Hour)
				m := mustFit(t, h, c)
				p := mustPredict(t, m, ahead(h, 10), nil)
				if len(m.Delta) != len(m.Changepoints) || len(p.Yhat) != n+10 {
					t.Errorf("%d rows: %+v", n, m)
				}
				if g == Logistic && (slices.Min(p.Trend) < 0 || slices.Max(p.Trend) > top) {
					t.Errorf("%d rows: the trend leaves 0..%v: %v", n, top, p.Trend)
				}
			}
		}
	}
}

// A series without noise can be met exactly; the fit must end and be near it.
func TestFitWithoutNoise(t *testing.T) {
	h := History{}
	for i := range 400 {
		h.Times = append(h.Times, int64(i)*day)
		h.Values = append(h.Values, 10+0.1*float64(i)+2*math.Sin(2*math.Pi*float64(i)/7))
	}
	p := mustPredict(t, mustFit(t, h, Default()), Future{Times: h.Times}, nil)
	for i, v := range h.Values {
		if math.Abs(p.Yhat[i]-v) > 1e-5 {
			t.Fatalf("row %d is %v, want %v", i, p.Yhat[i], v)
		}
	}
}

func TestFitLongAndMonthly(t *testing.T) {
	for _, c := range []struct {
		h       History
		seasons []string
	}{
		{benchSeries(22119), []string{"weekly", "daily"}},
		{madeUp(180, 30*24*time.Hour, 365.25), []string{"yearly"}},
		{madeUp(60, time.Hour, 1), []string{"daily"}},
	} {
		m := mustFit(t, c.h, Default())
		var names []string
		for _, s := range m.Seasons {
			names = append(names, s.Name)
		}
		if !slices.Equal(names, c.seasons) {
			t.Errorf("seasons %v, want %v", names, c.seasons)
		}
		checkOptimum(t, "long or monthly", m, c.h)
	}
}

func TestModelSurvivesJSON(t *testing.T) {
	for _, r := range references(t) {
		m := r.fit(t)
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var again Model
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatal(err)
		}
		want := mustPredict(t, m, r.future, []float64{0.1, 0.5})
		if got := mustPredict(t, &again, r.future, []float64{0.1, 0.5}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: predicts differently after JSON", r.name)
		}
	}
}
