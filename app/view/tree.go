package view

import (
	"fmt"
	"strings"

	"aiops/metric"
	"aiops/store"
)

// Tree is the sidebar's list of VMs and their metrics.
type Tree struct {
	VMs      []VMRow
	Selected int    // of Total
	Total    int    // series there are
	Matches  int    // series that the filter lets through
	Filter   string // as typed
}

// VMRow is a VM with its metrics.
type VMRow struct {
	VM       string
	Box      Box
	Expanded bool
	Metrics  []MetricRow
}

// MetricRow is a series.
type MetricRow struct {
	metric.Key
	Selected bool
	Slot     int    // palette place, -1 if not selected
	Last     string // the last value, formatted
	LastTime int64  // when that was; 0: no points
}

// Box is the state of a tri-state box.
type Box int

// The states of a box.
const (
	Unticked Box = iota
	Partly
	Ticked
)

// NewTree lists the catalog. The filter holds fragments divided by spaces, all
// of which must occur in "vm metric", whatever their case; while there is one,
// VMs are shown expanded.
func NewTree(catalog []store.SeriesInfo, st *State, filter string) Tree {
	t := Tree{Total: len(catalog), Filter: filter}
	open := map[string]bool{}
	for _, vm := range st.Expanded {
		open[vm] = true
	}
	fragments := strings.Fields(strings.ToLower(filter))
	slots := map[metric.Key]int{}
	for _, e := range st.Selection {
		slots[e.Key] = e.Slot
	}
	for _, info := range catalog {
		slot, selected := slots[info.Key]
		if selected {
			t.Selected++
		} else {
			slot = -1
		}
		if !matches(info.Key, fragments) {
			continue
		}
		t.Matches++
		if n := len(t.VMs); n == 0 || t.VMs[n-1].VM != info.VM {
			t.VMs = append(t.VMs, VMRow{VM: info.VM, Expanded: open[info.VM] || len(fragments) > 0})
		}
		row := &t.VMs[len(t.VMs)-1]
		row.Metrics = append(row.Metrics, metricRow(info, slot))
	}
	for i := range t.VMs {
		t.VMs[i].Box = boxOf(t.VMs[i].Metrics)
	}
	return t
}

func metricRow(info store.SeriesInfo, slot int) MetricRow {
	row := MetricRow{Key: info.Key, Selected: slot >= 0, Slot: slot, Last: "no data"}
	if info.Count > 0 {
		row.Last, row.LastTime = metric.UnitOf(info.Metric).Format(info.LastValue), info.Last
	}
	return row
}

func matches(k metric.Key, fragments []string) bool {
	text := strings.ToLower(k.VM + " " + k.Metric)
	for _, f := range fragments {
		if !strings.Contains(text, f) {
			return false
		}
	}
	return true
}

func boxOf(rows []MetricRow) Box {
	n := 0
	for _, r := range rows {
		if r.Selected {
			n++
		}
	}
	switch n {
	case 0:
		return Unticked
	case len(rows):
		return Ticked
	}
	return Partly
}

// Count tells how many are selected, and how many match while there is a filter.
func (t Tree) Count() string {
	if strings.TrimSpace(t.Filter) != "" {
		return fmt.Sprintf("%s of %s match", metric.Grouped(int64(t.Matches)), metric.Grouped(int64(t.Total)))
	}
	return fmt.Sprintf("%s of %s series selected", metric.Grouped(int64(t.Selected)), metric.Grouped(int64(t.Total)))
}

// Keys are the series shown, in order.
func (t Tree) Keys() []metric.Key {
	var out []metric.Key
	for _, vm := range t.VMs {
		out = append(out, vm.Keys()...)
	}
	return out
}

// Keys are the VM's series shown, in order.
func (r VMRow) Keys() []metric.Key {
	out := make([]metric.Key, len(r.Metrics))
	for i, m := range r.Metrics {
		out[i] = m.Key
	}
	return out
}

// Expand shows or hides a VM's metrics.
func (st *State) Expand(vm string, open bool) {
	kept := st.Expanded[:0]
	for _, e := range st.Expanded {
		if e != vm {
			kept = append(kept, e)
		}
	}
	st.Expanded = kept
	if open {
		st.Expanded = append(st.Expanded, vm)
	}
}
