package ingest

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"aiops/store/ingest/wire"
)

const (
	scraped = `# HELP node_load1 1m load average.
# TYPE node_load1 gauge
node_load1{instance="web"} 1.5 1704164645000
node_load1{instance="web"} -2 1704164705.000
node_load1{instance="web"} NaN 1704164765
`
	telegraf = "load,host=web one=1.5,note=\"x\" 1704164645000000000\nload,host=web one=-2 1704164705000000000\nload one=3 1704164705000000000\nload,host=web one=\n"
)

func TestWireFiles(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		o        Options
		want     points
		found    string
		bad      int64
		rejected string
	}{
		"OpenMetrics": {text: scraped + "oops\n", bad: 1, rejected: "line 6: there is no value",
			want:  points{"web node_load1 2024-01-02 03:04:05": 1.5, "web node_load1 2024-01-02 03:05:05": -2},
			found: "OpenMetrics text, long form (vm=instance, timestamp, metric, value), times Unix seconds or milliseconds in UTC"},
		"packed":       {text: packed(t, gzipped, scraped), want: points{"web node_load1 2024-01-02 03:04:05": 1.5, "web node_load1 2024-01-02 03:05:05": -2}, found: "OpenMetrics text, gzip"},
		"without time": {text: `up{job="x"} 1`, want: points{`f up{job="x"} 2025-01-01 00:00:00`: 1}},
		"VM of all":    {text: scraped, o: Options{VM: "db"}, want: points{"db node_load1 2024-01-02 03:04:05": 1.5, "db node_load1 2024-01-02 03:05:05": -2}, found: "OpenMetrics text, long form (vm db, timestamp"},
		"Influx": {text: telegraf, bad: 2, rejected: "line 1: the value is a text, not a number",
			want:  points{"web load_one 2024-01-02 03:04:05": 1.5, "web load_one 2024-01-02 03:05:05": -2, "f load_one 2024-01-02 03:05:05": 3},
			found: "Influx line protocol, long form (vm=host, timestamp, metric, value), times Unix nanoseconds in UTC"},
		"Influx in seconds": {text: "load,host=web value=1 1704164645\n", o: Options{TimeFormat: "unix"}, want: points{"web load 2024-01-02 03:04:05": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.Now = now
			st, path := newFake(), written(t, "f.prom", c.text)
			r := imported(t, st, path, c.o)
			if got := flat(st); !maps.Equal(got, c.want) || r.Quarantined != c.bad || r.Rows != r.Stored+r.Duplicates+r.Quarantined {
				t.Errorf("%v, %v, %v", got, r, r.First)
			}
			if !strings.HasPrefix(r.Found.String(), c.found) || c.bad > 0 && !strings.Contains(r.First[0].String(), c.rejected) {
				t.Errorf("%v, %v", r.Found, r.First)
			}
			sameInMemory(t, path, c.o, st, r)
			found, rows, err := Preview(t.Context(), path, c.o)
			if err != nil || len(rows) == 0 || found.Format != r.Found.Format {
				t.Errorf("%v %v %v", found, rows, err)
			}
		})
	}
}

// A file as it stands keeps a place for what cannot be used.
func TestWireFileInOrder(t *testing.T) {
	o, _, err := InOrder(t.Context(), written(t, "f.prom", scraped+"oops\n"), Options{Now: now})
	if err != nil || len(o.Of) != 4 || o.Whole {
		t.Errorf("%+v %v", o, err)
	}
}

func TestWireFilesThatGoOn(t *testing.T) {
	var b strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&b, "cpu{instance=\"vm-%d\"} %d %d\n", i%3, i, 1704164645000+int64(i)*1000)
	}
	r := imported(t, newFake(), written(t, "f.prom", b.String()), Options{Now: now})
	if r.Stored != 50_000 || r.Series != 3 {
		t.Error(r)
	}
	_, err := Import(t.Context(), newFake(), written(t, "f", scraped), Options{Now: now, Metric: "x"})
	if err == nil || !strings.Contains(err.Error(), "leave --metric away") {
		t.Error(err)
	}
	_, err = Import(t.Context(), newFake(), written(t, "f", scraped+strings.Repeat("x", 2<<20)), Options{Now: now})
	if err == nil || !strings.Contains(err.Error(), "behind line 5") {
		t.Error(err)
	}
}

// Tables stay tables.
func TestSniffLeavesTables(t *testing.T) {
	for _, text := range []string{pair, "vm\tvalue\nweb\t5\n", "web\t5\t1704164645\n", "a b;c\n1 2;3\n", "# TYPE of server\nvm,timestamp\n"} {
		if got := wire.Sniff([]byte(text)); got != "" {
			t.Errorf("%q is %s", text, got)
		}
	}
}
