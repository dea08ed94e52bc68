package view

import (
	"fmt"
	"math"
	"time"

	"aiops/charts"
	"aiops/forecast/anomaly"
	"aiops/metric"
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
	if a.reveal {
		a.bringIntoSight(lanes, room)
	}
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
