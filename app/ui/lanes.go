package ui

import (
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
	"aiops/metric"
)

// lanes are the swim lanes: one image, and above it the incident that is looked
// at, the cell below the pointer with what it says, and a scroll bar.
type lanes struct {
	chart
	p     *analysisPage
	scene view.LanesScene
	frame *canvas.Rectangle // around the incident
	cell  *canvas.Rectangle // below the pointer
	box   *readout
	bar   *plate
}

func newLanes(p *analysisPage) *lanes {
	l := &lanes{p: p, frame: canvas.NewRectangle(color.Transparent), cell: canvas.NewRectangle(color.Transparent), box: newReadout(), bar: newPlate(colorFaint, colorNone, 3)}
	ev := zoomEvents(p.w.fact, p.moved)
	ev.reset = func() { p.do(view.ZoomReset) }
	ev.hover = func(int64, bool) { l.leave() }
	ev.cursor = func(bool, int64) {}
	ev.menu = l.showMenu
	l.chart.ev, l.chart.tool = ev, view.PanTool
	l.setUp(p.w.run)
	l.patience = 24 * time.Millisecond
	l.cross, l.cursors, l.chart.box = newCrosshair(), newCursorLines(), newSelectionBox()
	l.frame.StrokeWidth, l.frame.CornerRadius, l.cell.StrokeWidth = 2, 3, 1.5
	l.over.Objects = []fyne.CanvasObject{l.frame, l.cell, l.chart.box.rect, l.bar, l.box}
	l.onDrawn = l.placeOverlays
	l.leave()
	l.ExtendBaseWidget(l)
	return l
}

// show follows the model.
func (l *lanes) show() {
	width := l.Size().Width - 180
	l.p.model.SetWidth(int(width))
	l.scene = l.p.model.LanesScene(l.room())
	l.tool = l.p.w.state.Tool
	if l.tool == view.CursorsTool {
		l.tool = view.PanTool
	}
	if _, empty := l.p.model.Empty(); empty {
		l.Blank()
		return
	}
	l.Draw(l.scene.Figure(*tokens()))
}

// room is how many lanes there is room for.
func (l *lanes) room() int {
	return int((l.Size().Height - view.LaneTop - view.LaneFoot + 6) / view.LanePitch)
}

func (l *lanes) Resize(s fyne.Size) {
	if s != l.Size() {
		l.chart.Resize(s)
		l.show()
	}
}

// placeOverlays puts the overlays where the new frame has their places.
func (l *lanes) placeOverlays() {
	l.placeFrame()
	l.placeBar()
	if l.p.w.onFirstFrame != nil {
		l.p.w.onFirstFrame()
		l.p.w.onFirstFrame = nil
	}
}

// placeFrame puts a frame around the time of the incident that is looked at.
func (l *lanes) placeFrame() {
	row, ok := l.p.model.Focus()
	r := metric.Range{From: row.From, To: row.End}.Intersect(l.layout.Range)
	if !ok || !l.ready() || r.Empty() {
		l.frame.Hide()
		return
	}
	p := l.layout.Panels[0]
	c := l.scene.Cells(metric.Range{From: row.From, To: row.End})
	x0, x1 := max(l.layout.X(c.From), p.X0), min(l.layout.X(c.To), p.X1)
	l.frame.StrokeColor = ink(colorAccent)
	l.frame.Move(fyne.NewPos(float32(x0)-2, float32(p.Y0)-1))
	l.frame.Resize(fyne.NewSize(float32(max(4, x1-x0))+3, float32(p.Y1-p.Y0)+2))
	l.frame.Show()
	l.frame.Refresh()
}

// placeBar shows which part of the lanes is seen where there are more.
func (l *lanes) placeBar() {
	first, all := l.p.model.FirstLane()
	n := l.scene.Rows()
	if l.bar.Hidden = n >= all || !l.ready(); l.bar.Hidden {
		return
	}
	p := l.layout.Panels[0]
	high := p.Y1 - p.Y0
	l.bar.Move(fyne.NewPos(l.Size().Width-8, float32(p.Y0+high*float64(first)/float64(all))))
	l.bar.Resize(fyne.NewSize(5, float32(high*float64(n)/float64(all))))
	l.bar.Refresh()
}

// row is the lane at a height, -1 outside.
func (l *lanes) row(y float32) int {
	p := l.layout.Panels[0]
	if float64(y) < p.Y0 || float64(y) >= p.Y1 {
		return -1
	}
	return l.scene.Rows() - 1 - int(p.Value(float64(y)))
}

