package view

import (
	"fmt"
	"strings"
	"testing"

	"aiops/metric"
	"aiops/store"
)

func treeCatalog() []store.SeriesInfo {
	var out []store.SeriesInfo
	for _, vm := range []string{"api-01", "db-01", "db-02"} {
		for _, m := range []string{"cpu", "disk_used_percent", "latency"} {
			out = append(out, store.SeriesInfo{Key: metric.Key{VM: vm, Metric: m}, Count: 9, Last: 77, LastValue: 51.63})
		}
	}
	out[8].Count = 0
	return out
}

func TestTree(t *testing.T) {
	st := DefaultState()
	st.Selection.Add(metric.Key{VM: "db-01", Metric: "latency"}, metric.Key{VM: "api-01", Metric: "cpu"},
		metric.Key{VM: "api-01", Metric: "latency"}, metric.Key{VM: "api-01", Metric: "disk_used_percent"}, metric.Key{VM: "gone", Metric: "cpu"})
	st.Expand("db-01", true)
	tree := NewTree(treeCatalog(), st, "")
	if got := tree.Count(); got != "4 of 9 series selected" {
		t.Error(got)
	}
	var got []string
	for _, vm := range tree.VMs {
		got = append(got, fmt.Sprint(vm.VM, " ", vm.Box, " ", vm.Expanded))
		for _, m := range vm.Metrics {
			got = append(got, fmt.Sprint("  ", m.Metric, " ", m.Selected, " ", m.Slot, " ", m.Last))
		}
	}
	want := `api-01 2 false
  cpu true 1 51.6 %
  disk_used_percent true 3 51.6 %
  latency true 2 51.6 ms
db-01 1 true
  cpu false -1 51.6 %
  disk_used_percent false -1 51.6 %
  latency true 0 51.6 ms
db-02 0 false
  cpu false -1 51.6 %
  disk_used_percent false -1 51.6 %
  latency false -1 no data`
	if text := strings.ReplaceAll(strings.Join(got, "\n"), "\u00a0", " "); text != want {
		t.Errorf("got\n%s", text)
	}
}

func TestTreeFilter(t *testing.T) {
	for filter, want := range map[string]string{
		"db cpu":   "2 of 9 match",
		" CPU  db": "2 of 9 match",
		"api":      "3 of 9 match",
		"disk 02":  "1 of 9 match",
		"nothing":  "0 of 9 match",
		"   ":      "0 of 9 series selected",
	} {
		tree := NewTree(treeCatalog(), DefaultState(), filter)
		if got := tree.Count(); got != want {
			t.Errorf("%q: %s, want %s", filter, got, want)
		}
		for _, vm := range tree.VMs {
			if strings.TrimSpace(filter) != "" && !vm.Expanded {
				t.Errorf("%q: %s is folded", filter, vm.VM)
			}
		}
		if n := len(tree.Keys()); n != tree.Matches {
			t.Errorf("%q: %d keys, %d matches", filter, n, tree.Matches)
		}
	}
}

func TestExpand(t *testing.T) {
	st := DefaultState()
	st.Expand("a", true)
	st.Expand("b", true)
	st.Expand("a", true)
	st.Expand("b", false)
	if fmt.Sprint(st.Expanded) != "[a]" {
		t.Error(st.Expanded)
	}
}
