package charts

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// svgCanvas is a canvas of gonum/plot that writes SVG, made to be small:
// relative coordinates with one decimal, attributes only where they are needed.
type svgCanvas struct {
	w       *bufio.Writer
	height  float64
	options SVGOptions
	state   svgState
	stack   []svgState
	num     []byte
}

type svgState struct {
	fill   string
	width  float64
	dash   []vg.Length
	offset float64
	groups int // <g> elements that Pop has to close
}

func newSVGCanvas(w *bufio.Writer, size Size, o SVGOptions) *svgCanvas {
	c := &svgCanvas{w: w, height: size.H, options: o, state: svgState{fill: "#000000", width: 1}}
	if !o.Inline {
		c.w.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	}
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" font-family="'Noto Sans',system-ui,sans-serif" fill="none" stroke-linejoin="round" role="img">`,
		c.text(size.W), c.text(size.H), c.text(size.W), c.text(size.H))
	c.w.WriteByte('\n')
	if o.Title != "" {
		c.w.WriteString("<title>" + escape(o.Title) + "</title>\n")
	}
	return c
}

func (c *svgCanvas) end() { c.w.WriteString("</svg>\n") }

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}

// tenths rounds to the precision of the file.
func tenths(v float64) float64 { return math.Round(v*10) / 10 }

// text is a number as short as it can be said.
func (c *svgCanvas) text(v float64) string {
	return string(strconv.AppendFloat(c.num[:0], tenths(v)+0, 'f', -1, 64))
}

func (c *svgCanvas) SetLineWidth(w vg.Length) { c.state.width = float64(w) }

func (c *svgCanvas) SetLineDash(dash []vg.Length, offset vg.Length) {
	c.state.dash, c.state.offset = dash, float64(offset)
}

func (c *svgCanvas) SetColor(k color.Color) {
	switch k := k.(type) {
	case nil:
		c.state.fill = "#000000"
	case *ink:
		c.state.fill = k.hex()
		if c.options.CSSVariables {
			c.state.fill = "var(--" + k.name + "," + k.hex() + ")"
		}
	default:
		n := color.NRGBAModel.Convert(k).(color.NRGBA)
		c.state.fill = fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
		if n.A < 255 {
			c.state.fill = fmt.Sprintf("rgba(%d,%d,%d,%.3g)", n.R, n.G, n.B, float64(n.A)/255)
		}
	}
}

func (c *svgCanvas) group(format string, args ...any) {
	fmt.Fprintf(c.w, "<g transform=\""+format+"\">\n", args...)
	c.state.groups++
}

func (c *svgCanvas) Rotate(rad float64) {
	c.group("rotate(%.4g 0 %s)", -rad*180/math.Pi, c.text(c.height))
}

func (c *svgCanvas) Translate(p vg.Point) {
	c.group("translate(%.4g %.4g)", float64(p.X), -float64(p.Y))
}

func (c *svgCanvas) Scale(x, y float64) {
	c.group("translate(0 %[3]s) scale(%.4[1]g %.4[2]g) translate(0 -%[3]s)", x, y, c.text(c.height))
}

func (c *svgCanvas) Push() {
	c.stack = append(c.stack, c.state)
	c.state.groups = 0
}

func (c *svgCanvas) Pop() {
	c.w.WriteString(strings.Repeat("</g>\n", c.state.groups))
	if n := len(c.stack); n > 0 {
		c.state, c.stack = c.stack[n-1], c.stack[:n-1]
	}
}

// paint is a colour as an attribute; variables only work inside style.
func (c *svgCanvas) paint(attribute string) {
	if c.options.CSSVariables {
		c.w.WriteString(` style="` + attribute + ":" + c.state.fill + `"`)
		return
	}
	c.w.WriteString(" " + attribute + `="` + c.state.fill + `"`)
}

func (c *svgCanvas) Stroke(p vg.Path) {
	if c.state.width <= 0 || len(p) == 0 {
		return
	}
	c.w.WriteString("<path")
	c.paint("stroke")
	if c.state.width != 1 {
		c.w.WriteString(` stroke-width="` + c.text(c.state.width) + `"`)
	}
	if len(c.state.dash) > 0 {
		c.w.WriteString(` stroke-dasharray="`)
		for i, l := range c.state.dash {
			if i > 0 {
				c.w.WriteByte(' ')
			}
			c.w.WriteString(c.text(float64(l)))
		}
		c.w.WriteByte('"')
	}
	c.data(p)
}

func (c *svgCanvas) Fill(p vg.Path) {
	if len(p) == 0 {
		return
	}
	c.w.WriteString("<path")
	c.paint("fill")
	c.data(p)
}

// data writes the path with relative coordinates. Rounding does not add up:
// each step leads to where the rounded point is.
func (c *svgCanvas) data(path vg.Path) {
	c.w.WriteString(` d="`)
	var x, y int64 // where the pen is, in tenths
	for i := range path {
		comp := &path[i]
		switch comp.Type {
		case vg.MoveComp:
			x, y = c.tenth(float64(comp.Pos.X)), c.tenth(c.height-float64(comp.Pos.Y))
			c.w.WriteByte('M')
			c.number(x, false)
			c.number(y, true)
		case vg.LineComp:
			x, y = c.step(comp.Pos, x, y)
		case vg.ArcComp:
			x, y = c.arc(comp, x, y)
		case vg.CurveComp:
			x, y = c.curve(comp)
		case vg.CloseComp:
			c.w.WriteByte('z')
		}
	}
	c.w.WriteString("\"/>\n")
}

