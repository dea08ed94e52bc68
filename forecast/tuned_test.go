package forecast

import (
	"testing"
	"time"
)

// What tuning found stays, also when the model is trained again, until other
// settings are asked for.
func TestTunedSettingsStay(t *testing.T) {
	f := Forecaster{Storage: Files{Dir: t.TempDir()}, Now: clock}
	s := series(600, 5*time.Minute, func(i int) float64 { return float64(i % 7) })
	const found, other = `{"model": "median"}`, `{"model": "naive"}`
	check := func(what string, m Model, err error, config string, tuned bool) {
		t.Helper()
		if err != nil || m.Config != config || m.Tuned != tuned {
			t.Errorf("%s: settings %q, tuned %t, %v", what, m.Config, m.Tuned, err)
		}
	}
	m, err := f.Adopt(ctx, s, Options{}, Trial{Config: found})
	check("adopted", m, err, found, true)
	m, err = f.Model(ctx, s, Options{})
	check("loaded", m, err, found, true)
	m, err = f.Train(ctx, s, Options{})
	check("trained again", m, err, found, true)
	m, err = f.Model(ctx, s, Options{Config: []byte(other)})
	check("others asked for", m, err, other, false)
	m, err = f.Model(ctx, s, Options{})
	check("after that", m, err, "", false)
}
