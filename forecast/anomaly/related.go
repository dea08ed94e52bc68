package anomaly

import (
	"cmp"
	"math"
	"slices"

	"aiops/metric"
)

// Relation tells how a metric changed with an anomaly of another.
type Relation struct {
	metric.Key
	Change      float64 // of its mean in the span, in its usual spread; the sign is the direction
	Correlation float64 // with the anomalous metric about the span, at the best lag
	Lag         int64   // how much later it moved, in microseconds; negative: earlier
	Score       float64 // what the ranking goes by
}

const (
	mostLag    = 24 // steps
	fewestRows = 8
)

// Related ranks metrics by how much they changed with the target in a span:
// against the time before it, `before` microseconds long. The target itself is left out.
func Related(target metric.Series, others []metric.Series, span metric.Range, before int64, step int64) []Relation {
	if step <= 0 || span.Empty() {
		return nil
	}
	window := metric.Range{From: span.From - before, To: span.To + mostLag*step}
	ref := onGrid(target, window, step)
	var out []Relation
	for _, s := range others {
		if s.Key == target.Key {
			continue
		}
		y := onGrid(s, window, step)
		r := Relation{Key: s.Key, Change: change(s, span, before, step)}
		r.Correlation, r.Lag = lagged(ref, y)
		r.Lag *= step
		r.Score = math.Abs(r.Change) * (0.3 + 0.7*math.Abs(r.Correlation))
		if r.Score > 0 {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Relation) int { return cmp.Or(cmp.Compare(b.Score, a.Score), a.Key.Compare(b.Key)) })
	return out
}

// change is how far the mean in the span lies from the one before, in mean
// absolute deviations of the time before. The last steps before the span are
// left out where there are others: what moved first had begun then.
func change(s metric.Series, span metric.Range, before, step int64) float64 {
	in := s.Slice(span).Values
	until := span.From
	if ahead := mostLag * step; before >= 4*ahead {
		until -= ahead
	}
	was := s.Slice(metric.Range{From: span.From - before, To: until}).Values
	if len(in) == 0 || len(was) < fewestRows {
		return 0
	}
	m := mean(was)
	var spread float64
	for _, v := range was {
		spread += math.Abs(v-m) / float64(len(was))
	}
	d := mean(in) - m
	if d == 0 {
		return 0
	}
	return d / (spread + 1e-3*math.Abs(m) + 1e-300)
}

func mean(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// onGrid puts a series on the window's grid: the last value before each time, standardised.
func onGrid(s metric.Series, window metric.Range, step int64) []float64 {
	n := int(window.Len() / step)
	out := make([]float64, n)
	part := s.Slice(metric.Range{From: window.From - step, To: window.To})
	if part.Len() < fewestRows {
		return nil
	}
	at := 0
	for i := range out {
		t := window.From + int64(i)*step
		for at+1 < part.Len() && part.Times[at+1] <= t {
			at++
		}
		out[i] = part.Values[at]
	}
	m := mean(out)
	var square float64
	for i := range out {
		out[i] -= m
		square += out[i] * out[i]
	}
	if square == 0 {
		return nil
	}
	norm := 1 / math.Sqrt(square)
	for i := range out {
		out[i] *= norm
	}
	return out
}

// lagged is the strongest correlation of two standardised columns and by how
// many steps the second one follows the first.
func lagged(a, b []float64) (best float64, lag int64) {
	if a == nil || b == nil {
		return 0, 0
	}
	for l := -mostLag; l <= mostLag; l++ {
		var c float64
		if l >= 0 {
			c = product(a[:max(0, len(a)-l)], b[min(l, len(b)):])
		} else {
			c = product(a[min(-l, len(a)):], b[:max(0, len(b)+l)])
		}
		if math.Abs(c) > math.Abs(best)+1e-9 {
			best, lag = c, int64(l)
		}
	}
	return best, lag
}

func product(a, b []float64) float64 {
	var s float64
	b = b[:len(a)]
	for i, v := range a {
		s += v * b[i]
	}
	return s
}
