package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
)

// cursorPanel is the panel at the right while two cursors are on.
type cursorPanel struct {
	body *fyne.Container
	box  *fyne.Container
}

func newCursorPanel(onCopy func()) *cursorPanel {
	p := &cursorPanel{body: column(0)}
	copies := newButton(kindTool, "copy", "Copy", onCopy)
	head := sized(pad(row(4, bold(body("Two cursors")), spring(), copies), 0, 8, 0, 12), 0, 36)
	keys := row(4, quiet("Step a cursor:"), keycap("A"), quiet("or"), keycap("B"), quiet(", then"), keycap("←"), keycap("→"))
	foot := dock(rule(), nil, nil, nil, sized(pad(keys, 0, 12, 0, 12), 0, 34))
	p.box = card(dock(head, foot, nil, nil, container.NewVScroll(p.body)))
	p.box.Hide()
	return p
}

// show fills the panel.
func (p *cursorPanel) show(v view.CursorPanel) {
	p.body.RemoveAll()
	letter := func(s string) fyne.CanvasObject {
		t := bold(newText(s, sizeCaption, colorSurface))
		t.align = fyne.TextAlignCenter
		return sized(container.NewStack(newPlate(colorAccent, colorNone, 3), t), 18, 18)
	}
	top := column(3,
		row(8, letter("A"), small(v.A), stretch(rightward(bold(newText(v.Length, sizeTitle, colorText))))),
		row(8, letter("B"), small(v.B), stretch(rightward(caption("B − A")))))
	if v.Compared != "" {
		top.Add(elided(quiet(v.Compared)))
	}
	p.body.Add(pad(top, 0, 12, 10, 12))
	for _, b := range v.Blocks {
		p.body.Add(cursorBlock(b))
	}
	if len(v.Between) > 0 {
		p.body.Add(betweenBlock(v))
	}
	p.body.Refresh()
}

func cursorBlock(b view.CursorBlock) fyne.CanvasObject {
	head := row(6, swatch(seriesColor(b.Slot)), bold(small(b.Name)), quiet(b.Unit), stretch(rightward(bold(newText(b.Headline, sizeBody, colorText)))), quiet(b.Change))
	out := column(3, rule(), pad(head, 8, 0, 0, 0), cursorRow(quiet(""), quiet("A"), quiet("B"), quiet("B − A")))
	for _, r := range b.Rows {
		out.Add(cursorRow(elided(quiet(r.Label)), small(r.A), small(r.B), bold(small(r.Diff))))
	}
	return pad(out, 0, 12, 8, 12)
}

func betweenBlock(v view.CursorPanel) fyne.CanvasObject {
	out := column(3, rule(), pad(row(6, bold(small("Between A and B")), quiet(v.BetweenBy)), 8, 0, 0, 0),
		cursorRow(quiet(""), quiet("Mean"), quiet("Max"), quiet("Change")))
	for _, r := range v.Between {
		out.Add(cursorRow(row(6, swatch(seriesColor(r.Slot)), stretch(elided(small(r.Name)))), small(r.Mean), small(r.Max), small(r.Change)))
	}
	return pad(out, 0, 12, 8, 12)
}

// cursorRow is a name and three right-aligned figures.
func cursorRow(name fyne.CanvasObject, a, b, c *text) fyne.CanvasObject {
	return container.New(cursorColumns{}, name, rightward(elided(a)), rightward(elided(b)), rightward(elided(c)))
}

type cursorColumns struct{}

func (cursorColumns) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 16) }

func (cursorColumns) Layout(o []fyne.CanvasObject, s fyne.Size) {
	const figure, last = 58, 82
	x, widths := float32(0), []float32{s.Width - 2*figure - last, figure, figure, last}
	for i, c := range o {
		c.Move(fyne.NewPos(x, 0))
		c.Resize(fyne.NewSize(widths[i], s.Height))
		x += widths[i]
	}
}
