package view

import (
	"fmt"
	"math"
	"slices"
	"time"

	"aiops/app"
	"aiops/charts"
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

// LanesScene is what the lanes show at a moment. It is not changed after it is made.
type LanesScene struct {
	Clock  Clock
	Range  metric.Range
	Cell   int64
	lanes  []Lane
	ends   int64 // of the newest point of all
	vms    map[string]bool
	hidden int // lanes above and below
}

// LanesScene is what is shown in so many lanes.
func (a *Analysis) LanesScene(room int) LanesScene {
	lanes := a.Lanes()
	room = min(max(room, 1), MostLanes)
	a.first = max(0, min(a.first, len(lanes)-room))
	s := LanesScene{Clock: a.fact.clock, Range: a.fact.Visible(), vms: map[string]bool{}, ends: a.fact.newest()}
	s.lanes = lanes[a.first:min(len(lanes), a.first+room)]
	s.hidden = len(lanes) - len(s.lanes)
	s.Cell = cellLength(s.Range, a.width, s.lanes)
	if row, ok := a.Focus(); ok {
		for _, sp := range row.Spans {
			s.vms[sp.VM] = sp.VM == row.Spans[0].VM
		}
	}
	return s
}

// newest is the time of the newest point of all series.
func (f *Fact) newest() (t int64) {
	for _, info := range f.catalog {
		if info.Count > 0 {
			t = max(t, info.Last)
		}
	}
	return t
}

// ScrollLanes moves the lanes by so many.
func (a *Analysis) ScrollLanes(by int) { a.first = max(0, a.first+by) }

// FirstLane is the place of the upper lane, and how many there are.
func (a *Analysis) FirstLane() (first, all int) { return a.first, len(a.Lanes()) }

// naturalCells are the lengths that cells can have.
var naturalCells = []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
	10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day, 14 * day, 28 * day}

// cellLength is the shortest natural length at which cells can be told apart
// and hold a point each.
func cellLength(r metric.Range, width int, lanes []Lane) int64 {
	var step int64
	for _, l := range lanes {
		step = max(step, l.Step)
	}
	least := max(step, r.Len()*cellWidth/int64(max(1, width)))
	for _, d := range naturalCells {
		if metric.Micros(d) >= least {
			return metric.Micros(d)
		}
	}
	return max(1, least)
}

// Rows is how many lanes the scene has.
func (s LanesScene) Rows() int { return len(s.lanes) }

// Title is the heading.
func (s LanesScene) Title() string {
	text := "Anomaly score, " + Duration(s.Cell) + " cells"
	if s.hidden > 0 {
		text += fmt.Sprintf(", %d of %d lanes", len(s.lanes), len(s.lanes)+s.hidden)
	}
	return text
}

// Figure is the lanes as a chart.
func (s LanesScene) Figure(theme charts.Theme) charts.Figure {
	c := &charts.Cells{Pitch: LanePitch, NoteHead: "Max", Key: true}
	for _, l := range s.lanes {
		row := charts.Row{Name: l.Name(), Selected: s.vms[l.VM], Cells: s.cells(l), Note: "–"}
		if top := l.most(s.Range); !math.IsNaN(top) {
			row.Note, row.Strong = fmt.Sprintf("%.2f", top), top >= anomaly.Threshold
		}
		c.Rows = append(c.Rows, row)
	}
	return charts.Figure{Theme: theme, Zone: s.Clock.Zone, Range: s.Range, ThisYear: s.Clock.Now().In(s.Clock.Zone).Year(),
		Panels: []charts.Panel{{Title: s.Title(), Cells: c}}}
}

// cellAt is the cell that a time lies in.
func (s LanesScene) cellAt(t int64) metric.Range {
	_, offset := s.Clock.In(s.Range.From).Zone()
	shift := int64(offset) * 1e6
	from := floorTo(t+shift, s.Cell) - shift
	return metric.Range{From: from, To: from + s.Cell}
}

func floorTo(t, step int64) int64 {
	t -= ((t % step) + step) % step
	return t
}

// cells are the highest scores of each cell; where no point came though one
// was due there is no data.
func (s LanesScene) cells(l Lane) (out []charts.Cell) {
	if len(l.times) == 0 {
		return nil
	}
	late := 3 * max(l.Step, 1)
	last := l.times[0] // point before the cell
	for c := s.cellAt(s.Range.From); c.From < s.Range.To && c.From <= s.ends; c = c.Shift(s.Cell) {
		i, j := c.Indexes(l.times)
		top := math.NaN()
		for _, v := range l.scores[i:j] {
			if !(v <= top) {
				top = v
			}
		}
		if i > 0 {
			last = l.times[i-1]
		}
		next := s.ends
		if i < len(l.times) {
			next = l.times[i]
		}
		switch {
		case i == j && c.To <= l.times[0]: // before there was anything
			continue
		case i == j && next-last <= late: // only the points are sparse
			top = 0
		}
		out = append(out, charts.Cell{From: c.From, To: c.To, Value: l.colour(top)})
	}
	return out
}

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

// LaneReading is what a cell says.
type LaneReading struct {
	Lane  metric.Key
	Cell  metric.Range
	Head  string // db-01
	When  string // Mon 23 Nov 10:45 – 11:00
	Text  string // score 0.97
	Whole string // the VM as a whole, where a metric alone is more unusual
	Tops  []string
}

// Reading is what the cell of a lane at a time says; false if there is none.
func (s LanesScene) Reading(row int, t int64) (LaneReading, bool) {
	if row < 0 || row >= len(s.lanes) || t < s.Range.From || t >= s.Range.To {
		return LaneReading{}, false
	}
	l, c := s.lanes[row], s.cellAt(t)
	r := LaneReading{Lane: l.Key, Cell: c, Head: l.Name(), When: s.Clock.Range(c), Text: "no data"}
	i, j := c.Indexes(l.times)
	best := -1
	for k := i; k < j; k++ {
		if best < 0 || l.scores[k] > l.scores[best] {
			best = k
		}
	}
	if best < 0 {
		return r, len(l.times) > 0
	}
	r.Text = fmt.Sprintf("score %.2f at %s", l.scores[best], s.Clock.Hour(l.times[best]))
	if what := l.peaks[best]; what != "" {
		r.Text += ": " + what
		r.Whole = fmt.Sprintf("all metrics together %.2f", l.whole[best])
	}
	if l.tops != nil && l.scores[best] >= anomaly.Threshold/2 {
		for _, m := range l.tops[best][:min(3, len(l.tops[best]))] {
			r.Tops = append(r.Tops, fmt.Sprintf("%s %.0f\u00a0%%", m.Name, 100*m.Share))
		}
	}
	return r, true
}

// RowOf is the place of a VM's or series' lane among those shown, -1 if it is not.
func (s LanesScene) RowOf(k metric.Key) int {
	for i, l := range s.lanes {
		if l.Key == k || l.Metric == "" && l.VM == k.VM {
			return i
		}
	}
	return -1
}

// Cells is a range widened to whole cells.
func (s LanesScene) Cells(r metric.Range) metric.Range {
	return metric.Range{From: s.cellAt(r.From).From, To: s.cellAt(max(r.From, r.To-1)).To}
}
