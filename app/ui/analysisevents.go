package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/auth"
	"aiops/app/view"
	"aiops/metric"
)

// do carries a command of this page out.
func (p *analysisPage) do(id view.CommandID) {
	v := p.w.fact.Visible()
	if zoomByKey(p.w.fact, id, v.From+v.Len()/2) {
		p.moved()
		return
	}
	switch id {
	case view.ShowAllTimes:
		p.w.setPreset(view.AllTimes)
	case view.UsePan:
		p.useTool(view.PanTool)
	case view.UseBox:
		p.useTool(view.BoxTool)
	case view.NextRow:
		p.list.list.step(1)
	case view.PreviousRow:
		p.list.list.step(-1)
	case view.OpenRow:
		p.showOnFact()
	case view.EditLimits:
		p.w.editThresholds()
	case view.CopySeen:
		if rows := p.model.Incidents(); len(rows) > 0 {
			p.w.copy(view.CopyIncidents(rows))
		}
	case view.Annotate:
		p.annotate()
	case view.ShowIncidents:
		p.showRoomOf(view.IncidentsSection)
	case view.ShowExplore:
		p.showRoomOf(view.ExploreSection)
	case view.ShowAlerts:
		p.showRoomOf(view.AlertsSection)
	case view.ShowRules:
		p.showRoomOf(view.RulesSection)
	case view.ShowSilences:
		p.showRoomOf(view.SilencesSection)
	}
}

func (p *analysisPage) showRoomOf(s view.Section) {
	p.model.Review().Section = s
	p.update()
}

// showAlerts goes to what fires.
func (w *Window) showAlerts() {
	w.state.Review.Section = view.AlertsSection
	w.showPage(view.AnalysisPage)
}

// createAlert makes a rule of the incident's series.
func (p *analysisPage) createAlert() {
	if s, ok := p.model.Detail().Scene(); ok {
		p.w.editRule("", view.NewRule(s))
	}
}

func (p *analysisPage) useTool(t view.Tool) {
	if t == p.w.state.Tool {
		t = view.PanTool
	}
	p.w.state.Tool = t
	p.draw()
}

// leave is Escape: it leaves the tool, then the zoom; false if there is nothing to leave.
func (p *analysisPage) leave() bool {
	switch {
	case p.w.state.Tool == view.BoxTool:
		p.useTool(view.PanTool)
	case p.model.Review().Section != view.IncidentsSection:
		p.do(view.ShowIncidents)
	default:
		return false
	}
	return true
}

// showOnFact shows the incident's series on the Fact page, with some time around it.
func (p *analysisPage) showOnFact() {
	row, ok := p.model.Focus()
	if !ok {
		return
	}
	var keys []metric.Key
	for _, s := range row.Spans {
		keys = append(keys, s.Key)
	}
	p.w.fact.Clear()
	p.w.fact.Select(keys[:min(len(keys), view.ManySeries)]...)
	p.w.fact.ShowRange(p.model.Detail().Base())
	p.w.showPage(view.FactPage)
}

// markNormal marks the incident as normal, or takes that back.
func (p *analysisPage) markNormal() {
	m, ok := p.model.Marking()
	if !ok || p.w.refuses(auth.Annotate) {
		return
	}
	now := p.w.session.Now()
	p.w.run.then(func() func() {
		err := m.Keep(now)
		return func() {
			if err != nil {
				p.w.bars.put(notice{id: "normal", kind: noticeError, text: sentence(err), details: err.Error()})
				return
			}
			p.model.Marked(m)
			p.w.foot.say(m.Text())
			p.update()
		}
	})
}

// annotate opens the editor for the incident.
func (p *analysisPage) annotate() {
	if s, ok := p.model.Detail().Scene(); ok {
		p.w.editAnnotation(s.Annotation())
	}
}

// badge is a word on a coloured ground.
type badge struct {
	*fyne.Container
	ground *plate
	word   *text
}

func newBadge() *badge {
	b := &badge{ground: newPlate(colorRaised, colorNone, 9), word: bold(caption(""))}
	b.Container = sized(container.NewStack(b.ground, pad(b.word, 1, 8, 1, 8)), 0, 19)
	return b
}

// set says a word in the colours of a status.
func (b *badge) set(word string, ink, soft fyne.ThemeColorName) {
	b.word.ink = ink
	b.word.Set(word)
	b.word.Refresh()
	b.ground.Set(soft, colorNone)
	b.Refresh()
}
