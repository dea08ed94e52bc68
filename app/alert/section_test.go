package alert

import (
	"strings"
	"testing"

	"aiops/app/alert/notify"
	"aiops/metric"
)

const sectionText = `rules:
  # Loud.
  - name: high   # keep
    kind: threshold
    above:  90
    notify: [hook]

  # Quiet.
  - {name: quiet, kind: no_data, for: 5m}
`

var hook = []notify.Config{{Name: "hook"}}

func TestSections(t *testing.T) {
	rules, err := ParseSection(sectionText, hook)
	if err != nil || len(rules) != 2 || rules[0].Notify[0] != "hook" {
		t.Fatalf("%+v %v", rules, err)
	}
	if _, err := ParseSection(sectionText, nil); err == nil || !strings.Contains(err.Error(), `rules:3: rule high: notify names the channel "hook"`) {
		t.Errorf("a channel that is not there: %v", err)
	}
	limit := 80.0
	one := Rule{Name: "high", Kind: Threshold, Above: &limit, Severity: metric.Critical, Notify: []string{"hook"}}
	text, err := PutInSection(sectionText, "high", one)
	if back, err2 := ParseSection(text, hook); err != nil || err2 != nil || len(back) != 2 || back[0].Hash() != one.Hash() || !strings.HasPrefix(text, "rules:\n  # Loud.\n") || !strings.HasSuffix(text, "\n  # Quiet.\n  - {name: quiet, kind: no_data, for: 5m}\n") {
		t.Errorf("%v %v\n%s", err, err2, text)
	}
	if text, err = RemoveFromSection(text, "high"); err != nil || strings.Contains(text, "above") || !strings.Contains(text, "quiet") {
		t.Errorf("%v\n%s", err, text)
	}
	if text, err = RemoveFromSection(text, "quiet"); err != nil {
		t.Error(err)
	}
	text, err = PutInSection(text, "", one)
	if back, err2 := ParseSection(text, hook); err != nil || err2 != nil || len(back) != 1 {
		t.Errorf("after the last one: %v %v\n%s", err, err2, text)
	}
	if _, err := RemoveFromSection(text, "nobody"); err == nil || !strings.Contains(err.Error(), `no rule "nobody"`) {
		t.Error(err)
	}
	for _, bad := range []string{"", "# nothing\n", "rules:\n", "rules: {}\n", "rules: []\nchannels: []\n", "- a\n", "rules: []\n---\nrules: []\n", "rules: ["} {
		if _, err := ParseSection(bad, nil); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// What a service tells is changed without harm, or refused.
func FuzzSection(f *testing.F) {
	f.Add(sectionText, "high")
	f.Add("rules: []\n", "")
	f.Add("rules: [{name: a, kind: no_data, for: 5m}]\n", "a")
	f.Add("{rules: []}", "")
	limit := 1.0
	one := Rule{Name: "fuzzed", Kind: Threshold, Above: &limit, Severity: metric.Info}
	f.Fuzz(func(t *testing.T, text, name string) {
		was, err := ParseSection(text, hook)
		if err != nil {
			return
		}
		now, err := PutInSection(text, name, one)
		if err != nil {
			return
		}
		back, err := ParseSection(now, hook)
		if want := len(was) + map[bool]int{true: 1}[name == ""]; err == nil && len(back) != want {
			t.Errorf("%d rules became %d:\n%s\n%s", len(was), len(back), text, now)
		}
	})
}