func (c *svgCanvas) tenth(v float64) int64 { return int64(math.Round(v * 10)) }

func (c *svgCanvas) step(p vg.Point, x, y int64) (int64, int64) {
	nx, ny := c.tenth(float64(p.X)), c.tenth(c.height-float64(p.Y))
	switch {
	case nx == x && ny == y:
	case nx == x:
		c.w.WriteByte('v')
		c.number(ny-y, false)
	case ny == y:
		c.w.WriteByte('h')
		c.number(nx-x, false)
	default:
		c.w.WriteByte('l')
		c.number(nx-x, false)
		c.number(ny-y, true)
	}
	return nx, ny
}

// number writes tenths; follows: another number stands before it.
func (c *svgCanvas) number(t int64, follows bool) {
	if follows && t >= 0 {
		c.w.WriteByte(' ')
	}
	if t < 0 {
		c.w.WriteByte('-')
		t = -t
	}
	if t >= 10 || t == 0 {
		c.w.Write(strconv.AppendInt(c.num[:0], t/10, 10))
	}
	if t%10 != 0 {
		c.w.WriteByte('.')
		c.w.WriteByte(byte('0' + t%10))
	}
}

// arc writes an arc in pieces of at most half a turn.
func (c *svgCanvas) arc(a *vg.PathComp, x, y int64) (int64, int64) {
	at := func(angle float64) vg.Point {
		return vg.Point{X: a.Pos.X + a.Radius*vg.Length(math.Cos(angle)), Y: a.Pos.Y + a.Radius*vg.Length(math.Sin(angle))}
	}
	x, y = c.step(at(a.Start), x, y)
	sweep := 0
	if a.Angle < 0 {
		sweep = 1
	}
	n := max(1, int(math.Ceil(math.Abs(a.Angle)/math.Pi-1e-9)))
	for i := 1; i <= n; i++ {
		p := at(a.Start + a.Angle*float64(i)/float64(n))
		x, y = c.tenth(float64(p.X)), c.tenth(c.height-float64(p.Y))
		fmt.Fprintf(c.w, "A%s %s 0 0 %d ", c.text(float64(a.Radius)), c.text(float64(a.Radius)), sweep)
		c.number(x, false)
		c.number(y, true)
	}
	return x, y
}

func (c *svgCanvas) curve(a *vg.PathComp) (x, y int64) {
	c.w.WriteString(map[int]string{1: "Q", 2: "C"}[len(a.Control)])
	if len(a.Control) == 0 {
		c.w.WriteByte('L')
	}
	for i, p := range append(a.Control[:len(a.Control):len(a.Control)], a.Pos) {
		x, y = c.tenth(float64(p.X)), c.tenth(c.height-float64(p.Y))
		c.number(x, i > 0)
		c.number(y, true)
	}
	return x, y
}

// FillString draws the text with its baseline starting at the point.
func (c *svgCanvas) FillString(f font.Face, pt vg.Point, text string) { c.FillAligned(f, pt, 0, text) }

// FillAligned draws the text so that it starts, has its middle or ends at the point.
func (c *svgCanvas) FillAligned(f font.Face, pt vg.Point, anchor float64, text string) {
	fmt.Fprintf(c.w, `<text x="%s" y="%s"`, c.text(float64(pt.X)), c.text(c.height-float64(pt.Y)))
	fmt.Fprintf(c.w, ` font-size="%s"`, c.text(float64(f.Font.Size)))
	if f.Font.Weight >= xfont.WeightBold {
		c.w.WriteString(` font-weight="bold"`)
	}
	switch anchor {
	case 0.5:
		c.w.WriteString(` text-anchor="middle"`)
	case 1:
		c.w.WriteString(` text-anchor="end"`)
	}
	if len(text) > 1 { // as wide as it was measured, also in a font that the reader has instead
		fmt.Fprintf(c.w, ` textLength="%s" lengthAdjust="spacingAndGlyphs"`, c.text(float64(f.Width(text))))
	}
	c.paint("fill")
	c.w.WriteString(">" + escape(text) + "</text>\n")
}

// DrawImage draws the image, scaled to fit the rectangle.
func (c *svgCanvas) DrawImage(rect vg.Rectangle, img image.Image) {
	var b bytes.Buffer
	if png.Encode(&b, img) != nil {
		return
	}
	fmt.Fprintf(c.w, `<image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" href="data:image/png;base64,%s"/>`+"\n",
		c.text(float64(rect.Min.X)), c.text(c.height-float64(rect.Max.Y)),
		c.text(float64(rect.Max.X-rect.Min.X)), c.text(float64(rect.Max.Y-rect.Min.Y)), base64.StdEncoding.EncodeToString(b.Bytes()))
}
