//go:build bench

package bench

import (
	"context"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"aiops/forecast"
	"aiops/forecast/backtest"
	"aiops/metric"
)

// measures are the figures of docs/ACCURACY.md: means over the windows of each
// group, then over the groups.
type measures struct{ mase, smape, wis, cov80, msis, cov95, n float64 }

// add compares a forecast with what came; scale is MASE's.
func (m *measures) add(actual []float64, f forecast.Forecast, scale float64) {
	n := float64(len(actual))
	lo80, hi80 := f.Interval(0.8)
	lo95, hi95 := f.Interval(0.95)
	for i, y := range actual {
		e := math.Abs(y - f.Value[i])
		m.mase += e / scale / n
		if d := math.Abs(y) + math.Abs(f.Value[i]); d > 0 {
			m.smape += 200 * e / d / n
		}
		m.wis += backtest.WIS(y, f.Value[i], lo80[i], hi80[i], 0.8) / scale / n
		m.cov80 += inside(y, lo80[i], hi80[i]) / n
		m.cov95 += inside(y, lo95[i], hi95[i]) / n
		m.msis += (hi95[i] - lo95[i] + 40*max(0, lo95[i]-y) + 40*max(0, y-hi95[i])) / scale / n
	}
	m.n++
}

func inside(y, lo, hi float64) float64 {
	if y >= lo && y <= hi {
		return 1
	}
	return 0
}

func (m measures) mean() measures {
	return measures{m.mase / m.n, m.smape / m.n, m.wis / m.n, m.cov80 / m.n, m.msis / m.n, m.cov95 / m.n, m.n}
}

// TestAccuracy prints the accuracy of the models on the sets of data that are
// there (AIOPS_ACCURACY_DATA, ../../shared/data otherwise). It fails only when
// a forecast fails: figures are for docs/ACCURACY.md.
func TestAccuracy(t *testing.T) {
	dir := dataDir(t)
	for _, set := range []windowSet{serverSet(t, dir), fineSet(t, dir), hourlySet(t, dir)} {
		if out := os.Getenv("AIOPS_ACCURACY_WINDOWS"); out != "" {
			set.write(t, out)
		}
		for _, model := range []string{"auto", "seasonal-naive", "prophet"} {
			began := time.Now()
			for _, h := range set.horizons {
				m := set.score(t, model, h)
				fmt.Printf("%-28s %-15s h %-4d windows %4.0f  MASE %.3f  sMAPE %5.1f  sWIS %.3f  cov80 %.3f  MSIS %6.2f  cov95 %.3f\n",
					set.name, model, h, m.n, m.mase, m.smape, m.wis, m.cov80, m.msis, m.cov95)
			}
			fmt.Printf("%-28s %-15s %.1f ms a forecast\n", set.name, model, time.Since(began).Seconds()*1000/float64(len(set.windows)*len(set.horizons)))
		}
	}
}

// score forecasts every window and compares the first h steps: the mean over the
// windows of a group, then over the groups.
func (s windowSet) score(t *testing.T, model string, h int) measures {
	groups := map[string]*measures{}
	f := forecast.Forecaster{Now: time.Now}
	var windows float64
	for _, w := range s.windows {
		series := metric.Series{Key: metric.Key{VM: w.name, Metric: "value"}, Values: w.known}
		for i := range w.known {
			series.Times = append(series.Times, w.start+int64(i)*s.step.Microseconds())
		}
		scale := backtest.Scale(w.known, s.season)
		if !(scale > 0) {
			continue
		}
		out, err := f.Forecast(context.Background(), series, forecast.Options{Model: model, Horizon: len(w.actual)})
		if err != nil {
			t.Fatal(err)
		}
		g := groups[w.group]
		if g == nil {
			g = &measures{}
			groups[w.group] = g
		}
		g.add(w.actual[:h], out, scale)
		windows++
	}
	var all measures
	for _, g := range groups {
		m := g.mean()
		all = measures{all.mase + m.mase, all.smape + m.smape, all.wis + m.wis, all.cov80 + m.cov80, all.msis + m.msis, all.cov95 + m.cov95, all.n + 1}
	}
	all = all.mean()
	all.n = windows
	return all
}
