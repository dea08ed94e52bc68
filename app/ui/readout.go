package ui

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
)

// readoutRows is the number of values that the box shows.
const readoutRows = 16

// readout is the box of values beside the crosshair.
type readout struct {
	widget.BaseWidget
	head    *text
	rows    []*readoutRow
	more    *text
	remarks []*text
	rule    *plate
	body    *fyne.Container
	size    fyne.Size
}

type readoutRow struct {
	mark                 *plate
	name, value, earlier *text
}

func newReadout() *readout {
	r := &readout{head: bold(small("")), more: quiet(""), rule: rule(), body: container.NewWithoutLayout()}
	r.ExtendBaseWidget(r)
	return r
}

func (r *readout) MinSize() fyne.Size { return r.size }

func (r *readout) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(newSlab(colorRaised, 4), r.body))
}

// translucent is a colour that lets what is below shine through.
func translucent(c color.NRGBA, alpha uint8) color.NRGBA { c.A = alpha; return c }

// set fills the box and works out its size.
func (r *readout) set(v view.Reading) {
	shown := v.Rows[:min(len(v.Rows), readoutRows)]
	for len(r.rows) < len(shown) {
		r.rows = append(r.rows, &readoutRow{swatch(nil), small(""), bold(rightward(small(""))), rightward(quiet(""))})
	}
	var names, values, earlier float32
	for i, row := range shown {
		o := r.rows[i]
		o.mark.paint = seriesColor(row.Slot)
		o.name.value, o.value.value, o.earlier.value = row.Name, row.Text, row.Earlier
		o.value.ink = colorText
		if row.Over {
			o.value.ink = colorCrit
		}
		names = max(names, o.name.MinSize().Width)
		values = max(values, o.value.MinSize().Width)
		earlier = max(earlier, o.earlier.MinSize().Width)
	}
	r.head.Set(v.Head)
	width := max(names+values+17+24, r.head.MinSize().Width)
	if earlier > 0 {
		width = max(width, names+values+earlier+17+36)
	}
	for i, m := range v.Remarks {
		if i == len(r.remarks) {
			r.remarks = append(r.remarks, caption(""))
		}
		r.remarks[i].value = m.Text
		width = max(width, min(320, r.remarks[i].MinSize().Width))
	}
	r.arrange(shown, v, width, values)
}

// arrange places the parts, from the top down.
func (r *readout) arrange(shown []view.ReadingRow, v view.Reading, width, values float32) {
	const left, lineHeight = 12, 19
	objects := []fyne.CanvasObject{r.head}
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
		o.Refresh()
	}
	put(r.head, left, 6, width, 16)
	y := float32(28)
	for i := range shown {
		o := r.rows[i]
		put(o.mark, left, y+3, 10, 10)
		put(o.name, left+17, y, width-17-values-12, 16)
		put(o.value, left+width-values, y, values, 16)
		objects = append(objects, o.mark, o.name, o.value)
		if o.earlier.value != "" {
			w := o.earlier.MinSize().Width
			put(o.earlier, left+width-values-12-w, y, w, 16)
			objects = append(objects, o.earlier)
		}
		y += lineHeight
	}
	if hidden := len(v.Rows) - len(shown); hidden > 0 {
		r.more.value = "and " + strconv.Itoa(hidden) + " more"
		put(r.more, left+17, y, width-17, 16)
		objects = append(objects, r.more)
		y += lineHeight
	}
	if len(v.Remarks) > 0 {
		put(r.rule, left, y+1, width, 1)
		objects = append(objects, r.rule)
		y += 5
	}
	for i, m := range v.Remarks {
		t := r.remarks[i]
		t.elide, t.ink = true, colorMuted
		if m.Alarm {
			t.ink = colorCrit
		}
		put(t, left, y, width, 15)
		objects = append(objects, t)
		y += 16
	}
	r.body.Objects = objects
	r.size = fyne.NewSize(width+2*left, y+6)
}