// MouseMoved tells what the cell below the pointer says.
func (l *lanes) MouseMoved(e *desktop.MouseEvent) {
	if !l.ready() || l.drag != noDrag {
		return
	}
	r, ok := l.scene.Reading(l.row(e.Position.Y), l.layout.Time(float64(e.Position.X)))
	if !ok || !l.inPlot(e.Position.X) {
		l.leave()
		return
	}
	l.tell(r, e.Position)
}

func (l *lanes) MouseIn(e *desktop.MouseEvent) { l.MouseMoved(e) }

// tell shows a reading beside its cell.
func (l *lanes) tell(r view.LaneReading, at fyne.Position) {
	p := l.layout.Panels[0]
	row := float64(l.row(at.Y))
	pitch := (p.Y1 - p.Y0) / float64(l.scene.Rows())
	x0, x1 := max(l.layout.X(r.Cell.From), p.X0), min(l.layout.X(r.Cell.To), p.X1)
	l.cell.StrokeColor = ink(colorText)
	l.cell.Move(fyne.NewPos(float32(x0)-1, float32(p.Y0+row*pitch)+1))
	l.cell.Resize(fyne.NewSize(float32(x1-x0)+1, float32(pitch)-2))
	l.cell.Show()
	l.cell.Refresh()
	v := view.Reading{Head: r.Head + ", " + r.When, Remarks: []view.Remark{{Text: r.Text}}}
	if r.Whole != "" {
		v.Remarks = append(v.Remarks, view.Remark{Text: r.Whole})
	}
	if len(r.Tops) > 0 {
		v.Remarks = append(v.Remarks, view.Remark{Text: "most from " + strings.Join(r.Tops, ", ")})
	}
	l.box.set(v)
	s := l.box.MinSize()
	left, top := float32(x1)+14, at.Y+18
	if left+s.Width > l.Size().Width {
		left = float32(x0) - 14 - s.Width
	}
	if top+s.Height > l.Size().Height {
		top = at.Y - s.Height - 14
	}
	l.box.Resize(s)
	l.box.Move(fyne.NewPos(max(0, left), max(0, top)))
	l.box.Show()
	l.box.Refresh()
}

func (l *lanes) leave() {
	l.cell.Hide()
	l.box.Hide()
}

func (l *lanes) MouseOut() { l.leave() }

// MouseUp without a drag looks at the incident of the cell.
func (l *lanes) MouseUp(e *desktop.MouseEvent) {
	if !l.ready() || e.Button != desktop.MouseButtonPrimary || l.drag != noDrag || !l.inPlot(e.Position.X) {
		return
	}
	r, ok := l.scene.Reading(l.row(e.Position.Y), l.layout.Time(float64(e.Position.X)))
	if !ok {
		return
	}
	if id, ok := l.p.model.IncidentAt(r.Lane, r.Cell); ok {
		l.p.look(id)
		return
	}
	l.p.w.foot.say("No incident of " + r.Head + " there")
}

// Dragged also takes the cell's words away.
func (l *lanes) Dragged(e *fyne.DragEvent) {
	l.leave()
	l.chart.Dragged(e)
}

// Scrolled zooms the times at the pointer; beside the cells it scrolls the lanes.
func (l *lanes) Scrolled(e *fyne.ScrollEvent) {
	if !l.ready() {
		return
	}
	if l.inPlot(e.Position.X) {
		l.leave()
		l.chart.Scrolled(e)
		return
	}
	by := 1
	if e.Scrolled.DY > 0 {
		by = -1
	}
	l.p.model.ScrollLanes(by)
	l.show()
}

// showMenu is the menu of a lane at a time.
func (l *lanes) showMenu(at fyne.Position, t int64) {
	f := l.p.w.fact
	items := []*fyne.MenuItem{
		item("Zoom in here", func() { f.ZoomTime(t, 0.5); l.p.moved() }),
		item("Zoom out", func() { f.ZoomTime(t, 2); l.p.moved() }),
		item("Reset zoom", func() { l.p.do(view.ZoomReset) }),
		fyne.NewMenuItemSeparator(),
		item("Annotate "+l.p.w.clock.Exact(t)+"…", func() { l.p.w.editAnnotation(metric.Annotation{From: t, To: t, Kind: metric.Note}) }),
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), l.p.w.win.Canvas(), at)
}
