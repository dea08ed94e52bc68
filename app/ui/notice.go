package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// noticeKind decides a notice's colours and icon.
type noticeKind int

const (
	noticeInfo noticeKind = iota
	noticeWarning
	noticeError
)

// notice is a bar under the header: what happened, what can be done.
type notice struct {
	id      string // a later notice with the same id replaces it
	kind    noticeKind
	text    string
	button  string // empty: none
	do      func()
	details string
	stays   bool // it goes by itself, when what it tells is over
	words   *text
}

// like reports whether two notices differ in their words only.
func (v notice) like(o notice) bool {
	return v.id == o.id && v.kind == o.kind && v.button == o.button && v.details == o.details
}

// notices is the place of the bars under the header.
type notices struct {
	list []notice
	box  *fyne.Container
	more func(details string)
	// changed is called when bars come or go, as the content moves.
	changed func()
}

func newNotices(more func(details string), changed func()) *notices {
	return &notices{box: column(0), more: more, changed: changed}
}

// put shows a bar. One whose words alone change stays in its place.
func (n *notices) put(v notice) {
	for i := range n.list {
		if old := &n.list[i]; old.like(v) {
			old.text, old.do = v.text, v.do
			old.words.Set(v.text)
			return
		}
	}
	n.drop(v.id)
	n.list = append(n.list, v)
	n.build()
}

// close takes a bar away.
func (n *notices) close(id string) {
	if n.drop(id) {
		n.build()
	}
}

func (n *notices) drop(id string) bool {
	before := len(n.list)
	kept := n.list[:0]
	for _, v := range n.list {
		if v.id != id {
			kept = append(kept, v)
		}
	}
	n.list = kept
	return len(kept) < before
}

func (n *notices) build() {
	n.box.RemoveAll()
	for i := range n.list {
		n.box.Add(n.bar(&n.list[i]))
	}
	n.changed()
}

// press does what a bar's button stands for now.
func (n *notices) press(id string) {
	for _, v := range n.list {
		if v.id == id && v.do != nil {
			v.do()
			return
		}
	}
}

func (n *notices) bar(v *notice) fyne.CanvasObject {
	fill, ink, sign := colorSel, colorAccent, "info"
	switch v.kind {
	case noticeWarning:
		fill, ink, sign = colorWarnSoft, colorWarn, "warning"
	case noticeError:
		fill, ink, sign = colorCritSoft, colorCrit, "critical"
	}
	v.words = elided(body(v.text))
	line := row(10, newIcon(sign, ink), stretch(v.words))
	if v.details != "" {
		line.Add(newButton(kindLink, "", "Details", func() { n.more(v.details) }))
	}
	id := v.id
	if v.button != "" {
		line.Add(newButton(kindSecondary, "", v.button, func() { n.press(id) }))
	}
	if !v.stays {
		end := newButton(kindTool, "close", "", func() { n.close(id) })
		end.Tip = "Close"
		line.Add(end)
	}
	return container.NewStack(newPlate(fill, colorNone, 0), sized(pad(line, 4, 10, 4, 14), 0, 38))
}
