package prophet

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// parity is where the cases with Prophet's own results lie; tests that need
// them are skipped when the folder is absent. See testdata for the extracts.
const parity = "../../../shared/data/prophet-parity"

// parityCase is a case of the folder: what went in and what Prophet 1.1.5 made
// of it.
type parityCase struct {
	name     string
	history  History
	config   Config
	horizon  int
	params   parityParams
	exact    exactMap
	forecast table
	bounds   table
}

type parityParams struct {
	K, M            float64
	SigmaObs        float64 `json:"sigma_obs"`
	Delta, Beta     []float64
	BetaColumns     []string  `json:"beta_columns"`
	BetaPriorScales []float64 `json:"beta_prior_scales"`
	ChangepointsT   []float64 `json:"changepoints_t"`
	YScale          float64   `json:"y_scale"`
	LP              float64
}

type exactMap struct {
	LP         float64   `json:"lp_exact"`
	YhatFuture []float64 `json:"yhat_future"`
	K, M       float64
	Sigma      float64
	Delta      []float64
	Beta       []float64
}

func parityCases(t testing.TB) []parityCase {
	t.Helper()
	dirs, _ := filepath.Glob(filepath.Join(parity, "*", "settings.json"))
	if len(dirs) == 0 {
		t.Skipf("no cases in %s", parity)
	}
	var out []parityCase
	for _, d := range dirs {
		out = append(out, loadCase(t, filepath.Dir(d)))
	}
	return out
}

func loadCase(t testing.TB, dir string) parityCase {
	t.Helper()
	var settings struct {
		Constructor json.RawMessage
		Country     string `json:"country_holidays"`
		Cap         *float64
		Horizon     int
	}
	readJSON(t, filepath.Join(dir, "settings.json"), &settings)
	c, err := ParseConfig(settings.Constructor)
	if err != nil {
		t.Fatal(err)
	}
	c.Cap, c.CountryHolidays = settings.Cap, settings.Country
	if h, ok := readTable(t, filepath.Join(dir, "holidays.csv")); ok {
		for i, name := range h.text["holiday"] {
			c.Holidays = append(c.Holidays, Holiday{Holiday: name, DS: Date(h.times[i]), LowerWindow: int(h.column["lower_window"][i]), UpperWindow: int(h.column["upper_window"][i])})
		}
	}
	out := parityCase{name: filepath.Base(dir), config: c, horizon: settings.Horizon}
	input, _ := readTable(t, filepath.Join(dir, "input.csv"))
	out.history = History{Times: input.times, Values: input.column["y"]}
	readJSON(t, filepath.Join(dir, "params.json"), &out.params)
	if _, err := os.Stat(filepath.Join(dir, "exact_map.json")); err == nil {
		readJSON(t, filepath.Join(dir, "exact_map.json"), &out.exact)
	}
	out.forecast, _ = readTable(t, filepath.Join(dir, "forecast.csv"))
	out.bounds, _ = readTable(t, filepath.Join(dir, "intervals_ref.csv"))
	return out
}

func readJSON(t testing.TB, path string, to any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// table is a CSV file with a column ds.
type table struct {
	times  []int64
	column map[string][]float64
	text   map[string][]string
}

func readTable(t testing.TB, path string) (table, bool) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		return table{}, false
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := table{column: map[string][]float64{}, text: map[string][]string{}}
	for j, name := range lines[0] {
		for _, line := range lines[1:] {
			if name == "ds" {
				d, err := ParseDate(line[j])
				if err != nil {
					t.Fatal(err)
				}
				out.times = append(out.times, int64(d))
				continue
			}
			v, _ := strconv.ParseFloat(line[j], 64)
			out.column[name] = append(out.column[name], v)
			out.text[name] = append(out.text[name], line[j])
		}
	}
	return out, true
}

// The posterior must be as high as Prophet's and as the best known.
func TestParityLogPosterior(t *testing.T) {
	for _, c := range parityCases(t) {
		t.Run(c.name, func(t *testing.T) {
			m := c.fit(t)
			t.Logf("log posterior %.4f, Prophet %.2f, best known %.4f", m.LogPosterior, c.params.LP, c.exact.LP)
			if m.LogPosterior < c.params.LP-0.005 {
				t.Errorf("%.4f is below Prophet's %.4f", m.LogPosterior, c.params.LP)
			}
			if c.exact.LP != 0 && m.LogPosterior < c.exact.LP-0.01 {
				t.Errorf("%.4f is below %.4f", m.LogPosterior, c.exact.LP)
			}
		})
	}
}

// withProphets is the model of a case with Prophet's own parameters put in.
func withProphets(t *testing.T, c parityCase) *Model {
	t.Helper()
	m := c.fit(t)
	p := c.params
	m.K, m.M, m.SigmaObs, m.Delta, m.Beta = p.K, p.M, p.SigmaObs, p.Delta, p.Beta
	return m
}

