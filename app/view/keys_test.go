package view

import (
	"strings"
	"testing"
)

func TestKeysAreUnique(t *testing.T) {
	for _, page := range []Page{FactPage, ForecastPage, AnalysisPage} {
		seen := map[Stroke]CommandID{}
		ids := map[CommandID]bool{}
		for _, c := range CommandsOn(page) {
			if ids[c.ID] || c.Name == "" {
				t.Errorf("%s: %s is there twice or has no name", page, c.ID)
			}
			ids[c.ID] = true
			for _, k := range c.Keys {
				if other, taken := seen[k]; taken {
					t.Errorf("%s: %s does %s and %s", page, k, other, c.ID)
				}
				seen[k] = c.ID
				if got, ok := CommandFor(page, k); !ok || got.ID != c.ID {
					t.Errorf("%s does %s, want %s", k, got.ID, c.ID)
				}
			}
		}
	}
	if _, ok := CommandFor(ForecastPage, Stroke{Key: "W"}); ok {
		t.Error("a key of Fact works on Forecast")
	}
}

// The table of keys of the visual specification.
func TestKeysAsSpecified(t *testing.T) {
	want := "Ctrl+1 Ctrl+2 Ctrl+3 Ctrl+K Ctrl+B Ctrl+O Ctrl+E F5 Ctrl+R Ctrl+C F1 ? Ctrl+Q Escape ← → + − 0 Alt+← Alt+→ P Z C A B Shift+← Shift+→ W D N T J K Enter"
	var got []string
	for _, c := range CommandsOn(FactPage) {
		for _, k := range c.Keys {
			got = append(got, k.String())
		}
	}
	if text := strings.Join(got, " "); text != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestPlainStrokes(t *testing.T) {
	for k, want := range map[Stroke]bool{key("P"): true, key("Left"): true, ctrl("C"): false, alt("Left"): false, key("F5"): false, key("?"): true} {
		if k.Plain() != want {
			t.Errorf("%s: %v", k, !want)
		}
	}
}
