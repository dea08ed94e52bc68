package charts

import (
	"image"
	"image/color"
	"math"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
	vgfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// glyphKey names a drawn letter: quarter is where it stands between two pixels.
type glyphKey struct {
	bold    bool
	r       rune
	size    fixed.Int26_6
	quarter uint8
}

// glyph is a letter's coverage; at is its upper left corner from the origin.
type glyph struct {
	at   image.Point
	w, h int
	pix  []uint8
}

// glyphs keeps drawn letters, as every frame needs the same ones.
type glyphs struct {
	mu    sync.Mutex
	known map[glyphKey]glyph
	buf   sfnt.Buffer
	fill  vector.Rasterizer
}

var letters = sync.OnceValue(func() *glyphs { return &glyphs{known: map[glyphKey]glyph{}} })

// mostGlyphs bounds the cache; it starts anew when it is full.
const mostGlyphs = 8192

func (g *glyphs) get(k glyphKey, f *opentype.Font) glyph {
	if out, ok := g.known[k]; ok {
		return out
	}
	if len(g.known) >= mostGlyphs {
		clear(g.known)
	}
	out := g.draw(k, f)
	g.known[k] = out
	return out
}

func (g *glyphs) draw(k glyphKey, f *opentype.Font) glyph {
	index, err := f.GlyphIndex(&g.buf, k.r)
	if err != nil {
		return glyph{}
	}
	bounds, _, err := f.GlyphBounds(&g.buf, index, k.size, font.HintingNone)
	if err != nil {
		return glyph{}
	}
	segments, err := f.LoadGlyph(&g.buf, index, k.size, nil)
	if err != nil || len(segments) == 0 {
		return glyph{}
	}
	shift := float32(k.quarter) / 4
	out := glyph{at: image.Pt(bounds.Min.X.Floor(), bounds.Min.Y.Floor())}
	out.w, out.h = bounds.Max.X.Ceil()+1-out.at.X, bounds.Max.Y.Ceil()-out.at.Y
	g.fill.Reset(out.w, out.h)
	at := func(p fixed.Point26_6) (x, y float32) {
		return float32(p.X)/64 - float32(out.at.X) + shift, float32(p.Y)/64 - float32(out.at.Y)
	}
	for _, s := range segments {
		x, y := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			g.fill.ClosePath()
			g.fill.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			g.fill.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			x1, y1 := at(s.Args[1])
			g.fill.QuadTo(x, y, x1, y1)
		case sfnt.SegmentOpCubeTo:
			x1, y1 := at(s.Args[1])
			x2, y2 := at(s.Args[2])
			g.fill.CubeTo(x, y, x1, y1, x2, y2)
		}
	}
	g.fill.ClosePath()
	dst := image.NewAlpha(image.Rect(0, 0, out.w, out.h))
	g.fill.Draw(dst, dst.Rect, image.Opaque, image.Point{})
	out.pix = dst.Pix
	return out
}

// FillString draws the text with its baseline starting at the point, always in
// the program's own font. Letters stand on whole pixel rows.
func (r *raster) FillString(f vgfont.Face, pt vg.Point, text string) {
	s := style{size: float64(f.Font.Size), bold: f.Font.Weight >= font.WeightBold}
	face, zoom := s.face(), r.state.zoom()
	if s.size <= 0 || face.font == nil {
		return
	}
	p := r.state.apply(pt)
	base, x := int(math.Round(p.y)), p.x
	cache := letters()
	cache.mu.Lock()
	defer cache.mu.Unlock()
	key := glyphKey{bold: s.bold, size: fixed.Int26_6(s.size*zoom*64 + 0.5)}
	for _, c := range text {
		whole := math.Floor(x)
		key.r, key.quarter = c, uint8((x-whole)*4)
		g := cache.get(key, face.font)
		r.stamp(g, int(whole), base, r.state.color)
		x += face.advance(c) * s.size * zoom
	}
}

func (r *raster) stamp(g glyph, x, y int, c color.NRGBA) {
	box := image.Rect(0, 0, g.w, g.h).Add(g.at).Add(image.Pt(x, y))
	cut := box.Intersect(r.img.Rect)
	for row := cut.Min.Y; row < cut.Max.Y; row++ {
		src := g.pix[(row-box.Min.Y)*g.w+cut.Min.X-box.Min.X:][:cut.Dx()]
		dst := r.img.Pix[r.img.PixOffset(cut.Min.X, row):]
		for i, cover := range src {
			if cover != 0 {
				over(dst[4*i:], c, uint32(cover))
			}
		}
	}
}
