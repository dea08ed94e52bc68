package wire

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"google.golang.org/protobuf/encoding/protowire"

	"aiops/metric"
)

// now is the clock of these tests: 2025-06-01T00:00:00Z.
const now = int64(1_748_736_000_000)

func clock() time.Time { return time.UnixMilli(now) }

// message appends a field that holds another message.
func message(b []byte, number protowire.Number, inside []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), inside)
}

func text(b []byte, number protowire.Number, s string) []byte { return message(b, number, []byte(s)) }

func sample(v float64, ms int64) []byte {
	b := protowire.AppendTag(nil, 1, protowire.Fixed64Type)
	b = protowire.AppendFixed64(b, math.Float64bits(v))
	b = protowire.AppendTag(b, 2, protowire.VarintType)
	return protowire.AppendVarint(b, uint64(ms))
}

// series1 is a TimeSeries of version 1.0: names and values of labels by turns.
func series1(samples [][]byte, labels ...string) []byte {
	var b []byte
	for i := 0; i < len(labels); i += 2 {
		b = message(b, 1, text(text(nil, 1, labels[i]), 2, labels[i+1]))
	}
	for _, s := range samples {
		b = message(b, 2, s)
	}
	return b
}

func request1(series ...[]byte) []byte {
	var b []byte
	for _, s := range series {
		b = message(b, 1, s)
	}
	return b
}

