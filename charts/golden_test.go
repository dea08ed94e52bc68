package charts

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

type goldenCase struct {
	name  string
	fig   func(Theme) Figure
	size  Size
	scale float64
}

var goldens = []goldenCase{
	{"fact", storyFact, Size{1152, 396}, 1},
	{"fact@2", storyFact, Size{700, 300}, 2},
	{"compare", storyCompare, Size{850, 616}, 1},
	{"forecast", storyForecast, Size{1152, 372}, 1},
	{"many", storyMany, Size{900, 420}, 1},
	{"spark", storySpark, Size{150, 20}, 2},
	{"lanes", storyLanes, Size{840, 160}, 1},
	{"matrix", storyMatrix, Size{360, 240}, 1},
	{"bars", storyBars, Size{360, 200}, 1},
	{"empty", func(t Theme) Figure { return Figure{Theme: t} }, Size{400, 200}, 1},
}

// The pictures look as they did when somebody last looked at them.
func TestGolden(t *testing.T) {
	for _, c := range goldens {
		for _, theme := range []Theme{Dark, Light} {
			name := c.name + "-" + theme.Name
			t.Run(name, func(t *testing.T) {
				got := c.fig(theme).RGBA(c.size, c.scale)
				file := filepath.Join("testdata", name+".png")
				if *update {
					writePNG(t, file, got)
				}
				compare(t, file, got)
			})
		}
	}
}

func writePNG(t *testing.T, file string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// compare allows one pixel in a thousand to differ by more than a little:
// processors round differently.
func compare(t *testing.T, file string, got *image.RGBA) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != got.Bounds() {
		t.Fatalf("size %v, want %v", got.Bounds(), want.Bounds())
	}
	off := 0
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			r, g, b, a := want.At(x, y).RGBA()
			p := got.Pix[got.PixOffset(x, y):]
			for i, v := range [4]uint32{r, g, b, a} {
				if d := int(v>>8) - int(p[i]); d > 12 || d < -12 {
					off++
					break
				}
			}
		}
	}
	if limit := got.Rect.Dx() * got.Rect.Dy() / 1000; off > limit {
		failed := filepath.Join(t.TempDir(), filepath.Base(file))
		writePNG(t, failed, got)
		t.Errorf("%d pixels differ, %d may", off, limit)
	}
}

// An image that is used again holds the new picture only.
func TestDrawInto(t *testing.T) {
	f, size := storyFact(Dark), Size{600, 240}
	want := f.RGBA(size, 1)
	img := storyCompare(Light).RGBA(size, 1)
	f.DrawInto(img, size, 1)
	if !bytes.Equal(img.Pix, want.Pix) {
		t.Error("what was there before shows through")
	}
	sub := image.NewRGBA(image.Rect(5, 5, 605, 245))
	f.DrawInto(sub, size, 1)
	if !bytes.Equal(sub.Pix, want.Pix) {
		t.Error("an image that does not begin at 0,0 differs")
	}
}

// Names with markup stay text, and every SVG is well-formed.
func TestSVG(t *testing.T) {
	for _, c := range goldens {
		f := c.fig(Light)
		f.Flags = append(f.Flags, Flag{Time: f.Range.From + f.Range.Len()/3, Text: `<b>&"'` + "\x01 \xff 数据"})
		for _, o := range []SVGOptions{{}, {CSSVariables: true, Inline: true, Title: "a < b"}} {
			var b bytes.Buffer
			if err := f.WriteSVGWith(&b, c.size, o); err != nil {
				t.Fatal(err)
			}
			d := xml.NewDecoder(&b)
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
			}
		}
	}
}

// A report holds dozens of them: a dense line costs about two points a pixel.
func TestSVGIsSmall(t *testing.T) {
	p := noisy(1_000_000, 1)
	f := Figure{Theme: Light, Panels: []Panel{{Lines: []Line{{Name: "x", Data: p}}}}}
	f.Range.From, f.Range.To = p.Times[0], p.Times[len(p.Times)-1]
	var b bytes.Buffer
	if err := f.WriteSVGWith(&b, Size{1000, 240}, SVGOptions{CSSVariables: true}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 30_000 {
		t.Errorf("%d bytes", b.Len())
	}
	if !bytes.Contains(b.Bytes(), []byte("var(--line-1,#1252b8)")) {
		t.Error("the line's colour is not a variable")
	}
}

func TestPDF(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := storyFact(Light).WritePDF(w, Size{1152, 396}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.HasPrefix(a.Bytes(), []byte("%PDF")) || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("not a PDF, or another one each time")
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		return // its text is looked at where poppler is installed
	}
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, a.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Deploy api 4.12.0", "Threshold 85", "no data for 55 min"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("%q is missing from the text", want)
		}
	}
}

// The tokens have one name each and both themes have the same ones.
func TestProperties(t *testing.T) {
	dark, light, seen := Dark.Properties(), Light.Properties(), map[string]bool{}
	if len(dark) != len(light) || len(dark) < 50 {
		t.Fatalf("%d and %d", len(dark), len(light))
	}
	for i := range dark {
		if dark[i].Name != light[i].Name || seen[dark[i].Name] {
			t.Errorf("%v", dark[i])
		}
		seen[dark[i].Name] = true
	}
	if got := fmt.Sprint(light[0]); got != "{--bg #f1f3f6}" {
		t.Error(got)
	}
}
