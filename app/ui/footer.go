package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app"
)

// footer is the line at the bottom: state, points shown, jobs, zone, keys.
type footer struct {
	dot    *dot
	state  *text
	points *text
	note   *text
	jobs   *fyne.Container
	slow   *fyne.Container // a read that takes long
	zone   *text
	box    *fyne.Container
}

func newFooter(onKeys, onJobs func()) *footer {
	f := &footer{dot: newDot(colorFaint), state: quiet(""), points: elided(quiet("")), note: elided(quiet("")), zone: quiet(""), jobs: row(12), slow: row(6)}
	keys := newButton(kindTool, "", "Keys", onKeys)
	keys.size, keys.height, keys.Tip = sizeTable, 24, "Keys of this page"
	jobs := newButton(kindTool, "", "Jobs", onJobs)
	jobs.size, jobs.height, jobs.Tip = sizeTable, 24, "What was done in this session"
	line := row(16, row(6, f.dot, f.state), f.points, f.note, f.slow, f.jobs, spring(), f.zone, jobs, row(0, keys, keycap("F1")))
	line.Layout = footLayout{rowLayout{16}, f}
	f.box = dock(rule(), nil, nil, nil,
		container.NewStack(newPlate(colorSurface, colorNone, 0), sized(pad(line, 0, 12, 0, 12), 0, 27)))
	return f
}

// showJobs shows the jobs that run, and those that have just ended.
func (f *footer) showJobs(jobs []app.Job, cancel func(id int)) {
	f.jobs.RemoveAll()
	for _, j := range jobs {
		f.jobs.Add(jobLine(j, cancel))
	}
	f.jobs.Refresh()
	f.box.Refresh()
}

func jobLine(j app.Job, cancel func(id int)) fyne.CanvasObject {
	switch j.Status {
	case app.Running:
		stop := newButton(kindLink, "", "Cancel", func() { cancel(j.ID) })
		stop.size, stop.height = sizeTable, 22
		progress := quiet("")
		if j.Total > 0 {
			progress.value = fmt.Sprintf("%.0f\u00a0%%", 100*j.Fraction())
		}
		return row(8, jobWords(j.Name, colorMuted), newMeter(j.Fraction()), progress, stop)
	case app.Failed:
		return row(6, newIcon("critical", colorCrit), jobWords(j.Name+" failed", colorCrit))
	case app.Cancelled:
		return jobWords(j.Name+" cancelled", colorMuted)
	}
	return row(6, newIcon("ok", colorOK), jobWords(j.Name+": "+j.Result, colorMuted))
}

// jobWords are a job's words, cut where they are long: the jobs list has them all.
func jobWords(words string, ink fyne.ThemeColorName) fyne.CanvasObject {
	const most = 280
	t := elided(newText(words, sizeTable, ink))
	return sized(t, min(most, fyne.MeasureText(words, sizeTable, fyne.TextStyle{}).Width), 0)
}

// footLayout is a row whose remarks give way where it is narrow.
type footLayout struct {
	rowLayout
	f *footer
}

// wants is how wide a remark would like to be.
func (t *text) wants() float32 { return fyne.MeasureText(t.value, t.size, t.style()).Width }

func (l footLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	free := s.Width - l.MinSize(o).Width + l.f.points.MinSize().Width + l.f.note.MinSize().Width
	l.f.points.least = max(0, min(l.f.points.wants(), free))
	l.f.note.least = max(0, min(l.f.note.wants(), free-l.f.points.least))
	l.rowLayout.Layout(o, s)
	l.f.points.least, l.f.note.least = 0, 0
}

// newMeter is a bar of 96 pixels that fills from the left.
func newMeter(fraction float64) fyne.CanvasObject {
	back := newPlate(colorBorder, colorNone, 2)
	bar := newPlate(colorAccent, colorNone, 2)
	return sized(container.New(meterLayout{fraction}, back, bar), 96, 4)
}

type meterLayout struct{ fraction float64 }

func (m meterLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(24, 4) }

func (m meterLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Resize(s)
	o[1].Resize(fyne.NewSize(s.Width*float32(m.fraction), s.Height))
}
