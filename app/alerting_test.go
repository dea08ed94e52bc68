package app

import (
	"math/rand/v2"
	"testing"

	"aiops/app/alert"
	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store/memory"
)

// An anomaly rule fires where the Analysis page shows an alert, with the same
// knobs, quiet times and times that are skipped.
func TestAlertsSeeWhatTheAnalysisSees(t *testing.T) {
	const step, start = int64(300e6), int64(1_767_571_200e6)
	key := metric.Key{VM: "web-01", Metric: "requests"}
	r := rand.New(rand.NewPCG(1, 2))
	s := metric.Series{Key: key}
	for i := range int64(3000) {
		v := 100 + 4*r.NormFloat64()
		if i%450 > 440 {
			v = 20 // a dip, sometimes in a quiet time
		}
		if i%800 > 770 {
			continue // nothing comes, sometimes in a quiet time
		}
		s.Times, s.Values = append(s.Times, start+i*step), append(s.Values, v)
	}
	st := memory.New("x")
	st.Put(s)
	within := func(from, to int64) func(metric.Key, int64) bool {
		return func(_ metric.Key, at int64) bool { return at >= start+from*step && at < start+to*step }
	}
	f, err := alert.Parse("r", []byte("rules:\n  - {name: odd, kind: anomaly}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range map[string]Knowledge{
		"nothing": {}, "quiet": {Quiet: within(800, 1000)}, "skip": {Skip: within(1300, 1400)},
		"knobs": {Quiet: within(1500, 1700), Skip: within(10, 30), Options: func(metric.Key) anomaly.Options { return anomaly.Options{Direction: anomaly.Down, MinSteps: 3} }},
	} {
		a, err := Analyse(t.Context(), st, AnalyseRequest{Options: n.Options, Quiet: n.Quiet, Skip: n.Skip}, nil)
		if err != nil {
			t.Fatal(err)
		}
		all, err := alert.Evaluate(t.Context(), st, f.Rules, metric.Range{}, alert.EvaluateOptions{Options: n.Alerts()})
		if err != nil {
			t.Fatal(err)
		}
		var want []int64 // the first alert, and each one after points that are usual
		over := true
		for _, p := range a.Series[0].Points {
			quiet := n.quiet(key, p.Time) || n.skip(key, p.Time)
			switch {
			case over && p.Alert >= 0.5 && !quiet:
				want, over = append(want, p.Time), false
			case max(p.Score, p.Alert) < 0.5:
				over = true
			}
		}
		var got []int64
		for _, tr := range all {
			if tr.To == metric.Firing {
				got = append(got, tr.Time)
			}
		}
		if len(got) == 0 || len(got) != len(want) {
			t.Fatalf("%s: fires at %v, the analysis alerts at %v", name, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: fires at %v, the analysis alerts at %v", name, got, want)
			}
		}
	}
}
