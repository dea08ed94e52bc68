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
	f := &footer{dot: newDot(colorFaint), state: quiet(""), points: quiet(""), note: quiet(""), zone: quiet(""), jobs: row(12), slow: row(6)}
	keys := newButton(kindTool, "", "Keys", onKeys)
	keys.size, keys.height, keys.Tip = sizeTable, 24, "Keys of this page"
	jobs := newButton(kindTool, "", "Jobs", onJobs)
	jobs.size, jobs.height, jobs.Tip = sizeTable, 24, "What was done in this session"
	line := row(16, row(6, f.dot, f.state), f.points, f.note, f.slow, f.jobs, spring(), f.zone, jobs, row(0, keys, keycap("F1")))
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
		return row(8, quiet(j.Name), newMeter(j.Fraction()), progress, stop)
	case app.Failed:
		return row(6, newIcon("critical", colorCrit), newText(j.Name+" failed", sizeTable, colorCrit))
	case app.Cancelled:
		return quiet(j.Name + " cancelled")
	}
	return row(6, newIcon("ok", colorOK), quiet(j.Name+": "+j.Result))
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
