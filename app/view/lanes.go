package view

import (
	"math"
	"slices"

	"aiops/app"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Lane is the scores of a VM or a series over time.
type Lane struct {
	metric.Key // of a VM: without a metric
	Step       int64
	calm       float64 // the usual score
	times      []int64
	scores     []float64
	tops       [][]anomaly.Metric // of a VM, by point
	whole      []float64          // scores of the VM as a whole
	peaks      map[int]string     // metrics that are more unusual than the VM as a whole, by point
}

// Name is what stands before the lane.
func (l Lane) Name() string {
	if l.Metric == "" {
		return l.VM
	}
	return l.Key.String()
}

// lanesOf is the lane of a VM, then those of its metrics.
func lanesOf(server app.ScoredServer, metrics []app.Scored) []Lane {
	vm := Lane{Key: metric.Key{VM: server.VM}}
	for _, m := range metrics {
		vm.Step = max(vm.Step, m.Step)
	}
	for _, p := range server.Points {
		vm.times, vm.scores = append(vm.times, p.Time), append(vm.scores, max(p.Score, p.Alert))
		vm.tops = append(vm.tops, p.Top)
	}
	vm.calm = median(vm.scores)
	out := []Lane{vm}
	for _, m := range metrics {
		l := Lane{Key: m.Key, Step: m.Step}
		for _, p := range m.Points {
			l.times, l.scores = append(l.times, p.Time), append(l.scores, max(p.Score, p.Alert))
		}
		l.calm = median(l.scores)
		out = append(out, l)
	}
	return out
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

// colour is what a score counts as when its cell is coloured: below the
// threshold, how far it is above what is usual for the lane. So a calm lane is
// pale everywhere, wherever its scores happen to lie.
func (l Lane) colour(score float64) float64 {
	if !(score < anomaly.Threshold) || l.calm >= anomaly.Threshold {
		return score
	}
	return max(0, anomaly.Threshold*(score-l.calm)/(anomaly.Threshold-l.calm))
}

// raise lets the lane of a VM show what its metrics have in incidents that
// matter, so that each of those is seen in it.
func (f *Findings) raise(l *Lane) {
	l.whole, l.peaks = slices.Clone(l.scores), map[int]string{}
	for _, in := range f.Analysis.Incidents {
		for _, sp := range in.Spans {
			if in.Severity == anomaly.Notice || sp.VM != l.VM {
				continue
			}
			sc, _ := f.scored(sp.Key)
			for _, p := range within(sc.Points, metric.Range{From: sp.From, To: sp.To + 1}) {
				score := max(p.Score, p.Alert)
				if i, ok := slices.BinarySearch(l.times, p.Time); ok && score >= anomaly.Threshold && score > l.scores[i] {
					l.scores[i], l.peaks[i] = score, sp.Metric+", "+string(sp.Kind)
				}
			}
		}
	}
}

// Lanes are the lanes that are to be shown, in their order; those that are not
// searched yet are empty.
func (a *Analysis) Lanes() []Lane {
	var out []Lane
	all := a.laneSource()
	last := ""
	for _, info := range a.fact.catalog {
		if a.Review().Lanes == SeriesLanes {
			if len(a.fact.state.Selection) > 0 && !a.fact.state.Selection.Has(info.Key) {
				continue
			}
			out = append(out, pickLane(all[info.VM], info.Key))
		} else if info.VM != last {
			out = append(out, pickLane(all[info.VM], metric.Key{VM: info.VM}))
		}
		last = info.VM
	}
	return out
}

func pickLane(lanes []Lane, k metric.Key) Lane {
	for _, l := range lanes {
		if l.Key == k {
			return l
		}
	}
	return Lane{Key: k}
}

// laneSource is what was found, or what has come of a first search.
func (a *Analysis) laneSource() map[string][]Lane {
	if a.found == nil {
		return a.coming
	}
	return a.found.lanes
}

// allLanes are the lanes of everything that was found.
func (f *Findings) allLanes() map[string][]Lane {
	out := map[string][]Lane{}
	first := 0
	for _, server := range f.Servers {
		n := first
		for n < len(f.Series) && f.Series[n].VM == server.VM {
			n++
		}
		lanes := lanesOf(server, f.Series[first:n])
		f.raise(&lanes[0])
		out[server.VM] = lanes
		first = n
	}
	return out
}

// Layout of the lanes.
const (
	LanePitch = 18.6 // height of a lane
	LaneTop   = 42   // above the first one
	LaneFoot  = 40   // below the last one
	MostLanes = 40   // more are never shown at once
	cellWidth = 7    // of a cell, in pixels, at least
)

// newest is the time of the newest point of all series.
func (f *Fact) newest() (t int64) {
	for _, info := range f.catalog {
		if info.Count > 0 {
			t = max(t, info.Last)
		}
	}
	return t
}

// bringIntoSight scrolls to the lane of the incident that is looked at.
func (a *Analysis) bringIntoSight(lanes []Lane, room int) {
	a.reveal = false
	for i, l := range lanes {
		if l.VM == a.focus.key.VM && (l.Metric == "" || l.Metric == a.focus.key.Metric) {
			a.first = min(max(a.first, i-room+1), i)
			return
		}
	}
}

// ScrollLanes moves the lanes by so many.
func (a *Analysis) ScrollLanes(by int) { a.first = max(0, a.first+by) }

// FirstLane is the place of the upper lane, and how many there are.
func (a *Analysis) FirstLane() (first, all int) { return a.first, len(a.Lanes()) }

// most is the highest score in a range, NaN without a point.
func (l Lane) most(r metric.Range) float64 {
	top := math.NaN()
	i, j := r.Indexes(l.times)
	for _, v := range l.scores[i:j] {
		if !(v <= top) {
			top = v
		}
	}
	return top
}
