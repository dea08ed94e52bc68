package ingest

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The number parser gives the same bits as strconv, or says that it is no number.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", "-0", "1.5", "+3", "123456789012345678", "9007199254740993", "0.1", "1e22", "1e-400", "1e400", ".5", "5.", ".", "-", "NaN", "0x1p3", "1_0", "49.6747222222222"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, state := parseNumber(b, '.')
		want, err := strconv.ParseFloat(string(b), 64)
		if state == isNumber && (math.IsNaN(v) || math.IsInf(v, 0)) {
			t.Fatalf("%q is %v", b, v)
		}
		plain := len(b) > 0 && len(b) < 400 && strings.Trim(string(b), "+-0123456789.eE") == ""
		if plain && err == nil && (state != isNumber || math.Float64bits(v) != math.Float64bits(want)) {
			t.Fatalf("%q is %v (%d), strconv says %v", b, v, state, want)
		}
		if plain && err != nil && state == isNumber {
			t.Fatalf("%q is %v, strconv says %v", b, v, err)
		}
	})
}

// The clock agrees with time.Parse wherever that reads RFC 3339.
func FuzzClock(f *testing.F) {
	for _, s := range []string{"2024-02-29T12:30:45Z", "2024-01-02 03:04:05", "1999-12-31T23:59:59.999999999+05:30", "2023-02-29T00:00:00Z", "1700000000", "1700000000123", "1.7e9", "45292.5", "-1.5"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, c := range []clock{
			{}, {zone: berlin}, {form: serialTime}, {form: wallTime}, unixClock(1, nil), unixClock(1e3, nil), unixClock(1e6, nil), unixClock(1e9, nil),
			{form: layoutTime, layout: "2/1/2006 15:04"},
		} {
			first, ok := c.parse(b)
			if again, okAgain := c.parse(b); first != again || ok != okAgain {
				t.Fatalf("%q is %d, then %d", b, first, again)
			}
		}
		want, err := time.Parse(time.RFC3339Nano, string(b))
		var c clock
		got, ok := c.parse(b)
		if err == nil && len(b) > 19 && b[10] == 'T' && (!ok || got != want.UnixMicro()) {
			t.Fatalf("%q is %d (%v), time.Parse says %d", b, got, ok, want.UnixMicro())
		}
	})
}

// The tokenizer agrees with encoding/csv where that reads the text strictly,
// and cuts any text into blocks without changing its records.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\nb\",\"c\"\"d\"\r\n1,2", "a,\"b\n", "\"a\"b,c\n", "a,b\"c,d\n", "\n\n,\n", "\"\",\"\"\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := dialect{delimiter: ',', eol: '\n', point: '.'}
		got := records(d, b)
		var cut [][]string
		for rest := b; len(rest) > 0; {
			size := min(len(rest), 7)
			n := d.whole(rest[:size])
			for n == 0 && size < len(rest) {
				size = min(size*2, len(rest))
				n = d.whole(rest[:size])
			}
			if size == len(rest) {
				n = len(rest)
			}
			cut = append(cut, records(d, rest[:n])...)
			rest = rest[n:]
		}
		if !slices.EqualFunc(got, cut, slices.Equal) {
			t.Fatalf("%q: whole %q, in blocks %q", b, got, cut)
		}
		r := csv.NewReader(bytes.NewReader(b))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		if err != nil || bytes.ContainsAny(b, "\r\t\v\f \x00\u0085") || bytes.IndexFunc(b, func(r rune) bool { return r < ' ' && r != '\n' }) >= 0 {
			return
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q: got %q, encoding/csv %q", b, got, want)
		}
	})
}

// records reads all records; one with an error is told by its physical line.
func records(d dialect, b []byte) (out [][]string) {
	for len(b) > 0 {
		fields, n, _, err := d.record(b, nil)
		var row []string
		for _, f := range fields {
			row = append(row, string(f))
		}
		if err != nil {
			row = []string{"error", string(b[:n])}
		}
		if line, _ := d.line(b); len(line) > 0 {
			out = append(out, row)
		}
		b = b[n:]
	}
	return out
}

// Whatever a file holds, nothing panics and every row is accounted for.
func FuzzImport(f *testing.F) {
	for _, s := range []string{bad, pair, "timestamp,value\n0,1\n60,2\n", "a;b\n2024-01-01;1,5\n", "time,a,b\n2024-01-01,1,\n", utf16LE(pair), "\x1f\x8b", "PK\x03\x04", "PAR1PAR1"} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "f.csv")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		st := newFake()
		r, err := Import(t.Context(), st, path, Options{Now: now})
		if err == nil && (r.Rows != r.Stored+r.Duplicates+r.Quarantined || r.Stored != st.count()) {
			t.Fatalf("%v, %d points", r, st.count())
		}
		if err != nil && st.count() > 0 {
			t.Fatalf("%v, but %d points", err, st.count())
		}
	})
}
