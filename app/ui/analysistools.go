package ui

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/forecast/anomaly"
)

// analysisTools is the Analysis page's toolbar.
type analysisTools struct {
	p           *analysisPage
	rooms       []*button
	sections    []view.Section
	reset       *button
	sensitivity *choice
	lanes       *choice
	least       *choice
	vm          *choice
	series      *choice // of the Explore room
	export      *button
	line, box   *fyne.Container
}

// leastSeverities are the choices of the filter.
var leastSeverities = []anomaly.Severity{"", anomaly.Warning, anomaly.Critical}

func newAnalysisTools(p *analysisPage) *analysisTools {
	t := &analysisTools{p: p}
	rooms := row(4)
	for _, r := range []struct {
		section     view.Section
		icon, label string
		tip         string
	}{{view.IncidentsSection, "analysis", "Incidents", "Scores, incidents and their reasons"}, {view.ExploreSection, "fact", "Explore", "Correlation, distribution, rhythm and parts of what is selected"},
		{view.AlertsSection, "bell", "Alerts", "What fires now, and the history (A)"}, {view.RulesSection, "tune", "Rules", "When an alert fires (R)"},
		{view.SilencesSection, "silence", "Silences", "What nobody is told of (S)"}} {
		b := newButton(kindTool, r.icon, r.label, func() {
			p.model.Review().Section = r.section
			p.update()
		})
		b.height, b.Tip = 30, r.tip
		t.rooms, t.sections = append(t.rooms, b), append(t.sections, r.section)
		rooms.Add(b)
	}
	picker := func(prefix, tip string, names []string, f func(int)) *choice {
		c := newChoice("", names, f)
		c.natural, c.prefix, c.Tip = true, prefix, tip
		return c
	}
	var levels, kinds []string
	for _, s := range view.Sensitivities() {
		levels = append(levels, string(s))
	}
	t.sensitivity = picker("Sensitivity", "How little it takes to be an anomaly", levels, func(i int) {
		p.model.Review().Sensitivity = view.Sensitivities()[i]
		p.update()
	})
	for _, k := range view.LaneKinds() {
		kinds = append(kinds, k.Name)
	}
	t.lanes = picker("Lanes by", "What a lane is", kinds, func(i int) {
		p.model.Review().Lanes = view.LaneKinds()[i].Kind
		p.update()
	})
	t.least = picker("", "Which incidents are listed", []string{"All severities", "Warning and worse", "Critical only"}, func(i int) {
		p.model.Review().Least = leastSeverities[i]
		p.draw()
	})
	t.vm = picker("", "Whose incidents are listed", nil, t.chooseVM)
	t.series = picker("Series", "The series whose distribution, rhythm and parts are shown", nil, func(i int) {
		if keys, _ := p.model.ExploreKeys(); i < len(keys) {
			p.model.SetExploreKey(keys[i])
			p.draw()
		}
	})
	t.reset = newButton(kindTool, "reset", "Reset zoom", func() { p.do(view.ZoomReset) })
	t.reset.height, t.reset.Tip = 30, "Show the chosen range again (0)"
	t.export = newButton(kindSecondary, "export", "Export", p.w.showExport)
	t.export.Tip = "Export what is seen, with the analysis (Ctrl+E)"
	t.line = row(8, rooms, divider(), t.sensitivity, t.series, t.lanes, t.least, t.vm, t.reset, spring(), t.export)
	t.box = container.New(shrinking{t.line, t.shorten}, t.line)
	return t
}

// show follows the model.
func (t *analysisTools) show() {
	r := t.p.model.Review()
	for i, b := range t.rooms {
		b.SetActive(t.sections[i] == r.Section)
		switch n := len(t.p.w.book.Firing()); t.sections[i] {
		case view.AlertsSection:
			b.SetLabel(counting("Alerts", n))
		case view.SilencesSection:
			if t.p.w.book != nil {
				b.SetLabel(counting("Silences", len(t.p.w.book.Silences)))
			}
		}
	}
	t.sensitivity.Set(slices.Index(view.Sensitivities(), r.Sensitivity))
	for i, k := range view.LaneKinds() {
		if k.Kind == r.Lanes {
			t.lanes.Set(i)
		}
	}
	t.least.Set(max(0, slices.Index(leastSeverities, r.Least)))
	names := append([]string{"All VMs"}, t.p.model.VMs()...)
	if r.VM != "" && !slices.Contains(names, r.VM) {
		names = append(names, r.VM)
	}
	t.vm.SetNames(names, max(0, slices.Index(names, r.VM)))
	t.reset.SetEnabled(t.p.w.fact.Zoomed())
	keys, at := t.p.model.ExploreKeys()
	series := make([]string, len(keys))
	for i, k := range keys {
		series[i] = k.String()
	}
	t.series.SetNames(series, at)
	t.series.Hidden = r.Section != view.ExploreSection
	if t.series.Hidden && r.Section != view.IncidentsSection {
		t.sensitivity.Hide()
		t.reset.Hide()
	} else {
		t.sensitivity.Show()
		t.reset.Show()
	}
	for _, o := range []fyne.CanvasObject{t.lanes, t.least, t.vm} {
		if r.Section == view.IncidentsSection {
			o.Show()
		} else {
			o.Hide()
		}
	}
	t.box.Refresh()
	t.box.Layout.Layout(t.box.Objects, t.box.Size())
}

// counting is a name with a number, if there is one.
func counting(name string, n int) string {
	if n == 0 {
		return name
	}
	return name + " " + strconv.Itoa(n)
}

func (t *analysisTools) chooseVM(i int) {
	t.p.model.Review().VM = ""
	if i > 0 {
		t.p.model.Review().VM = t.vm.names[i]
	}
	t.p.draw()
}

// shorten leaves out words, the most plain ones first: the more, the higher the level.
func (t *analysisTools) shorten(level int) {
	label := func(b *button, words string, until int) {
		if level >= until {
			words = ""
		}
		b.SetLabel(words)
	}
	label(t.reset, "Reset zoom", 1)
	label(t.export, "Export", 4)
	for b, words := range map[*button]string{&t.lanes.button: "Lanes by", &t.sensitivity.button: "Sensitivity"} {
		if level >= 2 && strings.HasPrefix(words, "Lanes") || level >= 3 {
			words = ""
		}
		if b.prefix != words {
			b.prefix = words
			b.Refresh()
		}
	}
}
