package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// paragraph is muted text over as many lines as its width asks for, in the
// middle of its place.
type paragraph struct {
	widget.BaseWidget
	words string
	left  bool                // its lines begin at the left and at the top
	ink   fyne.ThemeColorName // "": muted
	lines *fyne.Container
}

func newParagraph(words string) *paragraph {
	p := &paragraph{words: words, lines: container.NewWithoutLayout()}
	p.ExtendBaseWidget(p)
	return p
}

func (p *paragraph) MinSize() fyne.Size { return fyne.NewSize(80, 17) }

func (p *paragraph) Resize(s fyne.Size) {
	p.BaseWidget.Resize(s)
	p.flow(s)
}

// Set changes the words.
func (p *paragraph) Set(words string) {
	if p.words != words {
		p.words = words
		p.flow(p.Size())
	}
}

// flow divides the words into lines of a width.
func (p *paragraph) flow(s fyne.Size) {
	var lines []string
	line := ""
	for _, word := range strings.Fields(p.words) {
		next := strings.TrimSpace(line + " " + word)
		if line != "" && fyne.MeasureText(next, sizeTable, fyne.TextStyle{}).Width > s.Width {
			lines, line = append(lines, line), word
			continue
		}
		line = next
	}
	lines = append(lines, line)
	const height = 18
	y := max(0, (s.Height-height*float32(len(lines)))/2)
	if p.left {
		y = 0
	}
	p.lines.RemoveAll()
	for _, l := range lines {
		t := elided(centred(l))
		if p.left {
			t.align = fyne.TextAlignLeading
		}
		if p.ink != "" {
			t.SetInk(p.ink)
		}
		t.Move(fyne.NewPos(0, y))
		t.Resize(fyne.NewSize(s.Width, height))
		p.lines.Add(t)
		y += height
	}
	p.lines.Refresh()
}

func (p *paragraph) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(p.lines) }
