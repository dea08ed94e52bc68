package forecast

import (
	"context"
	"math"
	"testing"
	"time"

	"aiops/metric"
)

func series(n int, step time.Duration, f func(i int) float64) metric.Series {
	s := metric.Series{Key: metric.Key{VM: "a", Metric: "cpu"}}
	for i := range n {
		s.Times = append(s.Times, 1_700_000_000_000_000+int64(i)*step.Microseconds())
		s.Values = append(s.Values, f(i))
	}
	return s
}

func clock() time.Time { return time.Unix(1_800_000_000, 0) }

func TestForecastGoesOnFromTheLastPoint(t *testing.T) {
	s := series(2000, 5*time.Minute, func(i int) float64 { return 50 + 20*math.Sin(2*math.Pi*float64(i)/288) })
	f, err := Forecaster{Now: clock}.Forecast(context.Background(), s, Options{Span: 4 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Times) != 48 || f.Times[0] != s.Times[1999]+300e6 || f.Step.String() != "5m" {
		t.Fatalf("%d steps of %v from %d", len(f.Times), f.Step, f.Times[0])
	}
	for i, v := range f.Value {
		if want := 50 + 20*math.Sin(2*math.Pi*float64(2000+i)/288); math.Abs(v-want) > 1 {
			t.Errorf("step %d: %v, want %v", i, v, want)
		}
	}
}
