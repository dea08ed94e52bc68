package ingest

import (
	"fmt"
	"strings"
	"testing"

	"aiops/metric"
)

// inOrder tells a file's places one a line.
func inOrder(t *testing.T, name, text string) (string, Ordered, Report) {
	t.Helper()
	all, rep, err := InOrder(t.Context(), written(t, name, text), Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	at := make([]int, len(all.Series))
	var b strings.Builder
	for i, s := range all.Of {
		series := all.Series[s]
		when := "-"
		if series.Times[at[s]] != NoTime {
			when = metric.Time(series.Times[at[s]]).Format("15:04")
		}
		fmt.Fprintf(&b, "%d %s %s %v\n", all.Row[i], series.Key, when, series.Values[at[s]])
		at[s]++
	}
	return b.String(), all, rep
}

// Every value of a file has its place, in the file's order, whether it can be used or not.
func TestInOrder(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		rows       int
		whole      bool
	}{
		"two columns, twice, back, bad": {
			"timestamp,value\n2024-01-02 03:00,1\n2024-01-02 03:00,2\n2024-01-02 02:00,3\nsoon,4\n2024-01-02 05:00,oops\n2024-01-02 06:00,\n2099-01-02 06:00,7\n2024-01-02 07:00,inf\n",
			"0 f value 03:00 1\n1 f value 03:00 2\n2 f value 02:00 3\n3 f value - NaN\n4 f value 05:00 NaN\n5 f value 06:00 NaN\n6 f value 06:00 NaN\n7 f value 07:00 NaN\n", 8, true},
		"a label beside the value": {
			"TimeStamp,Value,Label\n2024-01-02 03:00,1,0\n2024-01-02 04:00,2,1\n",
			"0 f Value 03:00 1\n0 f Label 03:00 0\n1 f Value 04:00 2\n1 f Label 04:00 1\n", 2, true},
		"wide with holes": {
			"timestamp,vm,cpu,mem\n2024-01-02 03:00,a,1,\n2024-01-02 03:00,b,2,3\nx,a,4,5\n2024-01-02 04:00,a\n,,,\n2024-01-02 05:00,a,6,7\n",
			"0 a cpu 03:00 1\n0 a mem 03:00 NaN\n1 b cpu 03:00 2\n1 b mem 03:00 3\n2 a cpu - NaN\n2 a mem - NaN\n3 a cpu 04:00 NaN\n3 a mem 04:00 NaN\n" +
				"4  cpu - NaN\n4  mem - NaN\n5 a cpu 05:00 6\n5 a mem 05:00 7\n", 6, true},
		"long": {
			"vm,timestamp,metric,value\na,2024-01-02 04:00,cpu,1\nb,2024-01-02 04:00,cpu,x\na,2024-01-02 03:00,mem,2\na,2024-01-02 04:00,cpu,3\n,2024-01-02 04:00,cpu,3\n",
			"0 a cpu 04:00 1\n1 b cpu 04:00 NaN\n2 a mem 03:00 2\n3 a cpu 04:00 3\n4   04:00 NaN\n", 5, false},
	} {
		got, all, rep := inOrder(t, "f.csv", c.text)
		if got != c.want || all.Rows != c.rows || all.Whole != c.whole || rep.Rows != int64(strings.Count(c.want, "\n")) {
			t.Errorf("%s: %d rows (%d reported), whole %v\n%s\nwant %d, %v\n%s", name, all.Rows, rep.Rows, all.Whole, got, c.rows, c.whole, c.want)
		}
	}
}

// The order holds over the blocks that several goroutines read.
func TestInOrderOfManyBlocks(t *testing.T) {
	var b strings.Builder
	b.WriteString("vm,timestamp,metric,value\n")
	const n = 200_000
	for i := range n {
		v := fmt.Sprint(i)
		if i%7 == 3 {
			v = "none at all"
		}
		fmt.Fprintf(&b, "vm-%d,%d,cpu,%s\n", i%3, 1_700_000_000+i/3*60, v)
	}
	_, all, rep := inOrder(t, "f.csv", b.String())
	if all.Rows != n || len(all.Of) != n || rep.Quarantined != n/7 {
		t.Fatalf("%d rows, %d places, %d set aside", all.Rows, len(all.Of), rep.Quarantined)
	}
	at := make([]int, len(all.Series))
	for i, s := range all.Of {
		series := all.Series[s]
		if want := fmt.Sprintf("vm-%d", i%3); series.VM != want || all.Row[i] != int32(i) {
			t.Fatalf("place %d is of %s, row %d", i, series.VM, all.Row[i])
		}
		if v := series.Values[at[s]]; i%7 != 3 && v != float64(i) || i%7 == 3 && v == v {
			t.Fatalf("place %d holds %v", i, v)
		}
		at[s]++
	}
}

// Whatever a file holds, its places fit together, and its usable values are
// those that Load finds, which leaves out times that occur twice.
func FuzzInOrder(f *testing.F) {
	for _, s := range []string{
		"timestamp,value\n2024-01-02 03:00,1\n2024-01-02 03:00,2\nx,3\n", "timestamp,vm,cpu,mem\n2024-01-02 03:00,a,1,\n,,,\n2024-01-02,b\n",
		"vm,timestamp,metric,value\na,2024-01-02 04:00,cpu,1\n\"a\nb\",2024-01-02 04:00,cpu,x\n", "a;b\n\"\n1700000000;2,5\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		path := written(t, "f.csv", string(b))
		all, _, err := InOrder(t.Context(), path, Options{Now: now})
		if err != nil {
			return
		}
		usable, at := map[metric.Key]map[int64]bool{}, make([]int, len(all.Series))
		row := int32(-1)
		for i, s := range all.Of {
			k, p := all.Series[s].Key, all.Series[s].At(at[s])
			if at[s]++; all.Row[i] != row && all.Row[i] != row+1 {
				t.Fatalf("row %d follows %d", all.Row[i], row)
			}
			row = all.Row[i]
			if p.Value == p.Value {
				if usable[k] == nil {
					usable[k] = map[int64]bool{}
				}
				usable[k][p.Time] = true
			}
		}
		if int(row)+1 != all.Rows {
			t.Fatalf("%d rows, the last is %d", all.Rows, row)
		}
		loaded, _, err := Load(t.Context(), path, Options{Now: now})
		if err != nil {
			t.Fatalf("read as it stands, but not loaded: %v", err)
		}
		for _, s := range loaded {
			if len(usable[s.Key]) != s.Len() {
				t.Fatalf("%v: %d times, loaded %d", s.Key, len(usable[s.Key]), s.Len())
			}
		}
	})
}
