package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/auth"
	"aiops/app/view"
	"aiops/metric"
)

// showPage shows a page, which is made on its first use.
func (w *Window) showPage(p view.Page) {
	w.state.Page = p
	w.head.show(p, !w.empty())
	o, ok := w.rooms[p]
	if !ok {
		o = w.makePage(p)
		w.rooms[p] = o
	}
	w.place.Objects = []fyne.CanvasObject{o}
	w.place.Refresh()
	if w.shown() != nil && w.db != nil {
		w.factChanged()
	}
}

// shown is the page that is shown, nil if it is not built yet.
func (w *Window) shown() page {
	switch {
	case w.state.Page == view.ForecastPage && w.outlook != nil:
		return w.outlook
	case w.state.Page == view.AnalysisPage && w.analysis != nil:
		return w.analysis
	case w.state.Page == view.FactPage && w.page != nil:
		return w.page
	}
	return nil
}

func (w *Window) makePage(p view.Page) fyne.CanvasObject {
	switch p {
	case view.ForecastPage:
		w.outlook = newForecastPage(w)
		return w.outlook.box
	case view.AnalysisPage:
		w.analysis = newAnalysisPage(w)
		return w.analysis.box
	}
	w.page = newFactPage(w)
	return w.page.box
}

// roomView is one sentence and one button in the place of a page or chart.
func roomView(r view.Room, do func(view.CommandID)) fyne.CanvasObject {
	words := newText(r.Text, sizeTitle, colorMuted)
	words.align = fyne.TextAlignCenter
	parts := column(14, words)
	if r.Button != "" {
		parts.Add(container.NewCenter(newButton(kindSecondary, "", r.Button, func() { do(r.Do) })))
	}
	return container.NewCenter(parts)
}

// empty reports whether there is a database without a series.
func (w *Window) empty() bool { return w.first != nil && w.first.visible() }

// showEmpty shows or leaves the first start.
func (w *Window) showEmpty(empty bool) {
	if empty == w.empty() {
		return
	}
	if empty {
		w.first = newFirstStart(w)
		w.body.Objects = []fyne.CanvasObject{w.first.box}
		w.foot.points.Set(w.name() + ": empty, " + w.db.Info().Path)
	} else {
		w.first.hide()
		w.body.Objects = []fyne.CanvasObject{w.main}
		w.foot.points.Set("")
	}
	w.head.show(w.state.Page, !empty)
	w.content.Refresh()
}

// factChanged shows the page's model after anything that pages share has changed.
func (w *Window) factChanged() {
	w.showTree()
	w.showTimes()
	if p := w.shown(); p != nil {
		p.update()
	}
}

func (w *Window) showTree() {
	t := w.fact.Tree(w.filter)
	w.side.count.Set(t.Count())
	w.side.tree.show(t)
	w.side.box.Refresh()
}

func (w *Window) showTimes() {
	v := w.fact.Visible()
	preset := w.state.Span.Preset
	if w.fact.Zoomed() && !w.state.Zoom.Range.Empty() {
		preset = view.Custom
	}
	w.side.showTimes(preset, w.briefTime(v.From), w.briefTime(v.To), w.fact.RangeNote())
}

// briefTime tells a moment in a narrow place: without the weekday if the year is needed.
func (w *Window) briefTime(t int64) string {
	full := w.clock.Time(t)
	if weekday, rest, _ := strings.Cut(full, " "); strings.Count(rest, " ") > 2 && weekday != "" {
		return rest
	}
	return full
}

func (w *Window) setFilter(s string) {
	w.filter = s
	w.showTree()
}

func (w *Window) expand(vm string, open bool) {
	w.state.Expand(vm, open)
	w.showTree()
}

func (w *Window) choose(keys []metric.Key, on bool) {
	if on {
		w.fact.Select(keys...)
	} else {
		w.fact.Deselect(keys...)
	}
	w.ahead.Chosen(keys, on)
	w.factChanged()
}

func (w *Window) setPreset(p view.Preset) {
	w.fact.SetPreset(p)
	w.factChanged()
}

// setTimes reads the two entries of a range of the user's own.
func (w *Window) setTimes(from, to string) {
	v := w.fact.Visible()
	if from == w.briefTime(v.From) && to == w.briefTime(v.To) {
		return
	}
	r, err := w.clock.ParseRange(from, to)
	if err != nil {
		w.bars.put(notice{id: "times", kind: noticeWarning, text: sentence(err)})
		return
	}
	w.bars.close("times")
	w.fact.SetCustom(r)
	w.factChanged()
}

func (w *Window) setRefresh(seconds int) { w.state.Refresh = seconds }

func (w *Window) toggleSidebar() {
	w.frame.toggle()
	w.state.Sidebar.Hidden = w.frame.hidden
	w.main.Refresh()
	w.main.Layout.Layout(w.main.Objects, w.main.Size())
}

func (w *Window) folded(folded bool) {
	if folded {
		w.head.side.Show()
	} else {
		w.head.side.Hide()
	}
	w.head.box.Refresh()
}

func (w *Window) dragSidebar(dx float32) {
	w.frame.width = max(sidebarMin, min(sidebarMax, w.frame.width+dx))
	w.state.Sidebar.Width = int(w.frame.width)
	w.main.Layout.Layout(w.main.Objects, w.main.Size())
}

// showMore is the menu at the header's end.
func (w *Window) showMore() {
	look := func(name string, a view.Appearance) *fyne.MenuItem {
		return ticked(name, w.state.Theme == a, func() {
			w.state.Theme = a
			fyne.CurrentApp().Settings().SetTheme(Theme{a})
			w.restyle()
		})
	}
	appearance := item("Appearance", nil)
	appearance.ChildMenu = fyne.NewMenu("", look("Follow the system", view.FollowSystem), look("Light", view.AlwaysLight), look("Dark", view.AlwaysDark))
	showMenu(w.head.more,
		item("Open or import…", w.showImport),
		item("Export what is seen…", w.showExport),
		item("Save a snapshot…", w.askSaveSnapshot),
		w.offered(auth.Import, item("Make demo data…", w.confirmDemo)),
		fyne.NewMenuItemSeparator(),
		appearance,
		item("Hide or show the sidebar", w.toggleSidebar),
		item("Jobs", w.showJobs),
		item("Keys of this page", w.showKeys),
		item(fmt.Sprintf("About AIOps Dashboard %s", w.session.Version), w.showAbout),
	)
}
