package alert

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiops/metric"
)

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "alerts.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is written is read back as the same rule.
func TestTextsAreReadBack(t *testing.T) {
	f, err := Load(example)
	if err != nil {
		t.Fatal(err)
	}
	odd := 1e-9
	all := append(f.Rules, Rule{Name: "no", Kind: Threshold, Above: &odd, VM: Patterns{"a b", "ü*", "\"q\"\\\n\u2028"}, Severity: metric.Info,
		Labels: map[string]string{"a: b": "{c}", "yes": "1"}, Summary: "line\nbreak # {{value}} ", For: 5430e6})
	all[len(all)-2].Notify = nil // its channels are not here
	for _, r := range all {
		back, err := Parse("f", []byte("rules:\n"+r.Text()))
		if err != nil || len(back.Rules) != 1 || back.Rules[0].Hash() != r.Hash() {
			t.Errorf("%s\n%v", r.Text(), err)
		}
		if one, err := ParseRule(r.Text(), f.Channels); err != nil || one.Hash() != r.Hash() {
			t.Errorf("%s\n%v", r.Text(), err)
		}
	}
}

const kept = `# What the team agreed on.
rules:
  # Loud.
  - name: high   # keep
    kind: threshold
    above:  90

  # Quiet.
  - {name: quiet, kind: no_data, for: 5m}

# Where it is told.
channels:
  - {name: log, kind: log}
`

func TestPutKeepsTheRest(t *testing.T) {
	path := written(t, kept)
	five := 5.0
	low := Rule{Name: "low", Kind: Threshold, Below: &five, Severity: metric.Warning}
	text := "- name: low\n    kind: threshold\n    below: 5\n    severity: warning\n"
	if err := Put(path, "", low); err != nil {
		t.Fatal(err)
	}
	if got, want := content(t, path), strings.Replace(kept, "for: 5m}\n", "for: 5m}\n\n  "+text, 1); got != want {
		t.Errorf("added:\n%s", got)
	}
	path = written(t, kept)
	if err := Put(path, "high", low); err != nil {
		t.Fatal(err)
	}
	if got, want := content(t, path), strings.Replace(kept, "- name: high   # keep\n    kind: threshold\n    above:  90\n", text, 1); got != want {
		t.Errorf("replaced:\n%s", got)
	}
	path = written(t, kept)
	if err := Remove(path, "quiet"); err != nil {
		t.Fatal(err)
	}
	if got, want := content(t, path), strings.Replace(kept, "  - {name: quiet, kind: no_data, for: 5m}\n", "", 1); got != want {
		t.Errorf("removed:\n%s", got)
	}
	if err := Remove(path, "high"); err != nil {
		t.Fatal(err)
	}
	if got := content(t, path); !strings.Contains(got, "rules: []\n") || !strings.Contains(got, "# Where it is told.") {
		t.Errorf("removed all:\n%s", got)
	}
	if err := Put(path, "", low); err != nil || !strings.Contains(content(t, path), "rules:\n  "+text) {
		t.Errorf("%v\n%s", err, content(t, path))
	}
}

func TestPutMakesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "alerts.yaml")
	if err := Put(path, "", Rule{Name: "quiet", Kind: NoData, For: 60e6, Severity: metric.Critical}); err != nil {
		t.Fatal(err)
	}
	if f, err := Load(path); err != nil || len(f.Rules) != 1 || f.Rules[0].Name != "quiet" {
		t.Errorf("%+v, %v", f, err)
	}
}

// What would not be right is not written.
func TestPutRefuses(t *testing.T) {
	good := Rule{Name: "quiet", Kind: NoData, For: 60e6, Severity: metric.Critical}
	for _, c := range []struct {
		text, name string
		rule       Rule
		want       string
	}{
		{kept, "", good, "quiet is there already"},
		{kept, "none", good, `has no rule "none"`},
		{kept, "high", Rule{Name: "x", Kind: NoData, Severity: metric.Info}, "for is missing"},
		{"rules: [{name: a, kind: no_data, for: 5m}]\n", "a", good, "the rules are written in brackets"},
		{"{rules: [], channels: [{name: log, kind: log}]}\n", "", good, "the file is written in brackets"},
		{"rulez: []\n", "", good, "the file must be right before"},
	} {
		path := written(t, c.text)
		if err := Put(path, c.name, c.rule); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
		if content(t, path) != c.text {
			t.Errorf("the file was changed:\n%s", content(t, path))
		}
	}
}

func TestParseRuleRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "must be one item",
		"name: a":                    "must be one item",
		"- {name: a}\n- {name: b}":   "must be one item",
		"- [":                        "is not YAML",
		"- {name: a, kind: no_data}": "rule:1: rule a: for is missing",
		"- {kind: no_data, for: 5m}": "name is missing",
		"- {name: a, kind: no_data, for: 5m, notify: mail}": "names the channel \"mail\"",
	} {
		if _, err := ParseRule(text, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
