package serve

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
)

// part appends a field of a message by its number and kind.
func part(b []byte, number, kind uint64, inside []byte) []byte {
	b = binary.AppendUvarint(b, number<<3|kind)
	if kind == 2 {
		b = binary.AppendUvarint(b, uint64(len(inside)))
	}
	return append(b, inside...)
}

func remoteSample(v float64) []byte {
	b := part(nil, 1, 1, binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
	return part(b, 2, 0, binary.AppendUvarint(nil, uint64(now.UnixMilli()-60_000)))
}

// request1 is a remote write 1.0 of one value.
func request1(v float64, labels ...string) string {
	var series []byte
	for i := 0; i < len(labels); i += 2 {
		series = part(series, 1, 2, part(part(nil, 1, 2, []byte(labels[i])), 2, 2, []byte(labels[i+1])))
	}
	series = part(series, 2, 2, remoteSample(v))
	return string(snappy.Encode(nil, part(nil, 1, 2, series)))
}

// request2 is a remote write 2.0 of one value.
func request2(v float64, labels ...string) string {
	body := part(nil, 4, 2, nil)
	var numbers []byte
	for i, l := range labels {
		body = part(body, 4, 2, []byte(l))
		numbers = binary.AppendUvarint(numbers, uint64(i+1))
	}
	series := part(part(nil, 1, 2, numbers), 2, 2, remoteSample(v))
	return string(snappy.Encode(nil, part(body, 5, 2, series)))
}

var (
	asRemote1 = []string{"Content-Type", "application/x-protobuf", "Content-Encoding", "snappy"}
	asRemote2 = []string{"Content-Type", "application/x-protobuf;proto=io.prometheus.write.v2.Request", "Content-Encoding", "snappy"}
)

func TestRemoteWrite(t *testing.T) {
	s := newService(t, nil)
	const written = "X-Prometheus-Remote-Write-Samples-Written"
	if w := s.want(204, "POST", "/api/v1/write", request1(7, "__name__", "up", "instance", "web-01"), asRemote1...); w.Header().Get(written) != "1" || w.Body.Len() > 0 {
		t.Error(w.Header(), w.Body)
	}
	if w := s.want(204, "POST", "/api/v1/write?vm_label=node", request2(8, "__name__", "up", "node", "web-02", "mode", "x"), asRemote2...); w.Header().Get(written) != "1" {
		t.Error(w.Header())
	}
	w := s.want(400, "POST", "/api/v1/write", request2(8, "__name__", "up"), asRemote2...)
	if w.Header().Get(written) != "0" || !strings.Contains(w.Body.String(), "the label instance, which names the VM, is missing") {
		t.Error(w.Header(), w.Body)
	}
	s.want(204, "POST", "/api/v1/write?vm=lost", request2(8, "__name__", "up"), asRemote2...)
	got := s.want(200, "GET", "/api/v1/latest_metrics", "", "Accept", "text/csv").Body.String()
	for _, row := range []string{"web-01,2026-11-23T11:59:00Z,up,7", `web-02,2026-11-23T11:59:00Z,"up{mode=""x""}",8`, "lost,2026-11-23T11:59:00Z,up,8"} {
		if !strings.Contains(got, row) {
			t.Errorf("%s is missing in %s", row, got)
		}
	}
	for status, headers := range map[int][]string{
		400: {"Content-Type", "application/x-protobuf"}, // not packed
		415: {"Content-Type", "application/x-protobuf", "Content-Encoding", "br"},
	} {
		s.want(status, "POST", "/api/v1/write", "nonsense", headers...)
	}
	s.want(415, "POST", "/api/v1/write", "{}")
	s.want(415, "POST", "/api/v1/write", request1(1), "Content-Type", "application/x-protobuf;proto=other", "Content-Encoding", "snappy")
}

func TestPushedTexts(t *testing.T) {
	s := newService(t, func(o *Options) { o.Limits = Limits{Rows: 3}; o.Push.StripPort = true })
	text := []string{"Content-Type", "text/plain; version=0.0.4"}
	type result struct {
		Stored, Duplicates, Rejected int
		Errors                       []struct {
			Line   int
			Reason string
		}
	}
	at := now.Unix() - 60
	body := fmt.Sprintf("# TYPE up gauge\nup{instance=\"web-01:9100\"} 1 %d\nup 2\n", at*1000)
	got := decode[result](t, s.want(200, "POST", "/api/v1/openmetrics", body, text...))
	if got.Stored != 1 || got.Rejected != 1 || len(got.Errors) != 1 || got.Errors[0].Line != 3 {
		t.Errorf("%+v", got)
	}
	got = decode[result](t, s.want(200, "POST", "/api/v1/openmetrics?vm=web-02", "up 2\n", text...))
	if got.Stored != 1 {
		t.Errorf("%+v", got)
	}
	line := fmt.Sprintf("cpu,host=web-03 value=5,idle=6i %d\n", at)
	for _, want := range []result{{Stored: 2}, {Duplicates: 2}} {
		if got := decode[result](t, s.want(200, "POST", "/api/v1/influx?precision=s", line, text...)); got.Stored != want.Stored || got.Duplicates != want.Duplicates {
			t.Errorf("%+v", got)
		}
	}
	kept := decode[result](t, s.want(200, "POST", "/api/v1/influx?precision=s&on_conflict=keep", fmt.Sprintf("cpu,host=web-03 value=9 %d\n", at), text...))
	if kept.Rejected != 1 || !strings.Contains(kept.Errors[0].Reason, "the value 5 already") {
		t.Errorf("%+v", kept)
	}
	rows := s.want(200, "GET", "/api/v1/latest_metrics", "", "Accept", "text/csv").Body.String()
	for _, row := range []string{"web-01,2026-11-23T11:59:00Z,up,1", "web-02,2026-11-23T12:00:00Z,up,2", "web-03,2026-11-23T11:59:00Z,cpu,5", "web-03,2026-11-23T11:59:00Z,cpu_idle,6"} {
		if !strings.Contains(rows, row) {
			t.Errorf("%s is missing in %s", row, rows)
		}
	}
	s.want(413, "POST", "/api/v1/influx", strings.Repeat(line, 4), text...)
	s.want(415, "POST", "/api/v1/influx", line, "Content-Type", "text/html")
	s.want(422, "POST", "/api/v1/influx?precision=h", line, text...)
}
