package alert

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/app/alert/notify"
	"aiops/metric"
)

const example = "../../docs/examples/alerts.yaml"

func TestTheExampleIsRight(t *testing.T) {
	f, err := Load(example)
	if err != nil {
		t.Fatal(err)
	}
	var kinds, channels []string
	for _, r := range f.Rules {
		kinds = append(kinds, string(r.Kind))
	}
	for _, c := range f.Channels {
		channels = append(channels, c.Kind)
	}
	for _, k := range Kinds {
		if !slices.Contains(kinds, string(k)) {
			t.Errorf("no rule of kind %s", k)
		}
	}
	for _, k := range notify.Kinds {
		if !slices.Contains(channels, k) {
			t.Errorf("no channel of kind %s", k)
		}
	}
}

func TestEveryFieldIsRead(t *testing.T) {
	f, err := Parse("a.yaml", []byte(`
rules:
  - name: high
    kind: threshold
    vm: [web-*, db-01]
    metric: cpu
    above: 9_0.5
    resolve: 80
    for: 1h30m
    times: 3
    within: 2h
    keep: 15m
    severity: critical
    labels: {team: web, tier: 1}
    summary: "{{ vm }} {{label.team}}"
    notify: hook
  - {name: soon, kind: forecast, below: 5, horizon: 7d, probability: 90%}
  - {name: odd, kind: anomaly, score: 0.7, direction: down}
  - {name: odd-vm, kind: vm_anomaly, share: 0.3}
  - {name: quiet, kind: no_data, for: 90s}
channels:
  - {name: hook, kind: webhook, url_env: HOOK, token_env: TOKEN, severity: [critical, info], only_firing: true, attempts: 3, timeout: 2s}
  - {name: post, kind: mail, server: "mail.example.com:465", tls: tls, user: ops, password_env: PW, from: a@example.com, to: [b@example.com, "Ops <c@example.com>"]}
grouping: {by: incident, wait: 30s, repeat: 4h}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := f.Rules[0]
	if r.Line != 3 || *r.Above != 90.5 || *r.Resolve != 80 || r.For != 5400e6 || r.Times != 3 || r.Within != 7200e6 || r.Keep != 900e6 || r.Severity != metric.Critical ||
		r.Labels["tier"] != "1" || !slices.Equal(r.Notify, []string{"hook"}) || r.VM.String() != "web-*, db-01" {
		t.Errorf("%+v", r)
	}
	if r := f.Rules[1]; *r.Below != 5 || r.Horizon != 7*86400e6 || r.Probability != 0.9 || r.Severity != metric.Warning || r.Metric.String() != "*" {
		t.Errorf("%+v", r)
	}
	if r := f.Rules[2]; r.Score != 0.7 || r.Direction != "down" {
		t.Errorf("%+v", r)
	}
	if r := f.Rules[3]; r.Share != 0.3 || r.Score != 0 || !r.WholeVM() {
		t.Errorf("%+v", r)
	}
	if c := f.Channels[0]; c.URLEnv != "HOOK" || c.TokenEnv != "TOKEN" || len(c.Severities) != 2 || !c.OnlyFiring || c.Attempts != 3 || c.Timeout != 2*time.Second {
		t.Errorf("%+v", c)
	}
	if c := f.Channels[1]; c.Server != "mail.example.com:465" || c.TLS != "tls" || c.User != "ops" || len(c.To) != 2 || c.Attempts != notify.DefaultAttempts {
		t.Errorf("%+v", c)
	}
	if f.Grouping != (notify.Grouping{By: notify.ByIncident, Wait: 30 * time.Second, Repeat: 4 * time.Hour}) {
		t.Errorf("%+v", f.Grouping)
	}
}

// Every mistake is told with file, line, field and what to do.
func TestMistakes(t *testing.T) {
	head := "rules:\n  - name: a\n    kind: threshold\n    above: 1\n"
	channel := "rules: []\nchannels:\n  - name: c\n"
	for _, c := range []struct{ text, want string }{
		{"", "f.yaml: has no rules; begin with `rules:`"},
		{"# nothing\n", "f.yaml: has no rules"},
		{"a: [", "f.yaml: is not YAML"},
		{"- a", "f.yaml:1: must be lines of `field: value`, not a list"},
		{"channels: []", "f.yaml:1: rules is missing; add `rules:`"},
		{"rules: high", `f.yaml:1: rules must be a list, each rule beginning with`},
		{"rules: []\nruels: []", "f.yaml:2: ruels is not a field that is known here; did you mean rules?"},
		{"rules: []\n---\nrules: []", "f.yaml:"},
		{"rules:\n  - high", `f.yaml:2: rule 1 must be lines of`},
		{"rules:\n  - kind: threshold\n    above: 1", "f.yaml:2: rule 1: name is missing"},
		{"rules:\n  - name: a\n    above: 1", "f.yaml:2: rule a: kind is missing"},
		{"rules:\n  - name: a\n    kind: treshold", `f.yaml:3: rule a: kind "treshold" is not known; write one of threshold, forecast`},
		{head + "    abov: 90", "f.yaml:5: rule a: abov is not a field that is known here; did you mean above?"},
		{head + "    colour: red", "colour is not a field that is known here; known are above"},
		{head + "    above: 2", "f.yaml:5: rule 1: above is there twice"},
		{head + "    resolve: 2", "f.yaml:5: rule a: resolve 2 lies above the threshold 1; write a value below it"},
		{head + "    below: 3", "f.yaml:5: rule a: below 3 is not less than above 1"},
		{head + "    below: 0\n    resolve: 0.5", "resolve goes with one bound"},
		{head + "    below: high", `f.yaml:5: rule a: below must be a number such as 90 or 0.5, not "high"`},
		{head + "    below: '0'", "must be a number"},
		{head + "    below: .nan", "must be a number"},
		{head + "    below: [1]", "must be a number, not a list"},
		{head + "    below:", "must be a number, not nothing"},
		{head + "    for: 5", `f.yaml:5: rule a: for "5" is not a length of time; write 90s`},
		{head + "    for: 5m1h", "is not a length of time"},
		{head + "    for: 30w1000w", "is not a length of time"},
		{head + "    for: 1000w", "is longer than ten years"},
		{head + "    times: 3", "f.yaml:2: rule a: within and times go together"},
		{head + "    times: 0\n    within: 5m", "times must be a whole number from 1"},
		{head + "    times: 1.5\n    within: 5m", "times must be a whole number from 1"},
		{head + "    horizon: 24h", "f.yaml:5: rule a: horizon does not go with kind threshold, only with [forecast]; remove it"},
		{head + "    severity: bad", "one of critical, warning, info"},
		{head + "    labels: [a]", "labels must be lines of"},
		{head + "    labels: {a: [b]}", "labels: a must be a text, not a list"},
		{head + "    summary: '{{vn}}'", "summary names {{vn}}, which is not known; write {{rule}}"},
		{head + "    summary: '{{label.team}}'", `names the label "team", which the rule has not`},
		{head + "    summary: '{{vm'", "has braces without a partner"},
		{head + "    summary: ''", "summary is empty"},
		{head + "    vm: []", "vm is an empty list"},
		{head + "    vm: [[a]]", "vm must be a name or a pattern such as web-* or a list of them, not a list"},
		{head + "    notify: post", `rule a: notify names the channel "post", which is not below channels`},
		{head + "  - name: a\n    kind: no_data\n    for: 5m", "f.yaml:5: rule a is there already, in line 2"},
		{"rules:\n  - {name: a, kind: forecast, above: 1}", "rule a: horizon is missing"},
		{"rules:\n  - {name: a, kind: forecast, above: 1, horizon: 1d, probability: 80}", `"80" is not a share above 0 and up to 1; write 80% or 0.8`},
		{"rules:\n  - {name: a, kind: no_data, for: 5m, keep: 5m}", "keep does not go with kind no_data"},
		{"rules:\n  - {name: a, kind: no_data}", "rule a: for is missing"},
		{"rules:\n  - {name: a, kind: vm_anomaly, share: 30%, score: 0.5}", "share and score are both there"},
		{"rules:\n  - {name: a, kind: anomaly, direction: left}", `direction "left" is not known`},
		{channel, "f.yaml:3: channel c: kind is missing"},
		{channel + "    kind: webhook", "channel c: url or url_env: write one of them"},
		{channel + "    kind: webhook\n    url: ftp://x", "channel c: url is not an address"},
		{channel + "    kind: webhook\n    url: https://u:s3cret@x/y", "url holds a password"},
		{channel + "    kind: log\n    url: http://x", "channel c: url is not a field that is known here"},
		{channel + "    kind: mail", "channel c: server is missing"},
		{channel + "    kind: mail\n    server: a\n    from: x@y.z\n    to: x@y.z", `server "a" names no port`},
		{channel + "    kind: mail\n    server: a:25\n    from: x@y.z\n    to: nobody", `"nobody" is not a mail address`},
		{channel + "    kind: mail\n    server: a:25\n    from: x@y.z\n    to: x@y.z\n    user: me", "user and password_env go together"},
		{channel + "    kind: log\n    only_firing: maybe", "only_firing must be true or false"},
		{channel + "    kind: log\n    severity: bad", `severity "bad" is not known`},
		{channel + "    kind: log\n  - {name: c, kind: log}", "channel c is there already, in line 3"},
		{"rules: []\nchannels: none", "channels must be a list"},
		{"rules: []\ngrouping: {by: colour}", `grouping: by "colour" is not known`},
	} {
		_, err := Parse("f.yaml", []byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q\n got %v\nwant %s", c.text, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}

func TestAllMistakesAreToldAtOnce(t *testing.T) {
	_, err := Parse("f.yaml", []byte("rules:\n  - {name: a, kind: threshold}\n  - {name: b, kind: no_data}\n"))
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("%v", err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// The schema names the fields that the reader knows, and no others.
func TestTheSchemaKnowsTheSameFields(t *testing.T) {
	var schema struct {
		Properties map[string]any `json:"properties"`
		Defs       map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &schema); err != nil {
		t.Fatal(err)
	}
	fields := map[string][]string{}
	read := func(name, text string) {
		_, err := Parse("f", []byte(text))
		if err == nil {
			t.Fatal("no error for an unknown field")
		}
		_, list, _ := strings.Cut(err.Error(), "zzzzzz is not a field that is known here; known are ")
		list, _, _ = strings.Cut(list, "\n")
		for f := range strings.SplitSeq(list, ", ") {
			if !slices.Contains(fields[name], f) {
				fields[name] = append(fields[name], f)
			}
		}
	}
	read("", "rules: []\nzzzzzz: 1")
	read("grouping", "rules: []\ngrouping: {zzzzzz: 1}")
	for _, k := range Kinds {
		read("rule", "rules: [{name: a, kind: "+string(k)+", zzzzzz: 1}]")
	}
	for _, k := range notify.Kinds {
		read("channel", "rules: []\nchannels: [{name: a, kind: "+k+", zzzzzz: 1}]")
	}
	for name, want := range fields {
		props := schema.Properties
		if name != "" {
			props = schema.Defs[name].Properties
		}
		slices.Sort(want)
		var got []string
		for f := range props {
			got = append(got, f)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %v, the reader %v", name, got, want)
		}
	}
}

// Whatever a file says, it is read or refused; what is read can be evaluated.
func FuzzRules(f *testing.F) {
	text, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("rules: &a [{name: *a, kind: *a}]")
	f.Add("rules:\n  - &r {name: a, kind: threshold, below: 1e3}\n  - <<: *r\n    name: b\ngrouping: {by: vm, wait: 0.5s}")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse("fuzz", []byte(text))
		if err != nil {
			return
		}
		e := NewEngine(file.Rules, Options{})
		for i, v := range []float64{0, 1e9, -1e9, 50} {
			e.Observe("a", int64(i)*3600e6, []Sample{{"cpu", v}})
		}
		e.Tick(1e15)
		for _, r := range file.Rules {
			if r.Name == "" || r.Severity == "" || r.Hash() == "" {
				t.Errorf("%+v", r)
			}
		}
	})
}
