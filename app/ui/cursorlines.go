package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/charts"
)

// cursorLines are the two cursors: a line each through all panels, the span
// between them and their times on the date row.
type cursorLines struct {
	now      view.Cursors
	length   string // of the span: "35 min"
	a, b     *canvas.Line
	span     *canvas.Rectangle
	tags     [2]*fyne.Container
	words    [2]*text
	duration *text
}

func newCursorLines() *cursorLines {
	c := &cursorLines{a: canvas.NewLine(ink(colorAccent)), b: canvas.NewLine(ink(colorAccent)), span: canvas.NewRectangle(nil),
		duration: bold(newText("", sizeTable, colorAccent))}
	c.duration.align = fyne.TextAlignCenter
	for i := range c.tags {
		c.words[i] = bold(newText("", sizeTable, colorSurface))
		c.words[i].align = fyne.TextAlignCenter
		c.tags[i] = container.NewStack(newPlate(colorAccent, colorNone, 3), pad(c.words[i], 0, 6, 0, 6))
	}
	for _, o := range c.objects() {
		o.Hide()
	}
	return c
}

func (c *cursorLines) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{c.span, c.a, c.b, c.duration, c.tags[0], c.tags[1]}
}

// set changes where the cursors are and what their tags say.
func (c *cursorLines) set(now view.Cursors, tagA, tagB, length string) {
	c.now, c.length = now, length
	c.words[0].Set("A " + tagA)
	c.words[1].Set("B " + tagB)
	c.duration.Set(length)
}

// place puts the lines where they belong in a frame.
func (c *cursorLines) place(l charts.Layout) {
	if len(l.Panels) == 0 {
		return
	}
	first, last := l.Panels[0], l.Panels[len(l.Panels)-1]
	inside := func(t int64) bool { return c.now.On && t != 0 && l.Range.Contains(t) }
	set := func(o fyne.CanvasObject, show bool) {
		if show {
			o.Show()
		} else {
			o.Hide()
		}
		o.Refresh()
	}
	for i, t := range []int64{c.now.A, c.now.B} {
		line := []*canvas.Line{c.a, c.b}[i]
		x := float32(l.X(t))
		line.StrokeColor, line.StrokeWidth = ink(colorAccent), 1.5
		line.Position1, line.Position2 = fyne.NewPos(x, float32(first.Y0)), fyne.NewPos(x, float32(last.Y1))
		s := c.tags[i].MinSize()
		c.tags[i].Resize(s)
		c.tags[i].Move(fyne.NewPos(clampX(x-s.Width/2, s.Width, l), float32(l.DateRow)-s.Height/2))
		set(line, inside(t))
		set(c.tags[i], inside(t))
	}
	c.placeSpan(l, set)
}

func (c *cursorLines) placeSpan(l charts.Layout, set func(fyne.CanvasObject, bool)) {
	first, last := l.Panels[0], l.Panels[len(l.Panels)-1]
	r := c.now.Range().Intersect(l.Range)
	show := c.now.On && !r.Empty()
	x0, x1 := float32(l.X(r.From)), float32(l.X(r.To))
	c.span.FillColor = translucent(tokens().Accent, 0x24)
	c.span.Move(fyne.NewPos(x0, float32(first.Y0)))
	c.span.Resize(fyne.NewSize(x1-x0, float32(last.Y1-first.Y0)))
	s := c.duration.MinSize()
	c.duration.Resize(s)
	c.duration.Move(fyne.NewPos((x0+x1-s.Width)/2, float32(first.Y1)-s.Height-6))
	set(c.span, show)
	set(c.duration, show && x1-x0 > s.Width+8)
}

// hit reports whether x lies on a cursor.
func (c *cursorLines) hit(x float32, b bool) bool {
	line := c.a
	if b {
		line = c.b
	}
	return line.Visible() && x > line.Position1.X-7 && x < line.Position1.X+7
}

// nearerB reports whether cursor B is nearer to a time than A.
func (c *cursorLines) nearerB(t int64) bool {
	da, db := t-c.now.A, t-c.now.B
	return max(db, -db) < max(da, -da)
}
