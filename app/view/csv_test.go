package view

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"aiops/metric"
)

func TestWriteCSV(t *testing.T) {
	s := mixed(t)
	s.put(metric.Key{VM: "a, \"b\"", Metric: "x"}, []int64{at(t, "2026-11-23 10:00")}, []float64{-0.1})
	for _, tc := range []struct {
		name string
		keys []metric.Key
		r    metric.Range
		want string
	}{
		{"window", []metric.Key{dbCPU, web}, metric.Range{From: at(t, "2026-11-23 10:01"), To: at(t, "2026-11-23 10:03")}, `vm,timestamp,metric,value
db-01,2026-11-23T09:01:00Z,cpu,1
db-01,2026-11-23T09:02:00Z,cpu,2
web-03,2026-11-23T09:01:00Z,cpu,7
web-03,2026-11-23T09:01:30.0005Z,cpu,8.25
`},
		{"quoted", []metric.Key{{VM: "a, \"b\"", Metric: "x"}}, metric.Range{From: 0, To: 1 << 60}, `vm,timestamp,metric,value
"a, ""b""",2026-11-23T09:00:00Z,x,-0.1
`},
		{"nothing there", []metric.Key{dbCPU}, metric.Range{From: 5, To: 6}, "vm,timestamp,metric,value\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var b strings.Builder
			rows, err := WriteCSV(context.Background(), s, tc.keys, tc.r, &b)
			if err != nil || b.String() != tc.want || rows != int64(strings.Count(tc.want, "\n")-1) {
				t.Errorf("%d rows, %v\n%s", rows, err, b.String())
			}
			if q := s.asked[len(s.asked)-1]; q.MaxPoints != 0 {
				t.Error("the export is rolled up")
			}
		})
	}
}

type full struct{ left int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteCSVFails(t *testing.T) {
	s := big(t)
	all := metric.Range{From: 0, To: 1 << 60}
	if _, err := WriteCSV(context.Background(), s, []metric.Key{dbCPU}, all, &full{1 << 17}); !errors.Is(err, errFull) {
		t.Errorf("full disk: %v", err)
	}
	if _, err := WriteCSV(context.Background(), mixed(t), []metric.Key{dbCPU}, all, &full{3}); !errors.Is(err, errFull) {
		t.Errorf("full disk at the end: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := WriteCSV(ctx, s, []metric.Key{dbCPU}, all, &full{1 << 40}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := WriteCSV(context.Background(), s, nil, all, &full{1 << 40}); err == nil {
		t.Error("no selection exports everything")
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		51.6: "51.6", 47244640256: "47244640256", 1e-7: "1e-07", 1e22: "1e+22", -0.1: "-0.1", 0: "0", 1.0 / 3: "0.3333333333333333",
	} {
		if got := number(v); got != want {
			t.Errorf("%g: %s, want %s", v, got, want)
		}
	}
}

func FuzzNumber(f *testing.F) {
	f.Add(uint64(0x3ff0000000000000))
	f.Fuzz(func(t *testing.T, bits uint64) {
		v := math.Float64frombits(bits)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Skip()
		}
		if got, err := strconv.ParseFloat(number(v), 64); err != nil || got != v {
			t.Errorf("%g comes back as %g (%v)", v, got, err)
		}
	})
}
