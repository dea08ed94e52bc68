package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/alert"
	"aiops/app/view"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// alertSeverity is the severity of an alert in the words of incidents.
func alertSeverity(s metric.Severity) anomaly.Severity {
	switch s {
	case metric.Critical:
		return anomaly.Critical
	case metric.Warning:
		return anomaly.Warning
	}
	return anomaly.Notice
}

func incidentOf(s metric.Severity) anomaly.Incident {
	return anomaly.Incident{Severity: alertSeverity(s)}
}

// newLines is an entry of several lines.
func newLines(words string) *field {
	f := newField("")
	f.MultiLine = true
	f.TextStyle = fyne.TextStyle{Monospace: true}
	f.SetText(words)
	return f
}

// tableRoom is a room of one table with a heading and what stands in its place
// when it is empty.
type tableRoom struct {
	about *text
	strip *fyne.Container // below the heading, mostly empty
	table *dataTable
	rows  [][]string
	none  *fyne.Container
	box   *fyne.Container
}

func newTableRoom(name string, heads []string, widths []float32, open func(int), tools ...fyne.CanvasObject) *tableRoom {
	r := &tableRoom{about: elided(quiet("")), strip: column(0), none: container.NewStack()}
	r.table = newDataTable(func() int { return len(r.rows) }, func(i, col int) tableCell {
		c := plainCell(r.rows[i][col])
		c.crit = c.text == string(metric.Critical)
		return c
	})
	r.table.list.onTapped = func(i int, _ float32) { open(i) }
	r.table.list.onActivate = open
	var cols []tableColumn
	for i, h := range heads {
		cols = append(cols, tableColumn{title: h, slot: -1, width: widths[i], wide: widths[i] >= 200 || i == len(heads)-1 && widths[i] > 120})
	}
	r.table.SetColumns(cols)
	r.box = card(dock(column(0, cardHead(name, r.about, tools...), r.strip), nil, nil, nil, pad(container.NewStack(r.table, r.none), 0, 1, 1, 1)))
	return r
}

// numbers aligns columns to the right.
func (r *tableRoom) numbers(cols ...int) {
	for _, i := range cols {
		r.table.cols[i].number = true
	}
}

// show shows rows, or why there are none.
func (r *tableRoom) show(rows [][]string, about, none string) {
	r.rows = rows
	r.about.Set(about)
	r.none.RemoveAll()
	r.table.Hidden = len(rows) == 0
	if len(rows) == 0 {
		r.none.Add(pad(newParagraph(none), 8, 16, 8, 16))
	}
	r.table.Refresh()
	r.none.Refresh()
	r.box.Refresh()
}

// alertRooms are the rooms of alerts, rules and silences.
type alertRooms struct {
	p                        *analysisPage
	firing                   *firingCard
	history, silences, noisy *tableRoom
	rules                    *rulesRoom
	weeks                    *exploreCard
	alerts                   *fyne.Container
}

func newAlertRooms(p *analysisPage) *alertRooms {
	a := &alertRooms{p: p, firing: newFiringCard(p), weeks: newExploreCard(p.w, "When alerts begin")}
	w := p.w
	a.history = newTableRoom("History", view.HistoryHead(), []float32{160, 150, 130, 130, 80, 200}, func(int) {})
	a.noisy = newTableRoom("Noisiest rules", view.NoisyHead(), []float32{90, 50, 54, 88, 146}, a.openNoisy)
	a.noisy.numbers(1, 2)
	a.rules = newRulesRoom(w)
	silence := newButton(kindSecondary, "silence", "Silence…", func() { w.editSilence(metric.Silence{}) })
	a.silences = newTableRoom("Silences", view.SilenceHead(), []float32{380, 240, 80}, a.endSilence, silence)
	a.alerts = container.New(alertsLayout{}, a.firing.box, a.noisy.box, a.weeks.box, a.history.box)
	return a
}

// endSilence asks whether a silence is to be removed.
func (a *alertRooms) endSilence(i int) {
	w := a.p.w
	if w.book == nil || i < 0 || i >= len(w.book.Silences) {
		return
	}
	one := w.book.Silences[i]
	var sh *sheet
	db := w.db
	sh = w.open("Silence", 520, body(alert.SilenceText(one, w.clock.Zone)),
		newButton(kindSecondary, "", "Keep", func() { sh.close() }),
		newButton(kindPrimary, "trash", "Remove silence", func() {
			w.change(sh, func(ctx context.Context) error { return db.DeleteSilence(ctx, one.ID) })
		}))
}

// openNoisy opens a rule that is noisy, if it is still there.
func (a *alertRooms) openNoisy(i int) {
	w := a.p.w
	for _, r := range w.book.RuleRows() {
		if i >= 0 && i < len(a.noisy.rows) && r.Name == a.noisy.rows[i][0] {
			w.editRule(r.Name, r.Rule)
			return
		}
	}
}

// room is the content of a section.
func (a *alertRooms) room(s view.Section) fyne.CanvasObject {
	switch s {
	case view.RulesSection:
		return a.rules.box
	case view.SilencesSection:
		return a.silences.box
	}
	return a.alerts
}

// show follows the book.
func (a *alertRooms) show(s view.Section) {
	b := a.p.w.book
	if s == view.RulesSection {
		a.rules.show(b)
	}
	if b == nil {
		return
	}
	switch s {
	case view.AlertsSection:
		a.firing.show(b)
		a.weeks.set(b.Weeks(*tokens()), b.About())
		a.noisy.show(b.Noisy(), b.Flapping(), "Nothing has fired in 30 days.")
		none := "Nothing is recorded yet. Rules are run while the window is open, or by aiops alerts watch."
		if b.Shared {
			none = "Nothing is recorded yet. The service runs the rules."
		}
		a.history.show(b.History(), "", none)
	case view.SilencesSection:
		a.silences.show(b.SilenceRows(), "", "Nothing is silenced. Silenced alerts are recorded, and nobody is told.")
	}
}

// alertsLayout places what fires, what is noisy and when alerts begin beside each other, the history below.
type alertsLayout struct{}

func (alertsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(500, 420) }

func (alertsLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	const gap = 8
	side, high := (s.Width-2*gap)*0.3, (s.Height-gap)*0.42
	middle := s.Width - 2*(side+gap)
	put := func(c fyne.CanvasObject, x, y, w, h float32) {
		c.Move(fyne.NewPos(x, y))
		c.Resize(fyne.NewSize(w, h))
	}
	put(o[0], 0, 0, side, high)
	put(o[1], side+gap, 0, middle, high)
	put(o[2], side+middle+2*gap, 0, side, high)
	put(o[3], 0, high+gap, s.Width, s.Height-high-gap)
}
