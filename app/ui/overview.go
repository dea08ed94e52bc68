package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"aiops/app/view"
	"aiops/metric"
)

// overview is the strip of all times with a window over the visible part. The
// window can be dragged, and each of its edges.
type overview struct {
	picture
	onRange func(metric.Range)
	window  *canvas.Rectangle
	handles [2]*canvas.Rectangle
	labels  *fyne.Container // below the strip
	clock   view.Clock
	visible metric.Range
	whole   metric.Range
	known   string // what the picture shows
	grip    overviewGrip
	start   metric.Range // when the drag began
	moved   float32
}

type overviewGrip int

const (
	gripNone overviewGrip = iota
	gripWindow
	gripFrom
	gripTo
)

func newOverview(run *runner, clock view.Clock, onRange func(metric.Range)) *overview {
	o := &overview{onRange: onRange, clock: clock, window: canvas.NewRectangle(nil)}
	o.labels = container.New(overviewLabels{o})
	o.setUp(run)
	for i := range o.handles {
		o.handles[i] = canvas.NewRectangle(nil)
		o.handles[i].CornerRadius = 2
	}
	o.window.StrokeWidth = 1.5
	o.window.CornerRadius = 2
	o.over.Objects = []fyne.CanvasObject{o.window, o.handles[0], o.handles[1]}
	o.onDrawn = o.place
	o.ExtendBaseWidget(o)
	return o
}

// forget makes the next show draw anew: the theme has changed.
func (o *overview) forget() { o.known = "" }

// show draws the whole range if it is not what is drawn already, and puts the
// window over the visible part.
func (o *overview) show(s view.Scene) {
	o.visible = s.Range
	f := s.Overview(*tokens())
	o.whole = f.Range
	if id := overviewID(s, f.Range); id != o.known {
		o.known = id
		o.Draw(f)
		o.label()
	}
	o.place()
}

// x is where a time lies.
func (o *overview) x(t int64) float32 {
	if o.whole.Empty() {
		return 0
	}
	return float32(float64(o.Size().Width) * float64(t-o.whole.From) / float64(o.whole.Len()))
}

// label writes the dates below the strip.
func (o *overview) label() {
	o.labels.RemoveAll()
	for _, t := range o.clock.OverviewTicks(o.whole, max(2, int(o.Size().Width/120))) {
		o.labels.Add(caption(t.Text))
	}
	o.labels.Refresh()
}

// overviewLabels is the layout of the dates below a strip.
type overviewLabels struct{ o *overview }

func (overviewLabels) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 15) }

func (l overviewLabels) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	ticks := l.o.clock.OverviewTicks(l.o.whole, max(2, int(l.o.Size().Width/120)))
	for i, c := range objects {
		if i >= len(ticks) {
			c.Hide()
			continue
		}
		w := c.MinSize().Width
		x := l.o.x(ticks[i].Time) - w/2
		c.Resize(fyne.NewSize(w, s.Height))
		c.Move(fyne.NewPos(max(0, min(x, s.Width-w)), 0))
	}
}

func (o *overview) place() {
	x0, x1 := o.x(o.visible.From), o.x(o.visible.To)
	if x1-x0 < 6 {
		mid := (x0 + x1) / 2
		x0, x1 = mid-3, mid+3
	}
	x0, x1 = max(0, x0), min(o.Size().Width, x1)
	h := o.Size().Height
	o.window.FillColor, o.window.StrokeColor = translucent(tokens().Accent, 0x30), ink(colorAccent)
	o.window.Move(fyne.NewPos(x0, 0))
	o.window.Resize(fyne.NewSize(x1-x0, h))
	o.window.Refresh()
	for i, x := range []float32{x0, x1} {
		o.handles[i].FillColor = ink(colorAccent)
		o.handles[i].Move(fyne.NewPos(x-3, h/2-8))
		o.handles[i].Resize(fyne.NewSize(6, 16))
		o.handles[i].Refresh()
	}
}

func (o *overview) Resize(s fyne.Size) {
	o.picture.Resize(s)
	o.place()
	o.label()
}

func (o *overview) gripAt(x float32) overviewGrip {
	x0, x1 := o.x(o.visible.From), o.x(o.visible.To)
	switch {
	case x > x1-6 && x < x1+8:
		return gripTo
	case x > x0-8 && x < x0+6:
		return gripFrom
	case x >= x0 && x <= x1:
		return gripWindow
	}
	return gripNone
}

// MouseDown takes hold of the window, or brings it under the pointer.
func (o *overview) MouseDown(e *desktop.MouseEvent) {
	o.grip, o.start, o.moved = o.gripAt(e.Position.X), o.visible, 0
	if o.grip == gripNone && o.Size().Width > 0 {
		at := o.whole.From + int64(float64(o.whole.Len())*float64(e.Position.X/o.Size().Width))
		o.onRange(o.visible.Shift(at - o.visible.From - o.visible.Len()/2))
		o.grip, o.start = gripWindow, o.visible
	}
}

func (o *overview) MouseUp(*desktop.MouseEvent) {}

func (o *overview) Dragged(e *fyne.DragEvent) {
	if o.Size().Width <= 0 {
		return
	}
	o.moved += e.Dragged.DX
	d := int64(float64(o.whole.Len()) * float64(o.moved/o.Size().Width))
	r := o.start
	switch o.grip {
	case gripWindow:
		r = r.Shift(d)
	case gripFrom:
		r.From = min(r.From+d, r.To-1)
	case gripTo:
		r.To = max(r.To+d, r.From+1)
	default:
		return
	}
	o.onRange(r)
}

func (o *overview) DragEnd() { o.grip = gripNone }

// Cursor tells that edges can be moved sideways.
func (o *overview) Cursor() desktop.Cursor { return desktop.HResizeCursor }
