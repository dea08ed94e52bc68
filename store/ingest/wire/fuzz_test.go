package wire

import (
	"errors"
	"math"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"aiops/metric"
)

// sound checks what every batch promises.
func sound(t *testing.T, b Batch, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) {
			t.Fatal(err)
		}
		return
	}
	n := 0
	for _, s := range b.Series {
		n += s.Len()
		if s.VM == "" || s.Metric == "" || len(s.VM) > metric.MaxName || len(s.Metric) > metric.MaxName || s.Len() == 0 || len(s.Values) != s.Len() {
			t.Fatalf("series %q with %d times, %d values", s.Key, s.Len(), len(s.Values))
		}
		for _, v := range s.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%s is %v", s.Key, v)
			}
		}
	}
	if n != b.Points || b.Refused < len(b.Rejected) {
		t.Fatalf("%d points, %+v", n, b)
	}
	for _, r := range b.Rejected {
		if r.Reason == "" {
			t.Fatalf("%+v", r)
		}
	}
}

func FuzzRemoteWrite(f *testing.F) {
	good := request1(series1([][]byte{sample(1, now), sample(math.NaN(), now)}, "__name__", "x", "instance", "a"))
	f.Add(good, false)
	f.Add(message(text(text(nil, 4, ""), 4, "__name__"), 5, message(nil, 1, []byte{1, 1})), true)
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f}, false)
	f.Fuzz(func(t *testing.T, body []byte, second bool) {
		m := Remote1
		if second {
			m = Remote2
		}
		b, err := RemoteWrite(m, body, Options{Now: clock, Limits: Limits{Points: 1000, Series: 100}})
		sound(t, b, err)
		if plain, err := Unpack("snappy", body, Limits{Bytes: 1 << 16}); err == nil && len(plain) > 1<<16 {
			t.Fatal("unpacked too much")
		}
	})
}

// Lines that Prometheus' own parser takes as one value are taken with the same value.
func FuzzOpenMetrics(f *testing.F) {
	for _, s := range []string{`up{instance="a"} 1`, `up{instance="a",b="c\"\\\n"} 1.5 1748735999000`, `{"x.y",instance="a"} 3`, "# TYPE x counter\nx 1\n", `x{instance="a"} NaN`, `x{instance="a"} 1 1 # {} 1`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, err := OpenMetrics([]byte(s), Options{Now: clock, DefaultVM: "vm"})
		sound(t, b, err)
		if strings.ContainsAny(s, "\n\r#") || len(s) > 200 {
			return
		}
		parser := expfmt.NewTextParser(model.UTF8Validation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(s + "\n"))
		if err != nil || len(families) != 1 || b.Points != 1 {
			return
		}
		for name, family := range families {
			m := family.GetMetric()[0]
			if got := b.Series[0]; got.Values[0] != m.GetUntyped().GetValue() || !strings.HasPrefix(got.Metric, name) || !sameVM(m, got.VM) {
				t.Fatalf("%q is %v %v, Prometheus says %v", s, got.Key, got.Values[0], m)
			}
		}
	})
}

func sameVM(m *dto.Metric, vm string) bool {
	for _, l := range m.GetLabel() {
		if l.GetName() == "instance" && strings.TrimSpace(l.GetValue()) != "" {
			return vm == strings.TrimSpace(l.GetValue())
		}
	}
	return vm == "vm"
}

func FuzzInflux(f *testing.F) {
	for _, s := range []string{"cpu,host=a x=1,y=2i 1748735999000000000", `a\ b,host=c\,d v="x",w=t`, "x,host=a value=-5u", "# c\n\nx,host=a f=1e400 9223372036854775807"} {
		f.Add(s, "ns")
	}
	f.Fuzz(func(t *testing.T, s, precision string) {
		b, err := Influx([]byte(s), precision, Options{Now: clock})
		if errors.Is(err, ErrUnsupported) {
			return
		}
		sound(t, b, err)
	})
}
