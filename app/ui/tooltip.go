package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// tooltipDelay is how long the pointer rests before the hover label appears.
const tooltipDelay = 500 * time.Millisecond

// tooltip is the hover label of one control. Fyne has none of its own.
type tooltip struct {
	timer *time.Timer
	label *fyne.Container
	layer *fyne.Container
}

// show puts words beside an object after a moment.
func (t *tooltip) show(over fyne.CanvasObject, words string) {
	t.hide()
	if words == "" {
		return
	}
	t.timer = time.AfterFunc(tooltipDelay, func() {
		fyne.Do(func() {
			if t.timer != nil {
				t.place(over, words)
			}
		})
	})
}

// hide takes the label away.
func (t *tooltip) hide() {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	if t.label != nil {
		t.layer.Remove(t.label)
		t.layer.Refresh()
		t.label = nil
	}
}

func (t *tooltip) place(over fyne.CanvasObject, words string) {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(over)
	if c == nil || t.label != nil {
		return
	}
	t.layer = hintLayer(c.Content())
	if t.layer == nil {
		return
	}
	t.label = container.NewStack(newPlate(colorRaised, colorBorder, 4), pad(small(words), 4, 8, 4, 8))
	s := t.label.MinSize()
	at := driver.AbsolutePositionForObject(over)
	at.Y += over.Size().Height + 4
	at.X = max(4, min(at.X, c.Size().Width-s.Width-4))
	if at.Y+s.Height > c.Size().Height-4 {
		at.Y -= over.Size().Height + s.Height + 8
	}
	t.label.Move(at)
	t.label.Resize(s)
	t.layer.Add(t.label)
	t.layer.Refresh()
}

// hintLayer finds the topmost container of the window's content.
func hintLayer(content fyne.CanvasObject) *fyne.Container {
	stack, ok := content.(*fyne.Container)
	if !ok || len(stack.Objects) < 2 {
		return nil
	}
	layer, _ := stack.Objects[len(stack.Objects)-1].(*fyne.Container)
	return layer
}
