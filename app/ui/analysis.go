package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
)

// analysisPage shows what is wrong, and why.
type analysisPage struct {
	*chartCard // of the lanes
	w          *Window
	model      *view.Analysis
	tools      *analysisTools
	lanes      *lanes
	list       *incidentList
	detail     *detailCard
	explore    *explorePage
	rooms      *alertRooms
	firing     *firingCard     // beside the lanes
	body       *fyne.Container // of incidents
	place      *fyne.Container // body, or the explore room
	box        *fyne.Container

	asking  *asking
	digging *digging
}

// asking is an inquiry on its way.
type asking struct {
	plan   view.InquiryPlan
	cancel context.CancelFunc
}

func newAnalysisPage(w *Window) *analysisPage {
	p := &analysisPage{w: w, model: w.review}
	p.lanes = newLanes(p)
	p.chartCard = newChartCard(w, pad(p.lanes, slabRim, slabRim, slabRim, slabRim))
	p.list = newIncidentList(p)
	p.detail = newDetailCard(p)
	p.tools = newAnalysisTools(p)
	p.firing, p.rooms = newFiringCard(p), newAlertRooms(p)
	p.body = container.New(&analysisLayout{p}, p.frame, p.list.box, p.detail.box, p.firing.box)
	p.place = container.NewStack(p.body)
	p.box = dock(sized(pad(p.tools.box, 0, 12, 0, 12), 0, 48), nil, nil, nil, pad(p.place, 0, 12, 8, 12))
	return p
}

// update shows the model as it is now and searches for what is missing.
func (p *analysisPage) update() {
	p.draw()
	p.w.seek()
	p.inquire()
}

// moved is an update by a gesture on the lanes.
func (p *analysisPage) moved() {
	p.w.showTimes()
	p.draw()
}

// draw shows everything of the model.
func (p *analysisPage) draw() {
	p.tools.show()
	p.w.foot.points.Set(p.model.Status())
	switch s := p.showSection(); s {
	case view.ExploreSection:
		p.explore.show()
	case view.AlertsSection, view.RulesSection, view.SilencesSection:
		p.rooms.show(s)
	default:
		room, empty := p.model.Empty()
		p.showRoom(room, empty)
		if err := p.model.Err(); (err != nil) != p.failed {
			p.showError(err, p.w.searchAgain)
		}
		p.showFiring()
		p.lanes.show()
		p.list.show()
		p.detail.show()
		p.line.Hidden = !p.model.Searching() || p.model.Found() == nil
		p.frame.Refresh()
	}
	p.w.foot.box.Refresh()
}

// showSection puts the chosen room in place; rooms are made on their first use.
func (p *analysisPage) showSection() view.Section {
	s := p.model.Review().Section
	var o fyne.CanvasObject = p.body
	if s == view.ExploreSection {
		if p.explore == nil {
			p.explore = newExplorePage(p)
		}
		o = p.explore.box
	} else if s != view.IncidentsSection {
		o = p.rooms.room(s)
	}
	if p.place.Objects[0] != o {
		p.place.Objects = []fyne.CanvasObject{o}
		p.place.Refresh()
	}
	return s
}

// showFiring shows what fires beside the lanes where alerts are known.
func (p *analysisPage) showFiring() {
	known := p.w.book.Known()
	if p.firing.box.Visible() != known {
		p.firing.box.Hidden = !known
		p.body.Layout.Layout(p.body.Objects, p.body.Size())
	}
	if known {
		p.firing.show(p.w.book)
	}
}

// look shows an incident.
func (p *analysisPage) look(id string) {
	p.model.SetFocus(id)
	p.refocus()
}

// refocus shows what is looked at now.
func (p *analysisPage) refocus() {
	p.lanes.show()
	p.list.show()
	p.detail.show()
	p.inquire()
}

// inquire finds out about the incident what is not known yet.
func (p *analysisPage) inquire() {
	d := p.model.Detail()
	plan, ok := d.Plan()
	if !ok || p.w.db == nil {
		return
	}
	if p.asking != nil {
		p.asking.cancel()
	}
	ctx, cancel := context.WithCancel(p.w.ctx)
	a := &asking{plan, cancel}
	p.asking = a
	db := p.w.db
	p.w.run.then(func() func() {
		q, err := view.Inquire(ctx, db, plan)
		return func() {
			cancel()
			if p.asking != a || p.w.ctx.Err() != nil {
				return
			}
			p.asking = nil
			if err != nil {
				d.Fail(plan, err)
			} else if !d.Apply(q) {
				return
			}
			p.detail.showAnswer()
		}
	})
}

// reset forgets what is under way: another database is open.
func (p *analysisPage) reset() {
	if p.asking != nil {
		p.asking.cancel()
		p.asking = nil
	}
	p.showError(nil, nil)
}

// restyle redraws in the colours of the present theme.
func (p *analysisPage) restyle() {
	p.list.forget()
	p.detail.forget()
	p.draw()
}

// analysisLayout places the lanes above the list and the detail.
type analysisLayout struct{ p *analysisPage }

// fewestLanes is for how many lanes there is always room.
const fewestLanes = 5

func (*analysisLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(500, 420) }

func (l *analysisLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	const gap = 8
	_, all := l.p.model.FirstLane()
	high := float32(view.LaneTop+view.LaneFoot) + view.LanePitch*float32(max(fewestLanes, min(all, view.MostLanes)))
	share := float32(0.41)
	if s.Height < 640 {
		share = 0.36
	}
	high = min(high, max(s.Height*share, view.LaneTop+view.LaneFoot+fewestLanes*view.LanePitch))
	list := min(372, s.Width*0.34)
	put := func(c fyne.CanvasObject, x, y, w, h float32) {
		c.Move(fyne.NewPos(x, y))
		c.Resize(fyne.NewSize(max(0, w), max(0, h)))
	}
	beside := float32(0)
	if l.p.w.book.Known() {
		beside = 304
		put(o[3], s.Width-beside, 0, beside, high)
		beside += gap
	}
	o[3].(*fyne.Container).Hidden = beside == 0
	put(o[0], 0, 0, s.Width-beside, high)
	put(o[1], 0, high+gap, list, s.Height-high-gap)
	put(o[2], list+gap, high+gap, s.Width-list-gap, s.Height-high-gap)
}

var _ page = (*analysisPage)(nil)
