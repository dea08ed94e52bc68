package view

import (
	"slices"

	"aiops/metric"
)

// Arrangement says how series are divided into panels.
type Arrangement string

// The arrangements. AutoArrange is a panel a unit: one chart where the units agree.
const (
	AutoArrange Arrangement = ""
	PerUnit     Arrangement = "unit"
	PerVM       Arrangement = "vm"
	PerSeries   Arrangement = "series"
)

// ManySeries is the number of series above which one panel a VM is offered.
const ManySeries = 16

// ArrangeItem is an arrangement as the list shows it.
type ArrangeItem struct {
	ID   Arrangement
	Name string
}

// Arrangements lists the arrangements.
func Arrangements() []ArrangeItem {
	return []ArrangeItem{{AutoArrange, "One panel a unit"}, {PerVM, "One panel a VM"}, {PerSeries, "One panel a series"}}
}

// Group is the series of one panel.
type Group struct {
	ID     string // stays the same while series come and go
	Title  string // empty: the legend says it all
	Unit   metric.Unit
	Series []Drawn
	Names  []string // of the series in the legend: only what differs
}

// Groups divides series into panels, in order of their first series.
func Groups(a Arrangement, series []Drawn) []Group {
	var out []Group
	together := unitless(series) > ownPanels
	for _, d := range series {
		id := groupID(a, d.Key, together)
		i := slices.IndexFunc(out, func(g Group) bool { return g.ID == id })
		if i < 0 {
			i = len(out)
			out = append(out, Group{ID: id, Unit: metric.UnitOf(d.Metric)})
		}
		out[i].Series = append(out[i].Series, d)
	}
	for i := range out {
		out[i].label(len(out) == 1)
	}
	return out
}

// ownPanels is the number of metrics without a known unit up to which each has a panel.
const ownPanels = 4

// unitless counts the metrics without a known unit.
func unitless(series []Drawn) int {
	seen := map[string]bool{}
	for _, d := range series {
		if metric.UnitOf(d.Metric) == metric.None {
			seen[d.Metric] = true
		}
	}
	return len(seen)
}

func groupID(a Arrangement, k metric.Key, together bool) string {
	u := string(metric.UnitOf(k.Metric))
	switch a {
	case PerVM:
		return "vm:" + k.VM + ":" + u
	case PerSeries:
		return "series:" + k.String()
	}
	if u == "" && !together { // a few numbers of no known unit have nothing in common but their metric
		return "metric:" + k.Metric
	}
	return "unit:" + u
}

// label finds the panel's title and what tells its series apart.
func (g *Group) label(alone bool) {
	first := g.Series[0].Key
	oneVM := !slices.ContainsFunc(g.Series, func(d Drawn) bool { return d.VM != first.VM })
	oneMetric := !slices.ContainsFunc(g.Series, func(d Drawn) bool { return d.Metric != first.Metric })
	for _, d := range g.Series {
		switch {
		case oneMetric:
			g.Names = append(g.Names, d.VM)
		case oneVM:
			g.Names = append(g.Names, d.Metric)
		default:
			g.Names = append(g.Names, d.Key.String())
		}
	}
	switch {
	case len(g.Series) == 1:
		g.Title = first.String()
	case oneVM:
		g.Title = first.VM
	case oneMetric && !alone:
		g.Title = first.Metric
	}
}

// keys are the panel's series.
func (g Group) keys() []metric.Key {
	out := make([]metric.Key, len(g.Series))
	for i, d := range g.Series {
		out[i] = d.Key
	}
	return out
}
