package charts

import (
	"sync"
	"unicode/utf8"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"

	"aiops/assets"
)

// style is a text's size and weight.
type style struct {
	size float64
	bold bool
}

// The styles that figures use, from the visual specification.
var (
	axisText    = style{size: 11}
	axisBold    = style{size: 11, bold: true}
	legendText  = style{size: 12}
	headingText = style{size: 13, bold: true}
	legendBold  = style{size: 12, bold: true}
	flagText    = style{size: 10.5}
	flagBold    = style{size: 10.5, bold: true}
)

// typeface is a parsed font with the widths of its characters.
type typeface struct {
	font     *opentype.Font
	source   []byte
	bold     bool
	advances [0x2300]float32 // in em; 0: not in the font
	notdef   float32
}

var regularFace = sync.OnceValue(func() *typeface { return newTypeface(assets.FontRegular, false) })
var boldFace = sync.OnceValue(func() *typeface { return newTypeface(assets.FontBold, true) })

func newTypeface(source []byte, bold bool) *typeface {
	f := &typeface{source: source, bold: bold, notdef: 0.6}
	parsed, err := opentype.Parse(source)
	if err != nil { // cannot happen with the embedded fonts: a test parses them
		return f
	}
	f.font = parsed
	var buf sfnt.Buffer
	em := fixed.I(int(parsed.UnitsPerEm()))
	for r := range f.advances {
		g, err := parsed.GlyphIndex(&buf, rune(r))
		if err != nil || g == 0 {
			continue
		}
		if a, err := parsed.GlyphAdvance(&buf, g, em, xfont.HintingNone); err == nil {
			f.advances[r] = float32(a) / float32(em)
		}
	}
	return f
}

func (s style) face() *typeface {
	if s.bold {
		return boldFace()
	}
	return regularFace()
}

// vg is the style as gonum/plot passes it to canvases.
func (s style) vg() font.Face {
	f := font.Font{Typeface: "Noto Sans", Variant: "Sans", Size: font.Length(s.size)}
	if s.bold {
		f.Weight = xfont.WeightBold
	}
	return font.Face{Font: f, Face: s.face().font}
}

// advance is a character's width in em; what the font lacks is as wide as a
// box, East Asian characters a whole em.
func (f *typeface) advance(r rune) float64 {
	if int(r) < len(f.advances) && f.advances[r] > 0 {
		return float64(f.advances[r])
	}
	if r >= 0x1100 {
		return 1
	}
	return float64(f.notdef)
}

// width is how wide the text is, in device-independent pixels.
func (s style) width(text string) float64 {
	f, w := s.face(), 0.0
	for _, r := range text {
		w += f.advance(r)
	}
	return w * s.size
}

// fit shortens the text with an ellipsis until it is no wider than width.
func (s style) fit(text string, width float64) string {
	if s.width(text) <= width {
		return text
	}
	for len(text) > 0 {
		_, n := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-n]
		if s.width(text+"…") <= width {
			return text + "…"
		}
	}
	return "…"
}
