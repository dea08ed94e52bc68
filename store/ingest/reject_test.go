package ingest

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aiops/store"
)

const bad = `vm,timestamp,metric,value
web,2024-01-02 03:04:05,cpu,1
,2024-01-02 03:04:05,cpu,2
web,,cpu,3
web,2024-13-02 03:04:05,cpu,4
web,2030-01-02 03:04:05,cpu,5
web,2024-01-02 03:04:05,,6
web,2024-01-02 03:04:05,cpu,
web,2024-01-02 03:04:05,cpu,NaN
web,2024-01-02 03:04:05,cpu,-Inf
web,2024-01-02 03:04:05,cpu,"three
and a half"
web,2024-01-02 03:04:05,cpu
web,2024-01-02 03:04:05,cpu,1,2
web,2024-01-02 03:04:05,cpu,1e999
web,2024-01-02 03:04:05,cpu,1
"web,2024-01-02 03:04:05,cpu,9
web,2024-01-02 03:05:05,cpu,2
`

var badReasons = []string{
	"3 vm: the vm is empty",
	"4 timestamp: the time is empty",
	`5 timestamp: not a time like 2006-01-02 15:04:05: "2024-13-02 03:04:05"`,
	"6 timestamp: the time is in the future",
	"7 metric: the metric is empty",
	"8 value: the value is empty",
	`9 value: the value is not finite: "NaN"`,
	`10 value: the value is not finite: "-Inf"`,
	`11 value: the value is not a number: "three\nand a half"`,
	"13 : 3 fields instead of 4",
	"14 : 5 fields instead of 4",
	`15 value: the value is not finite: "1e999"`,
	"17 : a quote is not closed",
}

func TestRejected(t *testing.T) {
	path := written(t, "bad.csv", bad)
	o := Options{Now: now, Quarantine: filepath.Join(t.TempDir(), "q.csv")}
	st := newFake()
	r := imported(t, st, path, o)
	if r.Rows != 16 || r.Stored != 2 || r.Duplicates != 1 || r.Quarantined != 13 || r.Quarantine != o.Quarantine {
		t.Error(r)
	}
	var reasons []string
	for _, b := range r.First {
		reasons = append(reasons, fmt.Sprintf("%d %s: %s", b.Line, b.Field, b.Reason))
	}
	if !slices.Equal(reasons, badReasons) {
		t.Errorf("got\n%s", strings.Join(reasons, "\n"))
	}
	rows := quarantined(t, o.Quarantine)
	if len(rows) != 14 || !slices.Equal(rows[0], quarantineHeader) || rows[1][0] != path || rows[1][1] != "3" || rows[1][4] != ",2024-01-02 03:04:05,cpu,2" {
		t.Errorf("quarantine: %q", rows)
	}
	imported(t, st, path, o)
	if again := quarantined(t, o.Quarantine); len(again) != len(rows) {
		t.Errorf("the same bad rows were added again: %d", len(again))
	}
	imported(t, newFake(), written(t, "more.csv", "timestamp,value\n2024-01-01,x\n2024-01-02,1\n2024-01-03,1\n"), o)
	if more := quarantined(t, o.Quarantine); len(more) != len(rows)+1 {
		t.Errorf("a row of another file was not added: %d", len(more))
	}
	sameInMemory(t, path, Options{Now: now}, st, r)
}

func quarantined(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if others, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(others) > 0 {
		t.Errorf("left behind: %v", others)
	}
	return rows
}

func TestQuarantineRefusesOtherFiles(t *testing.T) {
	other := written(t, "data.csv", "timestamp,value\n1,2\n")
	st := newFake()
	_, err := Import(t.Context(), st, written(t, "bad.csv", bad), Options{Now: now, Quarantine: other})
	if err == nil || !strings.Contains(err.Error(), "no quarantine file") || st.count() > 0 {
		t.Error(err)
	}
}

func TestStrict(t *testing.T) {
	path := written(t, "bad.csv", bad)
	st := newFake()
	q := filepath.Join(t.TempDir(), "q.csv")
	r, err := Import(t.Context(), st, path, Options{Now: now, Strict: true, Quarantine: q})
	var row BadRow
	if !errors.As(err, &row) || row.Line != 3 || row.File != path || row.Field != "vm" || r.Stored != 0 {
		t.Errorf("%v %+v", err, r)
	}
	if st.count() != 0 || !st.tx.done {
		t.Error("something was stored")
	}
	if _, err := os.Stat(q); err == nil {
		t.Error("a quarantine file was left")
	}
	if _, _, err := Load(t.Context(), path, Options{Now: now, Strict: true}); !errors.As(err, &row) || row.Line != 3 {
		t.Error(err)
	}
}

