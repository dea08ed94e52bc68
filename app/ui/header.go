package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
)

// header is the line at the top: brand, pages, database, more.
type header struct {
	brand  *fyne.Container
	tabs   map[view.Page]*tab
	dot    *dot
	name   *text
	kind   *text
	source *button // a menu of data sources below dot, name and kind
	side   *button
	more   *button
	bell   *button
	firing *badge // how many alerts
	user   *button
	role   *text
	box    *fyne.Container
}

type pageTab struct {
	page        view.Page
	icon, label string
}

func pageTabs() []pageTab {
	return []pageTab{{view.FactPage, "fact", "Fact"}, {view.ForecastPage, "forecast", "Forecast"}, {view.AnalysisPage, "analysis", "Analysis"}}
}

// headerEvents is what the user does in the header.
type headerEvents struct {
	page                  func(view.Page)
	sidebar, source, more func()
}

func newHeader(ev headerEvents) *header {
	h := &header{tabs: map[view.Page]*tab{}, dot: newDot(colorFaint), name: body(""), kind: caption("")}
	sign := &canvas.Image{Resource: BrandIcon(), FillMode: canvas.ImageFillContain}
	h.brand = sized(pad(row(8, sized(sign, 22, 22), bold(newText("AIOps Dashboard", sizeTitle, colorText))), 0, 0, 0, 12), 264, 48)
	h.side = newButton(kindTool, "sidebar", "", ev.sidebar)
	h.side.Tip = "Show the sidebar (Ctrl+B)"
	h.side.Hide()
	h.more = newButton(kindTool, "more", "", ev.more)
	h.more.Tip = "More"
	h.bell = newButton(kindTool, "bell", "", nil)
	h.bell.Tip = "Alerts that fire"
	h.firing = newBadge()
	h.bell.Hide()
	h.firing.Hide()
	h.user = newButton(kindTool, "user", "", nil)
	h.user.height, h.role = 32, caption("")
	h.user.Hide()
	h.role.Hide()
	tabs := row(0)
	for _, p := range pageTabs() {
		t := newTab(p.icon, p.label, func() { ev.page(p.page) })
		h.tabs[p.page] = t
		tabs.Add(t)
	}
	line := row(8, h.brand, tabs, h.side, spring(), h.newSource(ev.source), h.bell, h.firing.Container, h.user, h.role, h.more)
	line.Layout = rowLayout{6}
	h.box = dock(nil, rule(), nil, nil,
		container.NewStack(newPlate(colorSurface, colorNone, 0), pad(line, 0, 10, 0, 0)))
	return h
}

// newSource shows which database this is, and how well it can be reached.
func (h *header) newSource(tapped func()) fyne.CanvasObject {
	h.source = newButton(kindTool, "", "", tapped)
	h.source.height, h.source.Tip = 32, "Data sources"
	return container.NewStack(h.source, pad(row(6, h.dot, h.name, h.kind, newIcon("down", colorMuted)), 0, 8, 0, 10))
}

// show marks the page that is shown; enabled is false while there is nothing to show.
func (h *header) show(p view.Page, enabled bool) {
	for id, t := range h.tabs {
		t.set(id == p && enabled, enabled)
	}
}

// tab is a page's name with an accent line below it while the page is shown.
type tab struct {
	button
	line *plate
}

func newTab(iconName, label string, tapped func()) *tab {
	t := &tab{line: newPlate(colorAccent, colorNone, 0)}
	t.kind, t.Icon, t.Label, t.OnTapped, t.height, t.size, t.self = kindTool, iconName, label, tapped, 47, sizeBody, t
	t.ExtendBaseWidget(t)
	return t
}

func (t *tab) set(active, enabled bool) {
	t.strong, t.disabled = active, !enabled
	t.line.Hidden = !active
	t.quiet = !active
	t.Refresh()
}

func (t *tab) MinSize() fyne.Size {
	w := fyne.MeasureText(t.Label, t.size, fyne.TextStyle{Bold: true}).Width
	return fyne.NewSize(w+22+32, t.height)
}

func (t *tab) CreateRenderer() fyne.WidgetRenderer {
	t.button.CreateRenderer()
	return &tabRenderer{buttonRenderer{&t.button}, t.line}
}

type tabRenderer struct {
	buttonRenderer
	line *plate
}

func (r *tabRenderer) Layout(s fyne.Size) {
	r.buttonRenderer.Layout(s)
	r.line.Move(fyne.NewPos(0, s.Height-2))
	r.line.Resize(fyne.NewSize(s.Width, 2))
}

func (r *tabRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r *tabRenderer) Objects() []fyne.CanvasObject {
	return append(r.buttonRenderer.Objects(), r.line)
}

// dot is a round status light; the words beside it say the same.
type dot struct{ plate }

func newDot(fill fyne.ThemeColorName) *dot {
	d := &dot{plate{fill: fill, stroke: colorNone, radius: 4, min: fyne.NewSquareSize(8)}}
	d.ExtendBaseWidget(d)
	return d
}
