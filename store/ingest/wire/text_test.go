package wire

import (
	"bytes"
	"compress/gzip"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"aiops/metric"
)

func openMetricsOf(t *testing.T, text string, o Options) Batch {
	t.Helper()
	o.Now = clock
	b, err := OpenMetrics([]byte(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOpenMetrics(t *testing.T) {
	b := openMetricsOf(t, `# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{instance="web-01",code="200"} 1027 1748735990123
http_requests_total{code="200",instance="web-01",} 1028 1748735991.5 # {trace_id="x"} 0.5 1748735991
up{instance = "web-01" , } 1
{"disk.used", instance="web-02", "a b"="c"} 5e9	1748735999

rpc_bucket{le="+Inf",instance="web-01"} 3 1748735999
gone{instance="web-01"} NaN
# EOF
`, Options{})
	want := map[string][]metric.Point{
		`web-01 http_requests_total{code="200"}`: {{Time: 1748735990123000, Value: 1027}, {Time: 1748735991500000, Value: 1028}},
		`web-01 up`:                              {{Time: now * 1000, Value: 1}},
		`web-02 disk.used{a b="c"}`:              {{Time: 1748735999000000, Value: 5e9}},
		`web-01 rpc_bucket{le="+Inf"}`:           {{Time: 1748735999000000, Value: 3}},
	}
	got := points(b)
	for k, p := range want {
		if !slices.Equal(got[k], p) {
			t.Errorf("%s is %v, want %v", k, got[k], p)
		}
	}
	if len(got) != len(want) || b.Points != 5 || b.Empty != 1 || b.Refused != 0 {
		t.Errorf("%+v", b)
	}
}

func TestOpenMetricsRefusesLines(t *testing.T) {
	b := openMetricsOf(t, strings.Join([]string{
		`up{instance="a"} 1`,
		`up{instance="a"} one`,
		`up{instance="a"}`,
		`up{instance="a} 1`,
		`up 1`,
		`up{instance="a"} 1 later`,
		`up{instance="a"} 1 1748735999 2`,
		`9up{instance="a"} 1`,
		`up{instance="a"} +Inf`,
		`up{instance="a"} 1 99999999999`,
		`{instance="a"} 1`,
	}, "\n"), Options{})
	want := []string{`2 the value is not a number: "one"`, `3 there is no value`, `4 the labels are not written as {name="value",...}`,
		`5 the label instance, which names the VM, is missing`, `6 the time is not a number: "later"`, `7 there is more behind the time: "2"`,
		`8 a metric's name is expected at "9up{instance=\"a\"} 1"`, `9 the value is not finite`, `10 the time is in the future`, `11 the metric has no name`}
	if len(b.Rejected) != len(want) || b.Points != 1 {
		t.Fatalf("%+v", b)
	}
	for i, r := range b.Rejected {
		if line := string(rune('0'+r.Line/10)) + string(rune('0'+r.Line%10)); strings.TrimPrefix(line, "0")+" "+r.Reason != want[i] || r.Index != i+1 {
			t.Errorf("%+v, want %s", r, want[i])
		}
	}
}

func influxOf(t *testing.T, text, precision string, o Options) Batch {
	t.Helper()
	o.Now = clock
	b, err := Influx([]byte(text), precision, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestInflux(t *testing.T) {
	b := influxOf(t, `# Telegraf
cpu,cpu=cpu0,host=web-01 usage_idle=93.5,usage_user=1i 1748735999123456789
mem,host=web-01 value=5u 1748735999123456789
disk\ io,host=web\ 02,path=/a\,b reads=-1i,busy=true

load,host=web-01 value=0.5
`, "", Options{})
	want := map[string][]metric.Point{
		`web-01 cpu_usage_idle{cpu="cpu0"}`: {{Time: 1748735999123456, Value: 93.5}},
		`web-01 cpu_usage_user{cpu="cpu0"}`: {{Time: 1748735999123456, Value: 1}},
		`web-01 mem`:                        {{Time: 1748735999123456, Value: 5}},
		`web 02 disk io_reads{path="/a,b"}`: {{Time: now * 1000, Value: -1}},
		`web 02 disk io_busy{path="/a,b"}`:  {{Time: now * 1000, Value: 1}},
		`web-01 load`:                       {{Time: now * 1000, Value: 0.5}},
	}
	got := points(b)
	for k, p := range want {
		if !slices.Equal(got[k], p) {
			t.Errorf("%s is %v, want %v", k, got[k], p)
		}
	}
	if len(got) != len(want) || b.Refused != 0 {
		t.Errorf("%+v", b)
	}
	for precision, at := range map[string]string{"s": "1748735999", "ms": "1748735999000", "us": "1748735999000000", "ns": "1748735999000000000"} {
		if b := influxOf(t, "x,host=a value=1 "+at, precision, Options{}); b.Points != 1 || b.Series[0].Times[0] != 1748735999000000 {
			t.Errorf("%s: %+v", precision, b)
		}
	}
	if _, err := Influx(nil, "h", Options{}); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
}

func TestInfluxRefusesRows(t *testing.T) {
	b := influxOf(t, strings.Join([]string{
		"x,host=a value=1,note=\"text\"",
		"x,host=a",
		"x value=1",
		"x,host=a value=1 never",
		"x,host=a value=1 1748736999000000000",
		"x,host=a,b=1,b=2 value=1",
		"x,host=a value=99999999999999999999i",
	}, "\n"), "", Options{})
	lines := []int{}
	for _, r := range b.Rejected {
		lines = append(lines, r.Line)
	}
	if b.Points != 1 || !slices.Equal(lines, []int{1, 2, 3, 4, 5, 6, 7}) {
		t.Fatalf("%+v", b)
	}
	if got := b.Rejected[0].Reason; got != "the value is a text, not a number" {
		t.Error(got)
	}
}

// The packings that collectors use for text.
func TestPackedText(t *testing.T) {
	const line = "x,host=a value=1\n"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte(line)) // a buffer takes everything
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for encoding, body := range map[string][]byte{"gzip": zipped.Bytes(), "zstd": enc.EncodeAll([]byte(line), nil), "": []byte(line)} {
		if got, err := Unpack(encoding, body, Limits{}); err != nil || string(got) != line {
			t.Errorf("%s: %q, %v", encoding, got, err)
		}
		if _, err := Unpack(encoding, body, Limits{Bytes: 5}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", encoding, err)
		}
	}
	if _, err := OpenMetrics([]byte(strings.Repeat("x", maxLine+1)), Options{}); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}
