package ui

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"aiops/app/view"
	"aiops/charts"
	"aiops/metric"
)

// chartEvents is what the user does on a chart. Shares are parts of the
// visible range, 0 at its start, so that a gesture never depends on how old
// the frame is.
type chartEvents struct {
	zoomTime   func(share, factor float64)
	zoomValues func(panel int, axis charts.PanelLayout, at, factor float64)
	pan        func(share float64)
	box        func(r metric.Range, panel int, values *view.Interval)
	reset      func()
	hover      func(t int64, inside bool)
	cursor     func(b bool, t int64)
	menu       func(at fyne.Position, t int64)
}

// wheelStep is the zoom of one notch of the wheel.
const wheelStep = 1.2

// chart is a picture that can be zoomed and panned, with a crosshair, two
// cursors and a selection box above it.
type chart struct {
	picture
	ev      chartEvents
	tool    view.Tool
	cross   *crosshair
	cursors *cursorLines
	box     *selectionBox
	drag    dragKind
	from    fyne.Position // where the button went down
	shifted bool
}

type dragKind int

const (
	noDrag dragKind = iota
	dragPan
	dragBox
	dragA
	dragB
)

func newChart(run *runner, ev chartEvents) *chart {
	c := &chart{ev: ev, tool: view.PanTool}
	c.setUp(run)
	c.patience = 24 * time.Millisecond
	c.cross, c.cursors, c.box = newCrosshair(), newCursorLines(), newSelectionBox()
	c.over.Objects = append(append(c.cursors.objects(), c.box.rect), c.cross.objects()...)
	c.onDrawn = func() { c.cursors.place(c.layout) }
	c.ExtendBaseWidget(c)
	return c
}

// panelAt is the panel at a height: one whose plot it lies in, otherwise the nearest.
func (c *chart) panelAt(y float32) int {
	best, dist := -1, math.Inf(1)
	for i, p := range c.layout.Panels {
		d := max(p.Y0-float64(y), float64(y)-p.Y1, 0)
		if d < dist {
			best, dist = i, d
		}
	}
	return best
}

func (c *chart) ready() bool { return c.drawn && len(c.layout.Panels) > 0 }

// share is where x lies in the visible range.
func (c *chart) share(x float32) float64 {
	p := c.layout.Panels[0]
	return (float64(x) - p.X0) / (p.X1 - p.X0)
}

func (c *chart) inPlot(x float32) bool {
	p := c.layout.Panels[0]
	return float64(x) >= p.X0 && float64(x) <= p.X1
}

// Scrolled zooms at the pointer; over the value axis that axis only.
func (c *chart) Scrolled(e *fyne.ScrollEvent) {
	if !c.ready() {
		return
	}
	delta := e.Scrolled.DY
	if delta == 0 {
		c.ev.pan(-float64(e.Scrolled.DX) / 500)
		return
	}
	factor := math.Pow(wheelStep, -float64(delta)/25)
	if i := c.panelAt(e.Position.Y); float64(e.Position.X) < c.layout.Panels[0].X0 {
		axis := c.layout.Panels[i]
		c.ev.zoomValues(i, axis, axis.Value(float64(e.Position.Y)), factor)
		return
	}
	c.ev.zoomTime(c.share(e.Position.X), factor)
}

func (c *chart) MouseDown(e *desktop.MouseEvent) {
	c.from, c.drag = e.Position, noDrag
	c.shifted = e.Modifier&fyne.KeyModifierShift != 0
}

// MouseUp without a drag places the nearer cursor while that tool is on.
func (c *chart) MouseUp(e *desktop.MouseEvent) {
	if !c.ready() || e.Button != desktop.MouseButtonPrimary || c.drag != noDrag || c.tool != view.CursorsTool {
		return
	}
	t := c.layout.Time(float64(e.Position.X))
	c.ev.cursor(c.cursors.nearerB(t), t)
}

func (c *chart) Dragged(e *fyne.DragEvent) {
	if !c.ready() {
		return
	}
	if c.drag == noDrag {
		c.drag = c.dragKind()
		c.cross.hide()
	}
	switch c.drag {
	case dragBox:
		c.box.show(c.plotClamp(c.from), c.plotClamp(e.Position))
	case dragA, dragB:
		c.ev.cursor(c.drag == dragB, c.layout.Time(float64(e.Position.X)))
	default:
		p := c.layout.Panels[0]
		c.ev.pan(-float64(e.Dragged.DX) / (p.X1 - p.X0))
	}
}

func (c *chart) dragKind() dragKind {
	switch {
	case c.shifted || c.tool == view.BoxTool:
		return dragBox
	case c.tool == view.CursorsTool && c.cursors.hit(c.from.X, false):
		return dragA
	case c.tool == view.CursorsTool && c.cursors.hit(c.from.X, true):
		return dragB
	}
	return dragPan
}

// plotClamp moves a position into the plot.
func (c *chart) plotClamp(at fyne.Position) fyne.Position {
	first, last := c.layout.Panels[0], c.layout.Panels[len(c.layout.Panels)-1]
	at.X = max(float32(first.X0), min(float32(first.X1), at.X))
	at.Y = max(float32(first.Y0), min(float32(last.Y1), at.Y))
	return at
}

func (c *chart) DragEnd() {
	if c.drag == dragBox {
		c.endBox()
	}
	c.drag = noDrag
}

// endBox zooms to the box; a box that lies in one panel and is high enough
// zooms its values too.
func (c *chart) endBox() {
	a, b := c.box.corners()
	c.box.hide()
	if b.X-a.X < 4 || !c.ready() {
		return
	}
	r := metric.Range{From: c.layout.Time(float64(a.X)), To: c.layout.Time(float64(b.X))}
	panel := c.panelAt((a.Y + b.Y) / 2)
	p := c.layout.Panels[panel]
	inside := float64(a.Y) >= p.Y0-1 && float64(b.Y) <= p.Y1+1
	if inside && b.Y-a.Y > 12 && float64(b.Y-a.Y) < 0.9*(p.Y1-p.Y0) {
		c.ev.box(r, panel, &view.Interval{Lo: p.Value(float64(b.Y)), Hi: p.Value(float64(a.Y))})
		return
	}
	c.ev.box(r, panel, nil)
}

// DoubleTapped shows the chosen range again.
func (c *chart) DoubleTapped(*fyne.PointEvent) { c.ev.reset() }

// TappedSecondary opens the menu of the chart.
func (c *chart) TappedSecondary(e *fyne.PointEvent) {
	if c.ready() {
		c.ev.menu(e.AbsolutePosition, c.layout.Time(float64(e.Position.X)))
	}
}

func (c *chart) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

func (c *chart) MouseMoved(e *desktop.MouseEvent) {
	if !c.ready() || c.drag != noDrag {
		return
	}
	c.ev.hover(c.layout.Time(float64(e.Position.X)), c.inPlot(e.Position.X))
}

func (c *chart) MouseOut() { c.ev.hover(0, false) }

// Cursor tells the tool by the pointer's shape.
func (c *chart) Cursor() desktop.Cursor {
	if c.tool == view.BoxTool {
		return desktop.CrosshairCursor
	}
	return desktop.DefaultCursor
}
