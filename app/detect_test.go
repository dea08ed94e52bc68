package app

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiops/metric"
	"aiops/store/ingest"
)

// read reads a file as it stands.
func read(t *testing.T, text string) ingest.Ordered {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o, _, err := ingest.InOrder(t.Context(), path, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// A long file gives a row for each time of each VM, whatever the order of its
// rows; a wide one a row for each of its rows.
func TestDetectServersRows(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"long": {"vm,timestamp,metric,value\nb,2024-01-02 03:05,cpu,1\nb,2024-01-02 03:00,cpu,1\nb,2024-01-02 03:05,mem,1\na,2024-01-02 03:00,cpu,1\n" +
			"b,2024-01-02 03:10,cpu,oops\nb,2024-01-02 03:05,cpu,2\nb,soon,cpu,2\n",
			"b 03:00 0\nb 03:05 0\nb 03:10 NaN\na 03:00 0\n"},
		"wide": {"timestamp,cpu,mem\n2024-01-02 03:05,1,2\n2024-01-02 03:05,1,\n2024-01-02 03:00,,\nsoon,1,2\n2024-01-02 03:10,1,2\n",
			"f 03:05 0\nf 03:05 0\nf 03:00 NaN\nf - NaN\nf 03:10 0\n"},
		"wide with VMs": {"timestamp,vm,cpu,mem\n2024-01-02 03:05,a,1,2\n2024-01-02 03:05,b,1,\n2024-01-02 03:00,a,1,2\n",
			"a 03:05 0\nb 03:05 0\na 03:00 0\n"},
		"two columns": {"timestamp,value\n2024-01-02 03:05,1\n2024-01-02 03:05,2\n", "f 03:05 0\nf 03:05 0\n"},
	} {
		out, err := DetectServers(t.Context(), read(t, c.text), &Detectors{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, v := range out {
			at := "-"
			if v.Time != ingest.NoTime {
				at = metric.Time(v.Time).Format("15:04")
			}
			fmt.Fprintf(&b, "%s %s %v\n", v.VM, at, v.Score)
		}
		if b.String() != c.want {
			t.Errorf("%s:\n%swant\n%s", name, b.String(), c.want)
		}
	}
}

// What cannot be used has no verdict, and the others have the ones that they
// would have without it.
func TestDetectMetricsLeavesOut(t *testing.T) {
	s := busy("a", "cpu", 1500, 1000)
	want, err := DetectMetrics(t.Context(), []metric.Series{s}, &Detectors{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	odd := metric.Series{Key: s.Key}
	for i := range s.Times {
		odd.Times, odd.Values = append(odd.Times, s.Times[i]), append(odd.Values, s.Values[i])
		if i%50 == 7 {
			odd.Times = append(odd.Times, s.Times[i], ingest.NoTime)
			odd.Values = append(odd.Values, math.NaN(), 5)
		}
	}
	got, err := DetectMetrics(t.Context(), []metric.Series{odd}, &Detectors{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for k, v := range got[0] {
		if !usable(odd.Times[k], odd.Values[k]) {
			if !math.IsNaN(v.Score) || v.Kind != "" {
				t.Fatalf("place %d: %+v", k, v)
			}
			continue
		}
		if v.Score != want[0][i].Score || v.Alert != want[0][i].Alert || v.Kind != want[0][i].Kind {
			t.Fatalf("place %d: %+v, want %+v", k, v, want[0][i])
		}
		i++
	}
}

// The work can be stopped.
func TestDetectStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := busy("a", "cpu", 1500, 1000)
	if _, err := DetectMetrics(ctx, []metric.Series{s}, &Detectors{}, nil); err == nil {
		t.Error("by metric: it went on")
	}
	if _, err := DetectServers(ctx, wide(s), &Detectors{}, nil); err == nil {
		t.Error("by VM: it went on")
	}
}
