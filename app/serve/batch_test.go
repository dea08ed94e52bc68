package serve

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"aiops/metric"
)

func TestBatchRows(t *testing.T) {
	cases := []struct{ name, row, field, reason string }{
		{"whole", `{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1}`, "", ""},
		{"any order, escapes", `{ "value" : -1.5e3 , "metric":"m\u00fc","timestamp":"2026-11-23T10:00:00.123456+01:00","vm":"\"a\"" }`, "", ""},
		{"without a zone", `{"vm":"a","timestamp":"2026-11-23 10:00","metric":"m","value":0}`, "", ""},
		{"missing", `{"vm":"a","metric":"m","value":1}`, "timestamp", "it is missing"},
		{"twice", `{"vm":"a","vm":"b","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1}`, "vm", "it is there twice"},
		{"null", `{"vm":null,"timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1}`, "vm", "it must be a text"},
		{"text as number", `{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":"1"}`, "value", "it must be a finite number"},
		{"too large", `{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1e999}`, "value", "it must be a finite number"},
		{"control", `{"vm":"a\u0000","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1}`, "vm", "it has a control character"},
		{"no time", `{"vm":"a","timestamp":"yesterday","metric":"m","value":1}`, "timestamp", "not a time; write 2026-11-22T14:00:00Z or 2026-11-22"},
		{"a day that is not", `{"vm":"a","timestamp":"2026-02-30T10:00:00Z","metric":"m","value":1}`, "timestamp", "not a time; write 2026-11-22T14:00:00Z or 2026-11-22"},
		{"not an object", `[1,{"a":[]}]`, "", "it is not an object"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBatch(now)
			if err := b.read([]byte("["+c.row+","+cases[0].row+"]"), 10, false); err != nil {
				t.Fatal(err)
			}
			if c.reason == "" {
				if len(b.errs) > 0 {
					t.Errorf("%+v", b.errs)
				}
				return
			}
			if len(b.errs) != 1 || b.errs[0] != (rowError{0, c.field, c.reason}) || len(b.series) != 1 || b.index[0][0] != 1 {
				t.Errorf("%+v, %+v", b.errs, b.series)
			}
		})
	}
}

// FuzzBatch: what is read is what encoding/json reads, and nothing else is.
func FuzzBatch(f *testing.F) {
	for _, seed := range []string{`[]`, `[{"vm":"a","timestamp":"2026-11-23T10:00:00Z","metric":"m","value":1}]`, `[{"vm":"\ud83d\ude00","timestamp":"2026-11-23T10:00:00.5Z","metric":"m","value":-0.0e-3}, 5 , "x",null]`,
		`[{"a":{"b":[1,2,{}]}}]`, `[1,2`, `[{"vm":"a" "b"}]`, "[\"\xff\"]", `[-]`, `[01]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		b := newBatch(now)
		err := b.read(body, 1000, false)
		var rows []json.RawMessage
		valid := json.Unmarshal(body, &rows) == nil
		if err == nil && !valid {
			t.Fatalf("taken, and is not a list of JSON: %q", body)
		}
		if err != nil {
			return
		}
		n := len(b.errs)
		for i, s := range b.series {
			for j, at := range b.index[i] {
				var p struct {
					VM, Metric string
					Value      float64
				}
				if err := json.Unmarshal(rows[at], &p); err != nil {
					t.Fatalf("row %d: %v in %q", at, err, body)
				}
				if p.VM != s.VM || p.Metric != s.Metric || p.Value != s.Values[j] {
					t.Fatalf("row %d is %+v instead of %+v", at, s, p)
				}
				n++
			}
		}
		if n != len(rows) || b.rows != len(rows) {
			t.Fatalf("%d of %d rows", n, len(rows))
		}
	})
}

func TestNumbersReadBackTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 200_000 {
		v := math.Float64frombits(r.Uint64())
		if i%2 == 0 {
			v = float64(r.IntN(2_000_000)-1_000_000) / math.Pow10(i%7)
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		text := appendValue(nil, v)
		back, err := strconv.ParseFloat(string(text), 64)
		if err != nil || back != v || !json.Valid(text) {
			t.Fatalf("%v became %s", v, text)
		}
		if short := strconv.AppendFloat(nil, v, 'f', -1, 64); len(text) > len(short) && len(short) < 20 {
			t.Fatalf("%s is longer than %s", text, short)
		}
	}
	if text := appendValue(nil, math.Copysign(0, -1)); string(text) != "-0" {
		t.Errorf("%s", text)
	}
}

func TestTimesAreWrittenAndReadAsByPackageTime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var write timeText
	var read dayText
	for i := range 100_000 {
		micros := r.Int64N(2e15) - 3e14
		if i%3 == 0 {
			micros -= micros % 60_000_000
		}
		text := write.append(nil, micros)
		if want := metric.Time(micros).Format(time.RFC3339Nano); string(text) != want {
			t.Fatalf("%s instead of %s", text, want)
		}
		if back, reason := read.parse(text); back != micros || reason != "" {
			t.Fatalf("%s was read as %d (%s), not %d", text, back, reason, micros)
		}
	}
}

func TestTextsAreJSON(t *testing.T) {
	for _, s := range []string{"", "web-01", "a\"b\\c", "tab\tand\u0001", "ü😀\u2028", "bad\xffbyte"} {
		var back string
		text := appendString(nil, s)
		if err := json.Unmarshal(text, &back); err != nil || back != string(bytes.ToValidUTF8([]byte(s), []byte("\ufffd"))) {
			t.Errorf("%q became %s: %v", s, text, err)
		}
	}
}
