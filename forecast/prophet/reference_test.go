package prophet

import (
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// reference is a case in testdata: made-up rows with what Prophet 1.1.5 made of
// them, see testdata/make.py.
type reference struct {
	Options      json.RawMessage
	History      map[string]json.RawMessage
	Future       map[string]json.RawMessage
	Rows         []int // the rows of the future that Forecast and Bounds have
	Forecast     map[string][]float64
	Bounds       map[string][]float64
	Params       parityParams
	Features     []string
	PriorScales  []float64 `json:"prior_scales"`
	YScale       float64   `json:"y_scale"`
	Changepoints []Date
	LogPosterior float64 `json:"log_posterior"`

	name    string
	config  Config
	history History
	future  Future
}

func references(t *testing.T) []reference {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases in testdata (%v)", err)
	}
	var out []reference
	for _, path := range paths {
		r := reference{name: strings.TrimSuffix(filepath.Base(path), ".json")}
		readJSON(t, path, &r)
		if r.config, err = ParseConfig(r.Options); err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		times, cols := columnsOf(t, r.History)
		r.history = History{Times: times, Values: cols["y"], Cap: cols["cap"], Floor: cols["floor"], Regressors: cols}
		times, cols = columnsOf(t, r.Future)
		r.future = Future{Times: times, Cap: cols["cap"], Floor: cols["floor"], Regressors: cols}
		out = append(out, r)
	}
	return out
}

func columnsOf(t *testing.T, raw map[string]json.RawMessage) ([]int64, map[string][]float64) {
	t.Helper()
	var dates []Date
	cols := map[string][]float64{}
	for name, b := range raw {
		to := any(&dates)
		if name != "ds" {
			v := []float64{}
			to = &v
		}
		if err := json.Unmarshal(b, to); err != nil {
			t.Fatal(err)
		}
		if v, ok := to.(*[]float64); ok {
			cols[name] = *v
		}
	}
	times := make([]int64, len(dates))
	for i, d := range dates {
		times[i] = int64(d)
	}
	return times, cols
}

func (r reference) fit(t *testing.T) *Model {
	t.Helper()
	m, err := Fit(r.history, r.config)
	if err != nil {
		t.Fatalf("%s: %v", r.name, err)
	}
	return m
}

// withProphets is the model with Prophet's parameters put in. Prophet has one
// column of zeros where the model has no features, and one change of 0 where it
// has no changepoints.
func (r reference) withProphets(t *testing.T) *Model {
	t.Helper()
	m := r.fit(t)
	p := r.Params
	m.K, m.M, m.SigmaObs, m.Delta, m.Beta = p.K, p.M, p.SigmaObs, p.Delta[:len(m.Changepoints)], p.Beta[:len(m.Features)]
	return m
}

func TestReferenceLayout(t *testing.T) {
	for _, r := range references(t) {
		m := r.fit(t)
		if math.Abs(m.YScale-r.YScale) > 1e-12*r.YScale {
			t.Errorf("%s: y scale %v, Prophet's %v", r.name, m.YScale, r.YScale)
		}
		names := []string{}
		for j, f := range m.Features {
			names = append(names, f.Name)
			if f.PriorScale != r.PriorScales[j] {
				t.Errorf("%s: prior scale of %s is %v, Prophet's %v", r.name, f.Name, f.PriorScale, r.PriorScales[j])
			}
		}
		if want := slices.DeleteFunc(r.Features, func(s string) bool { return s == "zeros" }); !slices.Equal(names, want) {
			t.Errorf("%s: features %v\nProphet's %v", r.name, names, want)
		}
		if !slices.EqualFunc(m.Changepoints, r.Changepoints, func(a int64, b Date) bool { return a == int64(b) }) {
			t.Errorf("%s: changepoints %v, Prophet's %v", r.name, m.Changepoints, r.Changepoints)
		}
	}
}

// Prophet's optimiser stops short of the maximum, so ours is the higher one.
func TestReferenceLogPosterior(t *testing.T) {
	for _, r := range references(t) {
		m := r.fit(t)
		t.Logf("%s: %.4f, Prophet %.4f", r.name, m.LogPosterior, r.LogPosterior)
		if m.LogPosterior < r.LogPosterior-1e-4 {
			t.Errorf("%s: log posterior %.4f is below Prophet's %.4f", r.name, m.LogPosterior, r.LogPosterior)
		}
	}
}

// With Prophet's parameters every column is Prophet's to the digits that both
// print.
func TestReferenceComponents(t *testing.T) {
	for _, r := range references(t) {
		p, err := r.withProphets(t).Predict(r.future, nil, 1)
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		var names []string
		for _, c := range p.Components {
			names = append(names, c.Name)
		}
		for name, want := range r.Forecast {
			got := p.Component(name)
			switch name {
			case "trend":
				got = p.Trend
			case "yhat":
				got = p.Yhat
			}
			if got == nil {
				t.Errorf("%s: no component %s among %v", r.name, name, names)
				continue
			}
			for i, row := range r.Rows {
				if tol := 1e-8 * max(1, math.Abs(want[i])); math.Abs(got[row]-want[i]) > tol {
					t.Errorf("%s: %s in row %d is %v, Prophet's %v", r.name, name, row, got[row], want[i])
					break
				}
			}
		}
		if want := len(r.Forecast) - 2; len(names) != want {
			t.Errorf("%s: components %v, Prophet has %d", r.name, names, want)
		}
	}
}

// With Prophet's parameters the interval's bounds lie where the mean of 20 of
// Prophet's runs has them, within three standard deviations of one run.
func TestReferenceBounds(t *testing.T) {
	for _, r := range references(t) {
		m := r.withProphets(t)
		m.Config.UncertaintySamples = 4000
		p, err := m.Predict(r.future, nil, 3)
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		for j, side := range []string{"lower", "upper"} {
			for i, row := range r.Rows {
				ref, sd := r.Bounds[side][i], r.Bounds[side+"_sd"][i]
				if math.Abs(p.Quantiles[j][row]-ref) > 3*sd+1e-6*math.Abs(ref) {
					t.Errorf("%s: %s bound in row %d is %v, Prophet's %v with sd %v", r.name, side, row, p.Quantiles[j][row], ref, sd)
				}
			}
		}
	}
}
