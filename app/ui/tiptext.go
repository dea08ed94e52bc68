package ui

import "fyne.io/fyne/v2/driver/desktop"

// tipText is a line of text whose hover label says all of it where its place
// is too narrow.
type tipText struct {
	text
	whole string
	tip   tooltip
}

func newTipText(size float32) *tipText {
	t := &tipText{}
	t.size, t.ink, t.elide = size, colorMuted, true
	t.ExtendBaseWidget(t)
	return t
}

func (t *tipText) MouseIn(*desktop.MouseEvent) {
	if t.out != nil && t.out.Text != t.value {
		t.tip.show(t, t.whole)
	}
}

func (t *tipText) MouseMoved(*desktop.MouseEvent) {}
func (t *tipText) MouseOut()                      { t.tip.hide() }
