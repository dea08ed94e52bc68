package charts

import (
	"math"
	"time"

	"aiops/metric"
)

// The distances of a figure's parts, in device-independent pixels.
const (
	marginTop    = 8.0
	marginLeft   = 12.0
	marginRight  = 15.0
	axisGap      = 8.0  // between value labels and plot
	legendRow    = 20.0 // height of a row of legend entries
	flagRow      = 21.0 // height of a row of flags
	flagHeight   = 17.0
	panelGap     = 32.0 // between stacked plots, with the heading
	tickRow      = 12.0 // plot's foot to the middle of the time labels
	dateRow      = 26.0 // and to that of the dates
	marginBottom = 40.0 // plot's foot to the figure's
	footBottom   = 22.0 // the same without a row of dates
)

// plan is where everything in a figure goes.
type plan struct {
	Layout
	fig      *Figure
	panels   []panelPlan
	flagRows int
	flagTop  float64
	flags    []flagBox
	ticks    []timeTick
	step     timeStep
	zone     *time.Location
}

// panelPlan is a panel's part of it.
type panelPlan struct {
	*Panel
	PanelLayout
	axis   valueAxis
	legend legend
	top    float64 // where the heading row begins
}

// newPlan lays the figure out.
func newPlan(f *Figure, size Size) *plan {
	p := &plan{fig: f, zone: f.Zone}
	if p.zone == nil {
		p.zone = time.UTC
	}
	p.Size, p.Range = size, f.Range
	if p.Range.Empty() || p.Range.Len() <= 0 { // also where the length overflows
		p.Range = metric.Range{From: 0, To: 1}
	}
	p.panels = make([]panelPlan, max(len(f.Panels), 1))
	for i := range p.panels {
		p.panels[i].Panel = &Panel{}
		if i < len(f.Panels) {
			p.panels[i].Panel = &f.Panels[i]
		}
	}
	if f.Bare {
		p.bare()
	} else {
		p.rows()
		p.columns()
	}
	p.Panels = make([]PanelLayout, len(p.panels))
	for i := range p.panels {
		p.Panels[i] = p.panels[i].PanelLayout
	}
	return p
}

// bare fills the size with plots, a little room above and below the lines.
func (p *plan) bare() {
	each := p.Size.H / float64(len(p.panels))
	for i := range p.panels {
		n := &p.panels[i]
		room := min(2, each/4)
		n.X0, n.X1 = 0, max(p.Size.W, 1)
		n.Y0, n.Y1 = float64(i)*each+room, max(float64(i+1)*each-room, float64(i)*each+room+1)
		lo, hi, fixed := n.extent(p.Range)
		if !fixed {
			lo, hi = widen(n.Unit, lo, hi)
		}
		n.PanelLayout.Lo, n.PanelLayout.Hi = lo, hi
	}
	p.DateRow = p.Size.H
}

// rows shares out the height.
func (p *plan) rows() {
	f := p.fig
	single := len(p.panels) == 1
	if len(f.Flags) > 0 || f.Now != 0 {
		p.flagRows = 1
	}
	y, used, weights := 0.0, 0.0, 0.0
	heads := make([]float64, len(p.panels))
	for i := range p.panels {
		n := &p.panels[i]
		n.legend = newLegend(n.Panel, p.Size.W-120)
		heads[i] = float64(n.legend.rows) * legendRow
		if c := n.Cells; c != nil {
			if c.Key && n.legend.rows == 0 {
				heads[i] = legendRow
			}
			if c.NoteHead != "" {
				heads[i] += noteRow
			}
		}
		if i > 0 {
			heads[i] = max(heads[i]+panelGap-legendRow, panelGap-legendRow+8)
		}
		used += heads[i]
		weights += n.weight()
	}
	y = marginTop - 3
	if n := p.guessFlagRows(); n > 0 {
		p.flagRows = n
	}
	flags := float64(p.flagRows) * flagRow
	if heads[0] == 0 && flags == 0 {
		y += 8
	}
	rest := p.Size.H - y - used - flags - p.bottom()
	if rest < 1 {
		rest = 1
	}
	for i := range p.panels {
		n := &p.panels[i]
		n.top = y
		if i == 0 {
			if single {
				p.flagTop = y + heads[0]
			} else {
				p.flagTop, n.top = y, y+flags
			}
			y += flags
		} else {
			n.top += panelGap - legendRow - 2
		}
		n.Y0 = math.Round(y + heads[i])
		n.Y1 = max(math.Round(n.Y0+rest*n.weight()/weights), n.Y0+1)
		if c := n.Cells; c != nil && c.Pitch > 0 {
			n.Y1 = min(n.Y1, math.Round(n.Y0+max(1, c.Pitch*float64(len(c.Rows)))))
		}
		y = n.Y1
		if n.Cells != nil {
			n.axis = cellAxis(n.Cells)
			n.PanelLayout.Lo, n.PanelLayout.Hi = n.axis.lo, n.axis.hi
			continue
		}
		lo, hi, fixed := n.extent(p.Range)
		n.axis = newValueAxis(n.Unit, lo, hi, fixed, n.Y1-n.Y0)
		n.PanelLayout.Lo, n.PanelLayout.Hi = n.axis.lo, n.axis.hi
	}
	p.DateRow = y + dateRow
}

