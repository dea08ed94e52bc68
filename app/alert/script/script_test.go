package script

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aiops/app/alert"
	"aiops/metric"
	"aiops/store"
	"aiops/store/memory"
)

func scripts(t testing.TB) []string {
	t.Helper()
	all, err := filepath.Glob("../testdata/*.alert")
	if err != nil || len(all) == 0 {
		t.Fatal("no scripts", err)
	}
	return all
}

func runScript(t *testing.T, path string) Result {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(filepath.Base(path), string(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s.Run(t.Context())
}

func TestScripts(t *testing.T) {
	for _, path := range scripts(t) {
		r := runScript(t, path)
		for _, f := range r.Failures {
			t.Error(f)
		}
		if r.Expected == 0 {
			t.Errorf("%s expects nothing", path)
		}
	}
}

func text(all []metric.Transition) string {
	slices.SortStableFunc(all, func(a, b metric.Transition) int {
		return strings.Compare(a.Rule+"\x00"+a.VM+"\x00"+a.Metric, b.Rule+"\x00"+b.VM+"\x00"+b.Metric)
	})
	var b strings.Builder
	for _, t := range all {
		fmt.Fprintf(&b, "%s %v %s -> %s %s silence %d: %s\n", metric.Time(t.Time).Format("2006-01-02T15:04:05"), t.Key, t.From, t.To, t.Rule, t.Silence, t.Summary)
	}
	return b.String()
}

// database holds what a case loaded.
func database(t *testing.T, c Case) store.Store {
	t.Helper()
	st, ctx := memory.New("script"), t.Context()
	for _, s := range c.Series {
		st.Put(s.Slice(metric.Range{From: metric.All.From, To: c.Until + 1}))
	}
	for _, p := range c.Predictions {
		if p.Made > c.Until {
			continue
		}
		if err := st.PutPredictions(ctx, []metric.Prediction{p}); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range c.Silences {
		s.ID = 0
		if _, err := st.PutSilence(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range c.Notes {
		if _, err := st.PutAnnotation(ctx, a); err != nil {
			t.Fatal(err)
		}
	}
	return st
}

// What comes bit by bit and what lies in a database give the same, up to the
// database's newest point.
func TestHistoryIsTheSameAsStreaming(t *testing.T) {
	for _, path := range scripts(t) {
		for i, c := range runScript(t, path).Cases {
			st := database(t, c)
			got, err := alert.Evaluate(t.Context(), st, c.Rules, metric.Range{}, alert.EvaluateOptions{})
			if err != nil {
				t.Fatal(err)
			}
			newest := int64(0)
			for _, s := range c.Series {
				s = s.Slice(metric.Range{From: metric.All.From, To: c.Until + 1})
				newest = max(newest, s.Times[s.Len()-1])
			}
			want := slices.DeleteFunc(slices.Clone(c.Transitions), func(t metric.Transition) bool { return t.Time > newest })
			if text(got) != text(want) {
				t.Errorf("%s, case %d: from the database\n%sstreaming\n%s", path, i+1, text(got), text(want))
			}
		}
	}
}

// Cut anywhere and restored from its transitions, a run is the same as an unbroken one.
func TestRestartsChangeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, path := range scripts(t) {
		for i, c := range runScript(t, path).Cases {
			want, got := run(c, nil), ""
			var cuts []int64
			first := c.Series[0].Times[0]
			for range 4 {
				cuts = append(cuts, first+r.Int64N(max(1, c.Until-first)))
			}
			slices.Sort(cuts)
			if got = run(c, cuts); got != want {
				t.Errorf("%s, case %d, cut at %v\n%sunbroken\n%s", path, i+1, cuts, got, want)
			}
		}
	}
}

func run(c Case, cuts []int64) string {
	r := runner{series: map[metric.Key]metric.Series{}, predictions: c.Predictions, rules: c.Rules, silences: c.Silences, notes: c.Notes, now: metric.All.From}
	for _, s := range c.Series {
		r.series[s.Key] = s
	}
	for _, cut := range cuts {
		if r.eval(cut) == nil {
			_ = r.restart()
		}
	}
	_ = r.eval(c.Until)
	return text(r.all)
}

const rulesText = "rules\n  rules:\n    - {name: high, kind: threshold, above: 90}\n"

func TestFailuresSayWhatWasExpectedAndGot(t *testing.T) {
	s, err := Parse("x.alert", "load 5m\n  a cpu 10 95\n"+rulesText+`eval at 5m
expect pending high a cpu
expect nothing a
expect firing high b cpu
expect firing hihg a cpu
expect 3 firing
expect summary high a cpu: fine
expect history high a cpu: firing 1h
expect silenced high a cpu
expect firing high a cpu
`, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := s.Run(context.Background())
	want := []string{
		"x.alert:7: expected pending high a cpu\n  got      firing; nothing else fires or waits",
		"x.alert:8: expected nothing a\n  got      firing high a cpu",
		"x.alert:9: expected firing high b cpu\n  got      inactive; firing high a cpu",
		"x.alert:10: expected a rule hihg\n  got      no such rule; correct the name",
		"x.alert:11: expected 3 firing\n  got      1: high a cpu",
		"x.alert:12: expected summary fine\n  got      a cpu is 95.0 %, above 90.0 %",
		"x.alert:13: expected history firing 1h\n  got      firing 5m",
		"x.alert:14: expected silenced high a cpu\n  got      firing without a silence; nothing else fires or waits",
	}
	if len(r.Failures) != len(want) || r.Expected != 9 {
		t.Fatalf("%d expectations, %v", r.Expected, r.Failures)
	}
	for i, f := range r.Failures {
		if f.Error() != want[i] {
			t.Errorf("got\n%v\nwant\n%s", f, want[i])
		}
	}
}

func TestMistakesInScripts(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"lode 5m", `x:1: "lode" is not known; write start, load`},
		{"  a cpu 1", "x:1: the line is indented but belongs to no load"},
		{"load 5q\n  a cpu 1", `x:1: "5q" is not a length of time`},
		{"load 5m", "x:1: no series follow"},
		{"load 5m\n  a cpu", "x:2: write a VM, a metric and values"},
		{"load 5m\n  a cpu 1\n  a cpu 10x0", `x:3: "10x0" is not a value`},
		{"load 5m\n  a cpu 1..x3", `"1..x3" is not a value`},
		{"load 5m\n  a cpu 1x999999999", "is not a value"},
		{"load 5m\n  \"a cpu 1", "x:2: a quote is not closed"},
		{"rules", "x:1: write rules FILE.yaml"},
		{"rules a.yaml", "no files can be read here"},
		{"# no\nrules\n  rules:\n    - {name: a, kind: threshold}", "x:4: rule a: above is missing"},
		{"rules\n  rules:\n    - {name: a, kind: no_data, for: 5m, vn: x}", "x:3: rule a: vn is not a field that is known here; did you mean vm?"},
		{"eval 5m", "write eval at 1h40m"},
		{"expect", "write expect firing"},
		{"expect firing high", "name the rule, the VM and the metric"},
		{"expect history high a cpu firing", "write expect firing"},
		{"silence vm=a 2h to 1h", "2h is not before 1h"},
		{"silence who=a 1h to 2h", `"who" is not known`},
		{"silence every noday 22:00-06:00", "names no weekday"},
		{"silence every 22:00-06:00 in Nowhere", "zone"},
		{"silence every 2200-0600", "is not a time of day"},
		{"maintenance 1h to 2h", "write maintenance web-01"},
		{"predict 1h made 2h\n  a cpu 1x3", "end the line with the half width"},
		{"start yesterday", "is not a time"},
		{"clear all", "clear stands alone"},
	} {
		if _, err := Parse("x", c.text, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestMistakesWhenRun(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"eval at 5m", "there are no rules to evaluate"},
		{"expect nothing", "nothing is evaluated yet"},
		{"restart", "nothing runs yet"},
		{rulesText + "eval at 5m\neval at 5m", "eval goes forward only"},
		{rulesText + "eval at 5m\n" + rulesText, "rules cannot change after eval"},
		{"load 5m\n  a cpu 1 2\nload 5m\n  a cpu 3", "is loaded already"},
		{rulesText + "eval at 1h\nload 5m\n  a cpu 3", "begins before the last eval"},
	} {
		s, err := Parse("x", c.text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := s.Run(t.Context()); len(r.Failures) != 1 || !strings.Contains(r.Failures[0].Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, r.Failures, c.want)
		}
	}
}

// Whatever a script says, it is read or refused, and runs without a panic.
func FuzzScript(f *testing.F) {
	for _, path := range scripts(f) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for part := range strings.SplitSeq(string(text), "clear\n") {
			f.Add(part)
		}
	}
	f.Add("start 2026-03-29\nload 1h from 2h\n  \"a b\" cpu -x3 1..5x3\n" + rulesText + "silence every 23:00-04:00 in Europe/Berlin\neval at 3h\nrestart\neval at 9w\nexpect 0 firing")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "x") > 200 || len(text) > 5000 {
			t.Skip()
		}
		s, err := Parse("fuzz", text, nil)
		if err != nil {
			return
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s.Run(ctx)
	})
}

// The examples of the documentation are right.
func TestTheDocumentation(t *testing.T) {
	text, err := os.ReadFile("../../../docs/ALERTS.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for i, part := range strings.Split(string(text), "```") {
		kind, code, _ := strings.Cut(part, "\n")
		if i%2 == 0 {
			continue
		}
		found[kind]++
		switch kind {
		case "yaml":
			if _, err := alert.Parse("ALERTS.md", []byte(code)); err != nil {
				t.Error(err)
			}
		case "alert":
			s, err := Parse("ALERTS.md", code, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range s.Run(t.Context()).Failures {
				t.Error(f)
			}
		}
	}
	if found["yaml"] != 2 || found["alert"] != 1 {
		t.Errorf("examples: %v", found)
	}
}
