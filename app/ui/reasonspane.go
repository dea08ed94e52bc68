package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
)

// reasonsPane tells what a score is made of: a bar for each part.
type reasonsPane struct {
	head *text
	rows *fyne.Container
	list []view.Reason
	box  *fyne.Container
}

func newReasonsPane() *reasonsPane {
	r := &reasonsPane{head: bold(elided(small("")))}
	r.rows = container.New(reasonsLayout{r})
	r.box = dock(sized(row(0, stretch(r.head)), 0, 28), nil, nil, nil, r.rows)
	return r
}

// show follows the scene.
func (r *reasonsPane) show(s view.DetailScene) {
	score, list := s.Reasons()
	r.list = list
	r.head.Set("Why the score is " + score)
	r.rows.RemoveAll()
	if len(list) == 0 {
		r.head.Set("Why")
		words := "This metric is not unusual in itself. It is shown because it moved with the incident."
		switch {
		case s.Incident.Silent:
			words = "No points come any more, while others have sent since."
		case s.Own:
			words = "This was an alert without parts: the evidence built up over many points."
		}
		r.rows.Add(newParagraph(words))
	}
	for _, part := range list {
		r.rows.Add(container.New(&reasonLayout{part.Share}, elided(small(part.Name)), rightward(bold(small(part.Value))),
			newPlate(colorGrid, colorNone, 3), newPlate(colorAccent, colorNone, 3), reasonWords(part.Text)))
	}
	r.rows.Refresh()
}

// reasonWords say what a part means; their hover label says all of it.
func reasonWords(words string) *tipText {
	t := newTipText(sizeCaption)
	t.whole = words
	t.Set(words)
	return t
}

// reasonLayout places name, words and value above the bar.
type reasonLayout struct{ share float64 }

func (*reasonLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, 28) }

func (l *reasonLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	put := func(c fyne.CanvasObject, x, y, w, h float32) {
		c.Move(fyne.NewPos(x, y))
		c.Resize(fyne.NewSize(max(0, w), h))
	}
	name := min(o[0].(*text).wants()+1, s.Width-44)
	put(o[0], 0, 0, name, 17)
	put(o[4], name+8, 1, s.Width-44-name-8, 15)
	put(o[1], s.Width-40, 0, 40, 17)
	put(o[2], 0, 18, s.Width, 6)
	put(o[3], 0, 18, max(3, s.Width*float32(l.share)), 6)
}

// reasonsLayout puts the parts one below the other, closer where there is little room.
type reasonsLayout struct{ r *reasonsPane }

func (reasonsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, 40) }

func (l reasonsLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	if len(l.r.list) == 0 {
		for _, c := range o {
			c.Resize(s)
		}
		return
	}
	const tight, loose = 28, 36
	each := max(tight, min(loose, s.Height/float32(len(o))))
	for i, c := range o {
		c.Move(fyne.NewPos(0, float32(i)*each))
		c.Resize(fyne.NewSize(s.Width, each))
		c.Show()
		if float32(i+1)*each > s.Height+4 {
			c.Hide()
		}
	}
}
