package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
)

// sidebar is the column at the left: search, time range, refresh, series.
type sidebar struct {
	search   *field
	preset   *choice
	from, to *field
	refresh  *choice
	count    *text
	tree     *seriesTree
	foot     *sideFoot
	box      *fyne.Container
	rangeTip *text
}

// sidebarEvents is what the user does in the sidebar.
type sidebarEvents struct {
	filter  func(string)
	preset  func(view.Preset)
	times   func(from, to string)
	refresh func(seconds int)
}

func newSidebar(ev sidebarEvents, tree *seriesTree) *sidebar {
	s := &sidebar{tree: tree, foot: &sideFoot{box: column(0), changed: func() {}}, count: rightward(caption("")), rangeTip: elided(caption(""))}
	s.search = newField("Search VMs and metrics")
	s.search.OnChanged = ev.filter
	s.search.onEscape = func() { s.leaveSearch() }
	s.search.onArrow = func(bool) { s.focusTree() }
	s.search.Icon = iconResource("search", ink(colorMuted))
	presets := view.Presets()
	names := make([]string, len(presets))
	for i, p := range presets {
		names[i] = p.Name
	}
	s.preset = newChoice("clock", names, func(i int) { ev.preset(presets[i].ID) })
	s.from, s.to = newField("From"), newField("To")
	s.from.Scroll, s.to.Scroll = fyne.ScrollNone, fyne.ScrollNone
	times := func(string) { ev.times(s.from.Text, s.to.Text) }
	s.from.onDone, s.to.onDone = times, times
	every := view.Refreshes()
	words := make([]string, len(every))
	for i, r := range every {
		words[i] = r.Name
	}
	s.refresh = newChoice("", words, func(i int) { ev.refresh(every[i].Seconds) })
	s.build()
	return s
}

func (s *sidebar) build() {
	hint := pad(row(0, spring(), keycap("Ctrl K")), 0, 6, 0, 0)
	search := container.NewStack(s.search, hint)
	heading := func(words string) *text { return bold(newText(words, sizeTable, colorMuted)) }
	top := column(8,
		sized(search, 0, 30),
		pad(heading("Time range"), 6, 0, 0, 0),
		s.preset,
		container.NewThemeOverride(container.New(halves{8}, s.from, s.to), smaller{}),
		s.rangeTip,
		container.New(halves{8}, pad(body("Refresh"), 5, 0, 0, 0), s.refresh),
		pad(row(4, heading("VMs and metrics"), spring(), s.count), 8, 0, 0, 0),
	)
	s.rangeTip.Hide()
	foot := container.NewVScroll(s.foot.box)
	parts := container.New(sideParts{}, pad(top, 0, 12, 4, 0), s.tree.rowList, foot)
	s.foot.changed = parts.Refresh
	s.box = container.NewStack(newPlate(colorSurface, colorNone, 0), pad(parts, 12, 0, 8, 12))
}

func (s *sidebar) leaveSearch() {
	if s.search.Text != "" {
		s.search.SetText("")
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(s.search); c != nil {
		c.Unfocus()
	}
}

func (s *sidebar) focusTree() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s.search); c != nil {
		c.Focus(s.tree.rowList)
	}
}

// showTimes shows the chosen range, and beside it a remark on it.
func (s *sidebar) showTimes(p view.Preset, from, to, note string) {
	for i, it := range view.Presets() {
		if it.ID == p {
			s.preset.Set(i)
		}
	}
	setQuietly(s.from, from)
	setQuietly(s.to, to)
	s.rangeTip.Set(note)
	s.rangeTip.Hidden = note == ""
}

func (s *sidebar) showRefresh(seconds int) {
	for i, r := range view.Refreshes() {
		if r.Seconds == seconds {
			s.refresh.Set(i)
		}
	}
}

// setQuietly changes an entry that the user is not in.
func setQuietly(f *field, words string) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(f); c != nil && c.Focused() == f {
		return
	}
	if f.Text != words {
		f.SetText(words)
	}
}

// halves is a layout that divides a row evenly.
type halves struct{ gap float32 }

func (h halves) MinSize(o []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, c := range o {
		m.Height = max(m.Height, c.MinSize().Height)
	}
	m.Width = 40 * float32(len(o))
	return m
}

func (h halves) Layout(o []fyne.CanvasObject, s fyne.Size) {
	w := (s.Width - h.gap*float32(len(o)-1)) / float32(len(o))
	for i, c := range o {
		c.Move(fyne.NewPos(float32(i)*(w+h.gap), 0))
		c.Resize(fyne.NewSize(w, s.Height))
	}
}
