package charts

import (
	"fmt"
	"image/color"
	"strings"
)

// ink is a colour with the name that it has in style sheets.
type ink struct {
	color.NRGBA
	name string
}

// inks is a theme's colours as the drawing code uses them.
type inks struct {
	theme                                  Theme
	bg, surface, raised, border, grid      *ink
	text, muted, faint, accent, sel, hover *ink
	crit, critSoft, warn                   *ink
	lines, compared, band80, band50        [8]*ink
	score, plus, minus                     [6]*ink
	all                                    []*ink
}

func newInks(t Theme) *inks {
	n := &inks{theme: t}
	add := func(name string, c color.NRGBA) *ink {
		k := &ink{c, name}
		n.all = append(n.all, k)
		return k
	}
	n.bg, n.surface, n.raised = add("bg", t.Bg), add("surface", t.Surface), add("raised", t.Raised)
	add("inset", t.Inset)
	n.border, n.grid = add("border", t.Border), add("grid", t.Grid)
	n.text, n.muted, n.faint = add("text", t.Text), add("muted", t.Muted), add("faint", t.Faint)
	n.accent, n.sel, n.hover = add("accent", t.Accent), add("sel", t.Sel), add("hover", t.Hover)
	add("primary", t.Primary)
	add("ok", t.OK)
	add("ok-soft", t.OKSoft)
	n.warn = add("warn", t.Warn)
	add("warn-soft", t.WarnSoft)
	n.crit, n.critSoft = add("crit", t.Crit), add("crit-soft", t.CritSoft)
	for i := range t.Lines {
		n.lines[i] = add(fmt.Sprintf("line-%d", i+1), t.Lines[i])
		n.compared[i] = add(fmt.Sprintf("compared-%d", i+1), t.Compared(i))
		n.band80[i] = add(fmt.Sprintf("band80-%d", i+1), t.Band80[i])
		n.band50[i] = add(fmt.Sprintf("band50-%d", i+1), t.Band50[i])
	}
	for i, c := range t.Score {
		n.score[i] = add(fmt.Sprintf("score-%d", i+1), c)
	}
	for i := range n.plus {
		n.plus[i] = add(fmt.Sprintf("plus-%d", i+1), t.blend(0, i))
		n.minus[i] = add(fmt.Sprintf("minus-%d", i+1), t.blend(1, i))
	}
	return n
}

// Compared is the colour of an earlier period of the series: its hue, six
// tenths, mixed with the surface.
func (t Theme) Compared(slot int) color.NRGBA {
	c, s := t.Lines[slotColor(slot)], t.Surface
	mix := func(a, b uint8) uint8 { return uint8((6*int(a) + 4*int(b) + 5) / 10) }
	return color.NRGBA{R: mix(c.R, s.R), G: mix(c.G, s.G), B: mix(c.B, s.B), A: 255}
}

// blend is the step-th of six shades between the surface and a series colour.
func (t Theme) blend(slot, step int) color.NRGBA {
	c, s, k := t.Lines[slot], t.Surface, [6]int{8, 22, 38, 56, 76, 100}[step]
	mix := func(a, b uint8) uint8 { return uint8((k*int(a) + (100-k)*int(b) + 50) / 100) }
	return color.NRGBA{R: mix(c.R, s.R), G: mix(c.G, s.G), B: mix(c.B, s.B), A: 255}
}

// slotColor is the palette place of a slot; the eight colours repeat.
func slotColor(slot int) int { return ((slot % 8) + 8) % 8 }

// Property is a colour as a CSS custom property.
type Property struct{ Name, Value string }

// Properties lists the theme's colours as CSS custom properties, always in the
// same order: --bg, --surface ... --line-1 ... --score-6. An SVG that is
// written with them takes its colours from the page around it.
func (t Theme) Properties() []Property {
	n := newInks(t)
	out := make([]Property, len(n.all))
	for i, k := range n.all {
		out[i] = Property{"--" + k.name, k.hex()}
	}
	return out
}

// CSS is the theme's properties as declarations for a style sheet.
func (t Theme) CSS() string {
	var b strings.Builder
	for _, p := range t.Properties() {
		b.WriteString(p.Name + ":" + p.Value + ";")
	}
	return b.String()
}

func (k *ink) hex() string { return fmt.Sprintf("#%02x%02x%02x", k.R, k.G, k.B) }