// bottom is the room below the plots.
func (p *plan) bottom() float64 {
	if p.fig.Ticks != nil {
		return footBottom
	}
	return marginBottom
}

// timeTicks are the figure's own ticks, or natural ones.
func (p *plan) timeTicks(width float64) (out []timeTick, step timeStep) {
	if p.fig.Ticks == nil {
		return timeTicks(p.Range, p.zone, width)
	}
	for _, t := range p.fig.Ticks {
		if t.Time >= p.Range.From && t.Time <= p.Range.To {
			out = append(out, timeTick{at: t.Time, label: t.Text})
		}
	}
	return out, timeStep{}
}

func (n *panelPlan) weight() float64 {
	if n.Weight > 0 {
		return n.Weight
	}
	return 1
}

// columns finds the plots' left and right edge, which all panels share, then
// what depends on them.
func (p *plan) columns() {
	widest := 0.0
	right := marginRight
	for i := range p.panels {
		s := axisText
		if c := p.panels[i].Cells; c != nil {
			s = axisBold
			if c.noted() {
				right = marginRight + noteWidth
			}
		}
		for _, l := range p.panels[i].axis.labels {
			widest = max(widest, s.width(l))
		}
	}
	x0 := math.Ceil(marginLeft + widest + axisGap)
	x1 := max(math.Floor(p.Size.W-right), x0+1)
	for i := range p.panels {
		p.panels[i].X0, p.panels[i].X1 = x0, x1
	}
	p.Panels = []PanelLayout{p.panels[0].PanelLayout}
	if !p.fig.Range.Empty() {
		p.ticks, p.step = p.timeTicks(x1 - x0)
	}
	p.placeFlags()
}

// extent is what the value axis has to hold.
func (n *panelPlan) extent(r metric.Range) (lo, hi float64, fixed bool) {
	if n.Panel.Hi > n.Panel.Lo && !math.IsInf(n.Panel.Hi-n.Panel.Lo, 0) {
		return n.Panel.Lo, n.Panel.Hi, true
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := range n.Lines {
		l := &n.Lines[i]
		if l.Data == nil {
			continue
		}
		if a, b, ok := l.Data.ExtremesIn(r.Shift(-l.Shift - l.Data.Step/2)); ok {
			lo, hi = min(lo, a), max(hi, b)
		}
	}
	for i := range n.Bands {
		b := &n.Bands[i]
		from, to := r.Indexes(b.Times)
		for k := from; k < to && k < len(b.Lower) && k < len(b.Upper); k++ {
			if b.finite(k) {
				lo, hi = min(lo, b.Lower[k]), max(hi, b.Upper[k])
			}
		}
	}
	for _, b := range n.Bars {
		if b.To > r.From && b.From < r.To && !math.IsNaN(b.Value) {
			lo, hi = min(lo, b.Value, 0), max(hi, b.Value, 0)
		}
	}
	if lo > hi {
		return lo, hi, false
	}
	// A threshold is shown unless it would squeeze the data.
	a, b := lo, hi
	for _, t := range n.Thresholds {
		if span := max(hi-lo, 0.1*math.Abs(hi)); t.Value > lo-2*span && t.Value < hi+2*span {
			a, b = min(a, t.Value), max(b, t.Value)
		}
	}
	return a, b, false
}

func (b *Band) finite(i int) bool {
	return !math.IsNaN(b.Lower[i]-b.Upper[i]) && !math.IsInf(b.Lower[i], 0) && !math.IsInf(b.Upper[i], 0)
}
