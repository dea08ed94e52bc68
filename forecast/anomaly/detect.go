package anomaly

import "aiops/metric"

// Detect scores every point of a series, each from what came before it.
func Detect(s metric.Series, o Options) []Point {
	d := New(o)
	out := make([]Point, s.Len())
	for i, t := range s.Times {
		out[i] = d.Next(t, s.Values[i])
	}
	return out
}