func TestWideRejects(t *testing.T) {
	text := "time,a,b,c\n2024-01-01,1,x,\nsoon,1,2,\n2024-01-03,1,inf,NaN\n2024-01-04,1\n2024-01-05,1,2,3,4\n2024-01-06,1,2,3\nrubbish\n"
	r := imported(t, newFake(), written(t, "w.csv", text), Options{Now: now})
	// 9 values are fine or bad by themselves: a and b of row 1, a and b of row 3,
	// a of row 4, three of row 6; rows 2, 5 take two and three with them.
	if r.Rows != 8+2+3+1 || r.Stored != 6 || r.Quarantined != 8 || len(r.First) != 5 {
		t.Errorf("%v %v", r, r.First)
	}
}

func TestConflicts(t *testing.T) {
	text := "timestamp,value\n2024-01-01 00:00:00,1\n2024-01-01 00:05:00,2\n2024-01-01 00:00:00,5\n2024-01-01 00:05:00,2\n"
	path := written(t, "f.csv", text)
	for on, want := range map[store.OnConflict]points{
		store.Replace: {"f value 2024-01-01 00:00:00": 5, "f value 2024-01-01 00:05:00": 2},
		store.Keep:    {"f value 2024-01-01 00:00:00": 1, "f value 2024-01-01 00:05:00": 2},
	} {
		st, o := newFake(), Options{Now: now, OnConflict: on}
		r := imported(t, st, path, o)
		if got := flat(st); !maps.Equal(got, want) {
			t.Errorf("%v: %v", on, got)
		}
		sameInMemory(t, path, o, st, r)
		if on == store.Replace && (r.Duplicates != 2 || r.Replaced != 1) {
			t.Error(r)
		}
		if on == store.Keep && (r.Quarantined != 1 || r.First[0].Line != 4 || r.First[0].Row != "f,2024-01-01T00:00:00Z,value,5" ||
			r.First[0].Reason != "another value (1) is stored for this vm, timestamp, metric") {
			t.Errorf("%v %+v", r, r.First)
		}
		if again := imported(t, st, path, o); again.Stored != 0 || !maps.Equal(flat(st), want) {
			t.Errorf("a second import changed something: %v", again)
		}
	}
}

// Blocks are parsed side by side; lines, order and quoted line ends must hold.
func TestManyBlocks(t *testing.T) {
	var b strings.Builder
	b.WriteString("vm,timestamp,metric,value\n")
	const rows = 120_000
	want := int64(0)
	for i := range rows {
		vm := fmt.Sprintf("\"vm\n%d\"", i%7)
		value := fmt.Sprint(i)
		if i%1000 == 999 {
			value = "x"
			want++
		}
		fmt.Fprintf(&b, "%s,%d,cpu,%s\n", vm, 1700000000+i/7, value)
	}
	path := written(t, "f.csv", b.String())
	r := imported(t, newFake(), path, Options{Now: now})
	if r.Rows != rows || r.Quarantined != want || r.Series != 7 || r.First[2].Line != 2+2*2999 || r.First[19].Line != 2+2*19999 {
		t.Errorf("%v %+v", r, r.First)
	}
	series, lr, err := Load(t.Context(), path, Options{Now: now, OnConflict: store.Keep})
	if err != nil || lr.Stored != r.Stored || len(series) != 7 || series[0].VM != "vm\n0" {
		t.Errorf("%v %v", err, lr)
	}
}

func TestSortsAnyOrder(t *testing.T) {
	for name, order := range map[string]func(i, n int) int{
		"descending": func(i, n int) int { return n - i },
		"shuffled":   func(i, n int) int { return i * 7919 % n },
		"two runs":   func(i, n int) int { return i * 2 % n },
	} {
		var b strings.Builder
		const rows = 30_001
		for i := range rows {
			fmt.Fprintf(&b, "%d,%d\n", 1700000000+order(i, rows), i)
		}
		path := written(t, "f.csv", b.String())
		st := newFake()
		r := imported(t, st, path, Options{Now: now})
		sameInMemory(t, path, Options{Now: now}, st, r)
		sameInMemory(t, path, Options{Now: now, OnConflict: store.Keep}, st, r)
		if r.Stored != rows {
			t.Errorf("%s: %v", name, r)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := written(t, "f.csv", "timestamp,value\n2024-01-01,1\n")
	if _, err := Import(ctx, newFake(), path, Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, _, err := Load(ctx, path, Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
