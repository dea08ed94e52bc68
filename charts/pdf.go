package charts

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"time"

	"codeberg.org/go-pdf/fpdf"
	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// pdfCanvas is a canvas of gonum/plot that writes PDF. Unlike vgpdf it writes
// any character of the font, as text that can be searched and copied.
type pdfCanvas struct {
	doc    *fpdf.Fpdf
	height float64
	state  pdfState
	stack  []pdfState
	images int
}

type pdfState struct {
	width float64
	begun int // transforms that Pop has to end
}

// points is how many points a device-independent pixel is.
const points = 0.75

func newPDFCanvas(size Size) *pdfCanvas {
	c := &pdfCanvas{height: size.H, state: pdfState{width: 1}}
	c.doc = fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: size.W * points, Ht: size.H * points}})
	c.doc.SetMargins(0, 0, 0)
	c.doc.SetAutoPageBreak(false, 0)
	c.doc.SetCatalogSort(true) // the same figure is the same file
	c.doc.SetCreationDate(time.Unix(0, 0).UTC())
	c.doc.SetModificationDate(time.Unix(0, 0).UTC())
	c.doc.SetProducer("AIOps Dashboard", true)
	c.doc.AddUTF8FontFromBytes("noto", "", regularFace().source)
	c.doc.AddUTF8FontFromBytes("noto", "B", boldFace().source)
	c.doc.AddPage()
	c.doc.SetLineJoinStyle("round")
	return c
}

func (c *pdfCanvas) xy(p vg.Point) (x, y float64) {
	return float64(p.X) * points, (c.height - float64(p.Y)) * points
}

func (c *pdfCanvas) SetLineWidth(w vg.Length) {
	c.state.width = float64(w)
	c.doc.SetLineWidth(float64(w) * points)
}

func (c *pdfCanvas) SetLineDash(dash []vg.Length, offset vg.Length) {
	out := make([]float64, len(dash))
	for i, l := range dash {
		out[i] = float64(l) * points
	}
	c.doc.SetDashPattern(out, float64(offset)*points)
}

func (c *pdfCanvas) SetColor(k color.Color) {
	if k == nil {
		k = color.Black
	}
	n := color.NRGBAModel.Convert(k).(color.NRGBA)
	r, g, b := int(n.R), int(n.G), int(n.B)
	c.doc.SetDrawColor(r, g, b)
	c.doc.SetFillColor(r, g, b)
	c.doc.SetTextColor(r, g, b)
	if a, _ := c.doc.GetAlpha(); a != float64(n.A)/255 {
		c.doc.SetAlpha(float64(n.A)/255, "Normal")
	}
}

func (c *pdfCanvas) begin() {
	c.doc.TransformBegin()
	c.state.begun++
}

func (c *pdfCanvas) Rotate(rad float64) {
	c.begin()
	c.doc.TransformRotate(rad*180/math.Pi, 0, c.height*points)
}

func (c *pdfCanvas) Translate(p vg.Point) {
	c.begin()
	c.doc.TransformTranslate(float64(p.X)*points, -float64(p.Y)*points)
}

func (c *pdfCanvas) Scale(x, y float64) {
	c.begin()
	c.doc.TransformScale(x*100, y*100, 0, c.height*points)
}

func (c *pdfCanvas) Push() {
	c.stack = append(c.stack, c.state)
	c.state.begun = 0
}

func (c *pdfCanvas) Pop() {
	for range c.state.begun {
		c.doc.TransformEnd()
	}
	if n := len(c.stack); n > 0 {
		c.state, c.stack = c.stack[n-1], c.stack[:n-1]
	}
}

func (c *pdfCanvas) Stroke(p vg.Path) {
	if c.state.width > 0 && len(p) > 0 {
		c.path(p)
		c.doc.DrawPath("D")
	}
}

func (c *pdfCanvas) Fill(p vg.Path) {
	if len(p) > 0 {
		c.path(p)
		c.doc.DrawPath("F")
	}
}

func (c *pdfCanvas) path(path vg.Path) {
	for i := range path {
		comp := &path[i]
		x, y := c.xy(comp.Pos)
		switch comp.Type {
		case vg.MoveComp:
			c.doc.MoveTo(x, y)
		case vg.LineComp:
			c.doc.LineTo(x, y)
		case vg.ArcComp:
			c.arc(comp)
		case vg.CurveComp:
			switch len(comp.Control) {
			case 1:
				cx, cy := c.xy(comp.Control[0])
				c.doc.CurveTo(cx, cy, x, y)
			case 2:
				cx, cy := c.xy(comp.Control[0])
				dx, dy := c.xy(comp.Control[1])
				c.doc.CurveBezierCubicTo(cx, cy, dx, dy, x, y)
			default:
				c.doc.LineTo(x, y)
			}
		case vg.CloseComp:
			c.doc.ClosePath()
		}
	}
}

// arc approximates an arc by one cubic curve a quarter turn.
func (c *pdfCanvas) arc(a *vg.PathComp) {
	n := max(1, int(math.Ceil(math.Abs(a.Angle)/(math.Pi/2)-1e-9)))
	step := a.Angle / float64(n)
	k := vg.Length(4.0/3*math.Tan(step/4)) * a.Radius
	at := func(angle float64, ahead vg.Length) (x, y float64) {
		sin, cos := math.Sincos(angle)
		return c.xy(vg.Point{
			X: a.Pos.X + a.Radius*vg.Length(cos) - ahead*vg.Length(sin),
			Y: a.Pos.Y + a.Radius*vg.Length(sin) + ahead*vg.Length(cos)})
	}
	c.doc.LineTo(at(a.Start, 0))
	for i := range n {
		from, to := a.Start+step*float64(i), a.Start+step*float64(i+1)
		x1, y1 := at(from, k)
		x2, y2 := at(to, -k)
		x, y := at(to, 0)
		c.doc.CurveBezierCubicTo(x1, y1, x2, y2, x, y)
	}
}

// FillString draws the text with its baseline starting at the point.
func (c *pdfCanvas) FillString(f font.Face, pt vg.Point, text string) {
	weight := ""
	if f.Font.Weight >= xfont.WeightBold {
		weight = "B"
	}
	c.doc.SetFont("noto", weight, float64(f.Font.Size)*points)
	x, y := c.xy(pt)
	c.doc.Text(x, y, text)
}

// DrawImage draws the image, scaled to fit the rectangle.
func (c *pdfCanvas) DrawImage(rect vg.Rectangle, img image.Image) {
	var b bytes.Buffer
	if png.Encode(&b, img) != nil {
		return
	}
	c.images++
	name := "image" + strconv.Itoa(c.images)
	o := fpdf.ImageOptions{ImageType: "png"}
	c.doc.RegisterImageOptionsReader(name, o, &b)
	x, y := c.xy(vg.Point{X: rect.Min.X, Y: rect.Max.Y})
	c.doc.ImageOptions(name, x, y, float64(rect.Max.X-rect.Min.X)*points, float64(rect.Max.Y-rect.Min.Y)*points, false, o, 0, "")
}