func remote(t *testing.T, m Message, body []byte, o Options) Batch {
	t.Helper()
	o.Now = clock
	b, err := RemoteWrite(m, body, o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func points(b Batch) map[string][]metric.Point {
	out := map[string][]metric.Point{}
	for _, s := range b.Series {
		for i := range s.Times {
			out[s.Key.String()] = append(out[s.Key.String()], s.At(i))
		}
	}
	return out
}

func reasons(b Batch) []string {
	var out []string
	for _, r := range b.Rejected {
		out = append(out, r.Reason)
	}
	return out
}

func TestRemoteWriteNamesSeries(t *testing.T) {
	body := request1(
		series1([][]byte{sample(1.5, now-1000), sample(2, now)}, "__name__", "node_cpu_seconds_total", "mode", "idle", "instance", "web-01:9100", "cpu", "0", "job", "node"),
		series1([][]byte{sample(-3, now)}, "__name__", "up", "instance", "[::1]:9100", "job", "node", "empty", ""),
		series1([][]byte{sample(7, now)}, "__name__", "odd", "instance", "a", "path", "C:\\x \"y\"\nz"),
	)
	got := points(remote(t, Remote1, body, Options{StripPort: true, Drop: []string{"job"}}))
	want := map[string][]metric.Point{
		`web-01 node_cpu_seconds_total{cpu="0",mode="idle"}`: {{Time: (now - 1000) * 1000, Value: 1.5}, {Time: now * 1000, Value: 2}},
		`::1 up`:                       {{Time: now * 1000, Value: -3}},
		`a odd{path="C:\\x \"y\"\nz"}`: {{Time: now * 1000, Value: 7}},
	}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for k, p := range want {
		if !slices.Equal(got[k], p) {
			t.Errorf("%s is %v, want %v, of %v", k, got[k], p, got)
		}
	}
	if b := remote(t, Remote1, body, Options{VM: "job"}); len(b.Series) != 2 || b.Series[0].Key != (metric.Key{VM: "node", Metric: `node_cpu_seconds_total{cpu="0",instance="web-01:9100",mode="idle"}`}) || b.Refused != 1 {
		t.Errorf("%+v", b)
	}
}

func TestRemoteWriteRefusesRows(t *testing.T) {
	histogram := message(series1(nil, "__name__", "h", "instance", "a"), 4, []byte{8, 1})
	b := remote(t, Remote1, request1(
		series1([][]byte{sample(1, now), sample(math.Float64frombits(0x7ff0000000000002), now), sample(math.NaN(), now), sample(math.Inf(1), now), sample(1, now+600_000), sample(1, math.MaxInt64)}, "__name__", "x", "instance", "a"),
		series1([][]byte{sample(1, now)}, "instance", "a"),
		series1([][]byte{sample(1, now)}, "__name__", "x"),
		series1([][]byte{sample(1, now)}, "__name__", "x", "instance", "a", "l", "1", "l", "2"),
		series1([][]byte{sample(1, now)}, "__name__", "x", "instance", "a", "l", "\xff"),
		series1([][]byte{sample(1, now)}, "__name__", "x", "instance", "a", "l", strings.Repeat("x", 600)),
		histogram,
	), Options{})
	want := []string{"the value is not finite", "the time is in the future", "the time is outside of the years that can be kept",
		"the metric has no name", "the label instance, which names the VM, is missing", "the label l is there twice", "a label is not UTF-8",
		"the metric's name with its labels is longer than 512 bytes", "native histograms are not kept: send classic ones (buckets, sum and count)"}
	if got := reasons(b); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if b.Points != 1 || b.Stale != 1 || b.Empty != 1 || b.Refused != len(want) || b.Histograms != 1 {
		t.Errorf("%+v", b)
	}
	if r := b.Rejected[3]; r.Index != 6 {
		t.Errorf("the row without a name is %+v", r)
	}
	if b := remote(t, Remote1, request1(series1([][]byte{sample(1, now)}, "__name__", "x")), Options{DefaultVM: "edge"}); b.Points != 1 || b.Series[0].VM != "edge" {
		t.Errorf("%+v", b)
	}
}

// The fields' numbers are those of io.prometheus.write.v2 in the specification.
func TestRemoteWrite2(t *testing.T) {
	var body []byte
	for _, s := range []string{"", "__name__", "up", "instance", "web-01", "extra"} {
		body = text(body, 4, s)
	}
	refs := func(n ...uint64) (b []byte) {
		for _, v := range n {
			b = protowire.AppendVarint(b, v)
		}
		return b
	}
	good := message(message(nil, 1, refs(1, 2, 3, 4)), 2, sample(4, now))
	good = message(message(good, 4, []byte{}), 3, []byte{8, 1}) // an exemplar, a histogram
	outside := message(message(nil, 1, refs(1, 9)), 2, sample(4, now))
	odd := message(message(nil, 1, refs(1, 2, 3)), 2, sample(4, now))
	for _, s := range [][]byte{good, outside, odd} {
		body = message(body, 5, s)
	}
	b := remote(t, Remote2, body, Options{})
	if got := points(b)["web-01 up"]; b.Points != 1 || !slices.Equal(got, []metric.Point{{Time: now * 1000, Value: 4}}) || b.Exemplars != 1 || b.Histograms != 1 {
		t.Errorf("%+v", b)
	}
	if got := reasons(b); len(got) != 3 || got[1] != "its labels point outside of the table of symbols" || got[2] != "a label has no value" {
		t.Errorf("%q", got)
	}
	if _, err := RemoteWrite(Remote2, text(nil, 4, "x"), Options{}); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}

func TestRemoteWriteLimits(t *testing.T) {
	many := request1(series1([][]byte{sample(1, now), sample(2, now), sample(3, now)}, "__name__", "x", "instance", "a"))
	for _, l := range []Limits{{Points: 2}, {Series: 1}} {
		body := append(slices.Clone(many), request1(series1([][]byte{sample(1, now)}, "__name__", "y", "instance", "a"))...)
		if _, err := RemoteWrite(Remote1, body, Options{Now: clock, Limits: l}); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if b := remote(t, Remote1, many, Options{Limits: Limits{Labels: 0}}); b.Points != 3 {
		t.Errorf("%+v", b)
	}
	if b := remote(t, Remote1, request1(series1([][]byte{sample(1, now)}, "__name__", "x", "instance", "a", "b", "c")), Options{Limits: Limits{Labels: 1}}); b.Refused != 1 {
		t.Errorf("%+v", b)
	}
	for i := range len(many) - 1 {
		if _, err := RemoteWrite(Remote1, many[:i+1], Options{Now: clock}); i > 0 && err == nil || err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
}

// A bomb is refused by what it promises, before memory is taken.
func TestUnpack(t *testing.T) {
	body := []byte(strings.Repeat("some text ", 100))
	if got, err := Unpack("snappy", snappy.Encode(nil, body), Limits{}); err != nil || string(got) != string(body) {
		t.Error(err)
	}
	for promised, want := range map[uint64]error{1 << 31: ErrTooLarge, 30 << 20: ErrMalformed} {
		bomb := append(binary.AppendUvarint(nil, promised), 0, 0)
		if allocated := testing.AllocsPerRun(1, func() {
			if _, err := Unpack("snappy", bomb, Limits{}); !errors.Is(err, want) {
				t.Error(err)
			}
		}); allocated > 20 {
			t.Errorf("%v allocations", allocated)
		}
	}
	if _, err := Unpack("br", body, Limits{}); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
	for _, encoding := range []string{"snappy", "gzip", "zstd"} {
		if _, err := Unpack(encoding, []byte("\xff\xff\xff\xff\xff\xff"), Limits{}); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v", encoding, err)
		}
	}
	if _, err := Unpack("", body, Limits{Bytes: 10}); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

func TestMessageOf(t *testing.T) {
	for kind, want := range map[string]Message{
		"application/x-protobuf":                                       Remote1,
		"application/x-protobuf;proto=prometheus.WriteRequest":         Remote1,
		"application/x-protobuf; proto=io.prometheus.write.v2.Request": Remote2,
		"application/x-protobuf;proto=other":                           0,
		"application/json":                                             0,
		"":                                                             0,
	} {
		if got, err := MessageOf(kind); got != want || (err != nil) != (want == 0) || err != nil && !errors.Is(err, ErrUnsupported) {
			t.Errorf("%q is %v, %v", kind, got, err)
		}
	}
}
