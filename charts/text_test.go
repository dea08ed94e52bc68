package charts

import "testing"

// The fonts parse and have what the program's own texts need.
func TestFonts(t *testing.T) {
	for _, f := range []*typeface{regularFace(), boldFace()} {
		if f.font == nil {
			t.Fatal("the font does not parse")
		}
		for _, r := range "0–9 −×±…éßĄΩЖ%/°µ\u00a0" {
			if f.advances[r] == 0 {
				t.Errorf("no %q (%U)", r, r)
			}
		}
		for _, r := range "0123456789" {
			if f.advances[r] != f.advances['0'] {
				t.Errorf("%c has another width", r)
			}
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64
		want  string
	}{{"Deploy", 100, "Deploy"}, {"Deploy api", 40, "Depl…"}, {"数据库", 30, "数…"}, {"x", 0, "…"}} {
		if got := legendText.fit(c.text, c.width); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}
