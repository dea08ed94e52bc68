package charts

import (
	"bytes"
	"strings"
	"testing"
)

// A reader without the font has one that is wider: texts must stay in their boxes all the same.
func TestSVGTextIsAsWideAsMeasured(t *testing.T) {
	var b bytes.Buffer
	if err := storyFact(Dark).WriteSVG(&b, Size{1000, 800}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "<text") && strings.Contains(line, ">Threshold") {
			n++
			if !strings.Contains(line, ` textLength="`) {
				t.Error(line)
			}
		}
	}
	if n == 0 {
		t.Error("the figure has no such text")
	}
}
