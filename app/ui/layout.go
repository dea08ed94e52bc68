package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// insets is a layout that leaves room around its objects.
type insets struct{ top, right, bottom, left float32 }

// pad leaves room around an object.
func pad(o fyne.CanvasObject, top, right, bottom, left float32) *fyne.Container {
	return container.New(insets{top, right, bottom, left}, o)
}

func (i insets) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(i.left, i.top))
		o.Resize(s.SubtractWidthHeight(i.left+i.right, i.top+i.bottom))
	}
}

func (i insets) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	return m.AddWidthHeight(i.left+i.right, i.top+i.bottom)
}

// fixed is a layout of a fixed size; 0 means as large as the content.
type fixed struct{ w, h float32 }

// sized gives an object a fixed smallest width and height (0: its own).
func sized(o fyne.CanvasObject, w, h float32) *fyne.Container {
	return container.New(fixed{w, h}, o)
}

func (f fixed) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(s)
	}
}

func (f fixed) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objects {
		m = m.Max(o.MinSize())
	}
	if f.w > 0 {
		m.Width = f.w
	}
	if f.h > 0 {
		m.Height = f.h
	}
	return m
}

// rowLayout puts objects side by side, centred vertically; what comes after a
// spring is pushed to the right edge, and a stretch takes the free room.
type rowLayout struct{ gap float32 }

// filling marks the container of an object that takes the free room of a row.
type filling struct{ insets }

// stretch lets an object take the free room of its row.
func stretch(o fyne.CanvasObject) *fyne.Container { return container.New(filling{}, o) }

// row puts objects side by side with a gap.
func row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(rowLayout{gap}, objects...)
}

// spring is the free room of a row.
func spring() fyne.CanvasObject { return layout.NewSpacer() }

func (r rowLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		s := o.MinSize()
		m.Width += s.Width
		m.Height = max(m.Height, s.Height)
		n++
	}
	m.Width += r.gap * float32(max(0, n-1))
	return m
}

func (r rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	free := size.Width - r.MinSize(objects).Width
	var springs float32
	for _, o := range objects {
		if flexible(o) && o.Visible() {
			springs++
		}
	}
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		s := o.MinSize()
		if flexible(o) {
			s.Width = max(0, s.Width+free/springs)
		}
		o.Move(fyne.NewPos(x, (size.Height-s.Height)/2))
		o.Resize(s)
		x += s.Width + r.gap
	}
}

func flexible(o fyne.CanvasObject) bool {
	if c, ok := o.(*fyne.Container); ok {
		_, ok = c.Layout.(filling)
		return ok
	}
	sp, ok := o.(layout.SpacerObject)
	return ok && sp.ExpandHorizontal()
}

// columnLayout puts objects one below the other at their full width.
type columnLayout struct{ gap float32 }

// column puts objects one below the other with a gap.
func column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(columnLayout{gap}, objects...)
}

func (c columnLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	n := 0
	for _, o := range objects {
		if o.Visible() {
			s := o.MinSize()
			m.Width = max(m.Width, s.Width)
			m.Height += s.Height
			n++
		}
	}
	m.Height += c.gap * float32(max(0, n-1))
	return m
}

func (c columnLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if o.Visible() {
			h := o.MinSize().Height
			o.Move(fyne.NewPos(0, y))
			o.Resize(fyne.NewSize(size.Width, h))
			y += h + c.gap
		}
	}
}

// dockLayout puts objects at the four edges and one in the middle, without the
// gaps that Fyne's border layout leaves.
type dockLayout struct{ top, bottom, left, right, middle fyne.CanvasObject }

// dock puts objects at the edges (nil: none) and one in the middle.
func dock(top, bottom, left, right, middle fyne.CanvasObject) *fyne.Container {
	c := container.New(dockLayout{top, bottom, left, right, middle})
	for _, o := range []fyne.CanvasObject{top, left, middle, right, bottom} { // the order of Tab
		if o != nil {
			c.Add(o)
		}
	}
	return c
}

func (d dockLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	size := func(o fyne.CanvasObject) fyne.Size {
		if o == nil || !o.Visible() {
			return fyne.Size{}
		}
		return o.MinSize()
	}
	m := size(d.middle)
	l, r, t, b := size(d.left), size(d.right), size(d.top), size(d.bottom)
	m.Width = max(m.Width+l.Width+r.Width, t.Width, b.Width)
	m.Height = max(m.Height, l.Height, r.Height) + t.Height + b.Height
	return m
}

// Layout gives the edges their least size, the middle the rest.
func (d dockLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	x0, y0, x1, y1 := float32(0), float32(0), s.Width, s.Height
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	if o := d.top; o != nil && o.Visible() {
		h := o.MinSize().Height
		put(o, 0, 0, s.Width, h)
		y0 = h
	}
	if o := d.bottom; o != nil && o.Visible() {
		h := o.MinSize().Height
		put(o, 0, y1-h, s.Width, h)
		y1 -= h
	}
	if o := d.left; o != nil && o.Visible() {
		w := o.MinSize().Width
		put(o, 0, y0, w, y1-y0)
		x0 = w
	}
	if o := d.right; o != nil && o.Visible() {
		w := o.MinSize().Width
		put(o, x1-w, y0, w, y1-y0)
		x1 -= w
	}
	put(d.middle, x0, y0, max(0, x1-x0), max(0, y1-y0))
}
