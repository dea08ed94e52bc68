package anomaly

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"aiops/metric"
)

// moved is a series of noise that rises by size from point `from` to `to`.
func moved(name string, seed uint64, n, from, to int, size float64) metric.Series {
	r := rand.New(rand.NewPCG(seed, 7))
	s := metric.Series{Key: metric.Key{VM: "a", Metric: name}}
	for i := range n {
		v := 100 + r.NormFloat64()
		if i >= from && i < to {
			v += size
		}
		s.Times, s.Values = append(s.Times, int64(i)*fiveMinutes), append(s.Values, v)
	}
	return s
}

// The metrics that changed with the target come first, with the sign of the
// change and of the lag: a positive lag is one that moved later.
func TestRelated(t *testing.T) {
	const n, at = 1000, 700
	target := moved("target", 1, n, at, at+30, 20)
	others := []metric.Series{
		moved("still", 2, n, 0, 0, 0),
		moved("later", 3, n, at+5, at+35, 20),
		moved("earlier and down", 4, n, at-4, at+26, -30),
		moved("target", 1, n, at, at+30, 20), // itself
		{Key: metric.Key{VM: "b", Metric: "empty"}},
		moved("short", 5, 3, 0, 0, 0),
		moved("constant", 6, n, 0, 0, 0),
	}
	for i := range others[6].Values {
		others[6].Values[i] = 5
	}
	span := metric.Range{From: at * fiveMinutes, To: (at + 30) * fiveMinutes}
	got := Related(target, others, span, 288*fiveMinutes, fiveMinutes)
	if len(got) < 2 || got[0].Metric != "earlier and down" || got[1].Metric != "later" {
		t.Fatalf("%+v", got)
	}
	down, later := got[0], got[1]
	if down.Lag != -4*fiveMinutes || down.Change > -10 || down.Correlation > -0.5 {
		t.Errorf("%+v", down)
	}
	if later.Lag != 5*fiveMinutes || later.Change < 10 || later.Correlation < 0.5 {
		t.Errorf("%+v", later)
	}
	for _, r := range got[2:] {
		if r.Score > later.Score/5 || r.Metric == "constant" || r.Metric == "empty" || r.Metric == "target" {
			t.Errorf("%+v is related", r)
		}
	}
	if Related(target, others, metric.Range{}, 1, fiveMinutes) != nil || Related(target, others, span, 1, 0) != nil {
		t.Error("relations without a span or a step")
	}
}

// A metric that was constant and moves is told with a number.
func TestRelatedOfAConstant(t *testing.T) {
	target, other := moved("target", 1, 500, 400, 420, 20), moved("zero", 1, 500, 0, 0, 0)
	for i := range other.Values {
		if other.Values[i] = 0; i >= 400 {
			other.Values[i] = 3
		}
	}
	got := Related(target, []metric.Series{other}, metric.Range{From: 400 * fiveMinutes, To: 420 * fiveMinutes}, 288*fiveMinutes, fiveMinutes)
	if len(got) != 1 || !(got[0].Change > 10) || math.IsInf(got[0].Score, 0) || math.IsNaN(got[0].Score) {
		t.Errorf("%+v", got)
	}
}

// BenchmarkRelated ranks 1,000 metrics, with a day before an anomaly of two hours.
func BenchmarkRelated(b *testing.B) {
	const n = 2016
	var all []metric.Series
	for i := range 1000 {
		all = append(all, moved(fmt.Sprint("m", i), uint64(i), n, 1500, 1524, float64(i%7)))
	}
	span := metric.Range{From: 1500 * fiveMinutes, To: 1524 * fiveMinutes}
	for b.Loop() {
		Related(all[0], all[1:], span, 288*fiveMinutes, fiveMinutes)
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/1000-metrics")
}
