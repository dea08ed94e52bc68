package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/charts"
	"aiops/metric"
)

// chartCard is the card of a page's chart, with what can stand in the chart's
// place: a sentence and a button, or an error. A line at its upper edge says
// that something is being read.
type chartCard struct {
	win    *Window
	room   *fyne.Container
	fail   *fyne.Container
	line   *plate // loading
	failed bool
	ground *slab // below the chart; hollow while it covers it
	frame  *fyne.Container
}

func newChartCard(w *Window, content fyne.CanvasObject) *chartCard {
	c := &chartCard{win: w, room: container.NewStack(), fail: container.NewStack(), line: newPlate(colorAccent, colorNone, 0)}
	c.line.Hide()
	c.ground = newSlab(colorSurface, 6)
	c.frame = container.NewStack(c.ground, content, c.room, c.fail, container.New(topLine{}, c.line))
	return c
}

// topLine is the layout of a line of two pixels at the upper edge.
type topLine struct{}

func (topLine) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
func (topLine) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Move(fyne.NewPos(6, 0))
	o[0].Resize(fyne.NewSize(s.Width-12, 2))
}

// showRoom puts a sentence and a button into the chart's place, or takes them away.
func (c *chartCard) showRoom(r view.Room, empty bool) {
	c.room.RemoveAll()
	if empty && !c.failed {
		c.room.Add(roomView(r, c.win.do))
	}
	c.room.Refresh()
}

// showError puts an error into the card; what was drawn stays below. nil takes it away.
func (c *chartCard) showError(err error, retry func()) {
	c.failed = err != nil
	c.fail.RemoveAll()
	if err != nil {
		c.fail.Add(container.NewCenter(card(pad(column(10,
			row(8, newIcon("critical", colorCrit), body(sentence(err))),
			row(8, spring(),
				newButton(kindTool, "", "Details", func() { c.win.showDetails(err.Error()) }),
				newButton(kindSecondary, "refresh", "Retry", retry)),
		), 16, 16, 16, 16))))
	}
	c.fail.Refresh()
}

// loading shows the line; what is named is told in the footer, where it can be cancelled.
func (c *chartCard) loading(what string, cancel func()) {
	c.line.Show()
	if what != "" {
		c.win.foot.loading(what, func() {
			cancel()
			c.doneLoading()
		})
	}
}

func (c *chartCard) doneLoading() {
	c.line.Hide()
	c.win.foot.loading("", nil)
}

// zoomable is a page's model whose times and values can be zoomed.
type zoomable interface {
	Visible() metric.Range
	ZoomTime(at int64, factor float64)
	ZoomValues(panel int, axis charts.PanelLayout, at, factor float64)
	ZoomBox(r metric.Range, panel int, values *view.Interval)
	PanBy(share float64)
	ResetZoom()
	Back()
	Forward()
}

// zoomEvents connects a chart's gestures with a model; moved is called after each.
func zoomEvents(z zoomable, moved func()) chartEvents {
	return chartEvents{
		zoomTime: func(share, factor float64) {
			v := z.Visible()
			z.ZoomTime(v.From+int64(share*float64(v.Len())), factor)
			moved()
		},
		zoomValues: func(panel int, axis charts.PanelLayout, at, factor float64) {
			z.ZoomValues(panel, axis, at, factor)
			moved()
		},
		pan: func(share float64) {
			z.PanBy(share)
			moved()
		},
		box: func(r metric.Range, panel int, values *view.Interval) {
			z.ZoomBox(r, panel, values)
			moved()
		},
	}
}

// zoomByKey carries the commands for zooming out; middle is the time that keys zoom at.
func zoomByKey(z zoomable, id view.CommandID, middle int64) bool {
	switch id {
	case view.PanLeft:
		z.PanBy(-0.1)
	case view.PanRight:
		z.PanBy(0.1)
	case view.ZoomIn:
		z.ZoomTime(middle, 1/1.5)
	case view.ZoomOut:
		z.ZoomTime(middle, 1.5)
	case view.ZoomReset:
		z.ResetZoom()
	case view.ZoomBack:
		z.Back()
	case view.ZoomForward:
		z.Forward()
	default:
		return false
	}
	return true
}

// page is a page of the window.
type page interface {
	update()              // shows the model as it is now
	do(id view.CommandID) // carries a command out
	leave() bool          // Escape; false if there is nothing to leave
	restyle()             // redraws in the colours of the present theme
}