func (c parityCase) fit(t testing.TB) *Model {
	t.Helper()
	m, err := Fit(c.history, c.config)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	return m
}

func (c parityCase) predict(t testing.TB, m *Model, times []int64) Prediction {
	t.Helper()
	p, err := m.Predict(Future{Times: times}, nil, 1)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	return p
}

func TestParityLayout(t *testing.T) {
	for _, c := range parityCases(t) {
		m := c.fit(t)
		if m.YScale != c.params.YScale {
			t.Errorf("%s: y scale %v, Prophet's %v", c.name, m.YScale, c.params.YScale)
		}
		for j, name := range c.params.BetaColumns {
			if m.Features[j].Name != name || m.Features[j].PriorScale != c.params.BetaPriorScales[j] {
				t.Errorf("%s: feature %d is %+v, Prophet's %s with %v", c.name, j, m.Features[j], name, c.params.BetaPriorScales[j])
			}
		}
		for j, s := range m.knots() {
			if math.Abs(s-c.params.ChangepointsT[j]) > 1e-15 {
				t.Errorf("%s: changepoint %d at %v, Prophet's at %v", c.name, j, s, c.params.ChangepointsT[j])
			}
		}
	}
}

// worst is the largest distance of two columns as a part of the range.
func worst(got, want []float64, r float64) float64 {
	var d float64
	for i, w := range want {
		d = max(d, math.Abs(got[i]-w)/r)
	}
	return d
}

// With Prophet's parameters every column of its forecast comes out. Its file
// has ten digits, so 1e-9 of the range (of 1, for fractions) is all it can tell.
func TestParityComponents(t *testing.T) {
	for _, c := range parityCases(t) {
		p := c.predict(t, withProphets(t, c), c.forecast.times)
		got := map[string][]float64{"trend": p.Trend, "yhat": p.Yhat}
		scale := map[string]float64{}
		for _, part := range p.Components {
			got[part.Name] = part.Values
			if part.Mode == Multiplicative {
				scale[part.Name] = 1
			}
		}
		for name, want := range c.forecast.column {
			if name == "cap" || strings.HasSuffix(name, "_lower") || strings.HasSuffix(name, "_upper") {
				continue
			}
			r := cmp.Or(scale[name], slices.Max(c.history.Values)-slices.Min(c.history.Values))
			if d := worst(got[name], want, r); d > 1e-9 {
				t.Errorf("%s: %s differs by %.2g of the range", c.name, name, d)
			}
		}
	}
}

// The forecast beyond the history is that of the exact optimum, and near
// Prophet's own, which is 0.03 to 2.05 % of the range away from it.
func TestParityYhat(t *testing.T) {
	for _, c := range parityCases(t) {
		r := slices.Max(c.history.Values) - slices.Min(c.history.Values)
		h := len(c.forecast.times) - c.horizon
		yhat := c.predict(t, c.fit(t), c.forecast.times).Yhat[h:]
		toProphet, toExact := worst(yhat, c.forecast.column["yhat"][h:], r), worst(yhat, c.exact.YhatFuture, r)
		t.Logf("%s: %.4f %% of the range from Prophet, %.2g from the exact optimum", c.name, 100*toProphet, toExact)
		if toProphet > 0.021 {
			t.Errorf("%s: yhat is %.2f %% of the range from Prophet's", c.name, 100*toProphet)
		}
		if toExact > 1e-4 {
			t.Errorf("%s: yhat is %.2g of the range from the exact optimum's", c.name, toExact)
		}
	}
}

// With Prophet's parameters the interval's bounds lie where the mean of its runs
// has them. The logistic case's standard deviations are those of so few runs that
// some are a fifth of their neighbours': there the median counts at least.
func TestParityBounds(t *testing.T) {
	for _, c := range parityCases(t) {
		m := withProphets(t, c)
		m.Config.UncertaintySamples = 4000
		p := c.predict(t, m, c.bounds.times)
		for j, name := range []string{"lower", "upper"} {
			ref, sd := c.bounds.column["yhat_"+name+"_ref"], c.bounds.column["yhat_"+name+"_sd"]
			usual := median(sd)
			var most, sum float64
			for i := range ref {
				s := sd[i]
				if c.config.Growth == Logistic {
					s = max(s, usual)
				}
				z := (p.Quantiles[j][i] - ref[i]) / s
				most, sum = max(most, math.Abs(z)), sum+z
			}
			t.Logf("%s %s: worst %.2f sd, mean %.2f", c.name, name, most, sum/float64(len(ref)))
			if most > 3 || math.Abs(sum)/float64(len(ref)) > 0.6 {
				t.Errorf("%s %s: up to %.2f sd away, %.2f in the mean", c.name, name, most, sum/float64(len(ref)))
			}
		}
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
