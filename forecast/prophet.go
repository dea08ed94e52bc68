package forecast

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"aiops/forecast/prophet"
	"aiops/metric"
)

// trainProphet fits Prophet's model to the points as they are: it needs no grid.
func (m *Model) trainProphet(g Grid) error {
	c, err := m.prophetConfig()
	if err != nil {
		return err
	}
	if m.Prophet, err = prophet.Fit(prophet.History{Times: g.raw.Times, Values: g.raw.Values}, c); err != nil {
		return err
	}
	// What it misses of its own history is the least that it will miss later.
	fitted, err := m.noiseless().Predict(prophet.Future{Times: g.raw.Times}, nil, 0)
	if err != nil {
		return err
	}
	for i, v := range g.raw.Values {
		if d := math.Abs(v - fitted.Yhat[i]); !math.IsNaN(d) {
			m.Promise += d / float64(g.raw.Len())
		}
	}
	return nil
}

func (m Model) prophetConfig() (prophet.Config, error) {
	if m.Kind != "prophet" || m.Config == "" {
		return prophet.Default(), nil
	}
	return prophet.ParseConfig([]byte(m.Config))
}

// noiseless is the fitted model without simulated futures, for what is certain.
func (m Model) noiseless() *prophet.Model {
	p := *m.Prophet
	p.Config.UncertaintySamples = 0
	return &p
}

// shownHistory is how many points of the history components are told for.
const shownHistory = 1500

func (m Model) predictProphet(g Grid, n int) (Forecast, error) {
	out := Forecast{Key: m.Key, Step: m.Step, Model: m.Kind, Levels: levels}
	out.place(m.Step, g.Times[len(g.Times)-1], n)
	p, err := m.Prophet.Predict(prophet.Future{Times: out.Times}, levels, m.seed())
	if err != nil {
		return out, err
	}
	out.Value, out.Quantiles = p.Yhat, p.Quantiles
	if p.Quantiles == nil {
		out.Levels = nil
	}
	if m.percent(g.Values) {
		out.keepWithin(0, 100)
	}
	var past []int64
	for i := 0; i < len(g.Times); i += 1 + len(g.Times)/shownHistory {
		past = append(past, g.Times[i])
	}
	all, err := m.noiseless().Predict(prophet.Future{Times: append(past, out.Times...)}, nil, 0)
	if err != nil {
		return out, err
	}
	out.Components = m.prophetComponents(all)
	out.Changes = m.slopes()
	out.Params = m.prophetParams()
	out.Why = m.prophetWhy()
	return out, nil
}

// seed makes the simulated futures the same for the same model.
func (m Model) seed() uint64 { return uint64(m.Prophet.N)*0x9e3779b97f4a7c15 + uint64(m.Last) }

func (f *Forecast) keepWithin(lo, hi float64) {
	for _, row := range append([][]float64{f.Value}, f.Quantiles...) {
		for i, v := range row {
			row[i] = min(max(v, lo), hi)
		}
	}
}

// prophetComponents are the trend and what adds to it; sums of others are left out.
func (m Model) prophetComponents(p prophet.Prediction) []Component {
	out := []Component{{Name: "trend", Times: p.Times, Values: p.Trend}}
	for _, c := range p.Components {
		if strings.HasSuffix(c.Name, "_terms") || strings.HasPrefix(c.Name, "extra_regressors") {
			continue
		}
		k := Component{Name: c.Name, Factor: c.Mode == prophet.Multiplicative, Times: p.Times, Values: c.Values}
		for _, s := range m.Prophet.Seasons {
			if s.Name == c.Name {
				k.Period = int64(s.Period * 86400e6)
			}
		}
		out = append(out, k)
	}
	return out
}

// mostSlopes is how many changepoints are told: the largest.
const mostSlopes = 6

// slopes are the changepoints at which the trend's slope changed most.
func (m Model) slopes() []Change {
	p := m.Prophet
	if p.Config.Growth == prophet.Logistic {
		return nil
	}
	order := make([]int, len(p.Delta))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(p.Delta[b]), math.Abs(p.Delta[a])) })
	order = order[:min(mostSlopes, len(order))]
	slices.Sort(order)
	var out []Change
	for _, i := range order {
		if d := p.Delta[i]; math.Abs(d) >= 0.01 { // of the range, over the whole history
			aDay := d * p.YScale / (float64(p.End-p.Start) / 86400e6)
			out = append(out, Change{p.Changepoints[i], "slope " + metric.UnitOf(m.Metric).FormatDelta(aDay) + " a day"})
		}
	}
	return out
}

func (m Model) prophetParams() map[string]any {
	p := m.Prophet
	names := make([]string, len(p.Features))
	for i, f := range p.Features {
		names[i] = f.Name
	}
	at := make([]string, len(p.Changepoints))
	for i, t := range p.Changepoints {
		at[i] = metric.Time(t).Format("2006-01-02T15:04:05.999999Z")
	}
	return map[string]any{"k": p.K, "m": p.M, "delta": p.Delta, "beta": p.Beta, "sigma_obs": p.SigmaObs, "log_posterior": p.LogPosterior,
		"y_scale": p.YScale, "y_min": p.YMin, "changepoints": at, "features": names, "growth": p.Config.Growth}
}

func (m Model) prophetWhy() string {
	var parts []string
	for _, s := range m.Prophet.Seasons {
		parts = append(parts, s.Name)
	}
	text := fmt.Sprintf("Prophet's model with %s growth", m.Prophet.Config.Growth)
	switch len(parts) {
	case 0:
		text += " and no season"
	case 1:
		text += " and the " + parts[0] + " season"
	default:
		text += ", seasons: " + strings.Join(parts, ", ")
	}
	return text + "; it follows the trend and does not look at the last values."
}
