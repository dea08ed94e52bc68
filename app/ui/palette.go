package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
	"aiops/metric"
)

// paletteItem is something that Ctrl+K finds: a series or a command.
type paletteItem struct {
	icon, name, hint string
	do               func()
}

// palette finds VMs, metrics and commands by fragments of their names.
type palette struct {
	w     *Window
	sheet *sheet
	field *field
	list  *rowList
	items []paletteItem
}

// paletteMost is the number of finds that are listed.
const paletteMost = 200

// showPalette opens the palette, or closes it.
func (w *Window) showPalette() {
	if w.closeSheet("palette") {
		return
	}
	p := &palette{w: w, field: newField("Find a VM, metric or command")}
	p.list = newRowList(28, func() int { return len(p.items) }, func() fyne.CanvasObject { return newPaletteRow() },
		func(i int, o fyne.CanvasObject) { o.(*paletteRow).show(p.items[i]) })
	p.list.onTapped = func(i int, _ float32) { p.take(i) }
	p.list.onActivate = p.take
	p.field.OnChanged = p.find
	p.field.OnSubmitted = func(string) { p.take(max(0, p.list.Current())) }
	p.field.onArrow = func(down bool) { p.list.step(map[bool]int{true: 1, false: -1}[down]) }
	p.find("")
	p.sheet = w.open("Find", 560, dock(sized(p.field, 0, 32), nil, nil, nil, pad(sized(p.list, 510, 340), 8, 0, 0, 0)))
	w.sheetID = "palette"
	w.win.Canvas().Focus(p.field)
}

func (p *palette) find(words string) {
	p.items = p.items[:0]
	parts := strings.Fields(strings.ToLower(words))
	matches := func(s string) bool {
		s = strings.ToLower(s)
		for _, f := range parts {
			if !strings.Contains(s, f) {
				return false
			}
		}
		return true
	}
	if len(parts) > 0 {
		p.findSeries(matches)
	}
	for _, c := range view.CommandsOn(p.w.state.Page) {
		if matches(c.Name) && len(p.items) < paletteMost && c.ID != view.OpenPalette && c.ID != view.Leave {
			hint := ""
			if len(c.Keys) > 0 {
				hint = c.Keys[0].String()
			}
			p.items = append(p.items, paletteItem{"right", c.Name, hint, func() { p.w.do(c.ID) }})
		}
	}
	p.list.current = 0
	p.list.offset = 0
	p.list.Refresh()
}

func (p *palette) findSeries(matches func(string) bool) {
	for _, s := range p.w.fact.Catalog() {
		if len(p.items) >= paletteMost || !matches(s.Key.String()) {
			continue
		}
		on := p.w.state.Selection.Has(s.Key)
		hint := "Show"
		if on {
			hint = "Hide"
		}
		p.items = append(p.items, paletteItem{"fact", s.Key.String(), hint, func() {
			p.w.state.Expand(s.VM, true)
			p.w.choose([]metric.Key{s.Key}, !on)
		}})
	}
}

func (p *palette) take(i int) {
	if i < 0 || i >= len(p.items) {
		return
	}
	p.sheet.close()
	p.items[i].do()
}

// paletteRow shows a find.
type paletteRow struct {
	widget.BaseWidget
	icon       *icon
	name, hint *text
}

func newPaletteRow() *paletteRow {
	r := &paletteRow{icon: newIcon("right", colorMuted), name: elided(body("")), hint: rightward(quiet(""))}
	r.ExtendBaseWidget(r)
	return r
}

func (r *paletteRow) show(it paletteItem) {
	r.icon.Set(it.icon, colorMuted)
	r.name.Set(it.name)
	r.hint.Set(it.hint)
}

func (r *paletteRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(pad(row(8, r.icon, stretch(r.name), r.hint), 0, 12, 0, 8))
}
