package script

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aiops/app/alert"
	"aiops/metric"
)

// unmetError is an expectation that was not met.
type unmetError struct{ expected, got string }

func (e *unmetError) Error() string {
	return fmt.Sprintf("expected %s\n  got      %s", e.expected, e.got)
}

// one names an alert: a rule on a series, or on a VM.
type one struct {
	rule string
	key  metric.Key
}

func (o one) String() string {
	return strings.TrimSpace(o.rule + " " + o.key.String())
}

const expectHelp = "write expect firing RULE VM METRIC (or pending, resolved, inactive, silenced), expect nothing [VM [METRIC]], " +
	"expect 2 firing, expect summary RULE VM METRIC: TEXT, or expect history RULE VM METRIC: firing 1h, resolved 2h"

func (p *parser) expect(args []string) (func(*runner) error, error) {
	if len(args) == 0 {
		return nil, errors.New(expectHelp)
	}
	switch kind, rest := args[0], args[1:]; kind {
	case "pending", "firing", "resolved", "inactive", "silenced":
		o, err := named(rest)
		return counting(func(r *runner) error { return r.state(kind, o) }), err
	case "nothing":
		if len(rest) > 2 {
			return nil, errors.New("write expect nothing, expect nothing VM or expect nothing VM METRIC")
		}
		return counting(func(r *runner) error { return r.nothing(rest) }), nil
	case "summary", "history":
		return p.expectText(kind, rest)
	default:
		n, err := strconv.Atoi(kind)
		if err != nil || n < 0 || len(rest) != 1 || rest[0] != string(metric.Firing) && rest[0] != string(metric.Pending) {
			return nil, errors.New(expectHelp)
		}
		return counting(func(r *runner) error { return r.count(n, metric.AlertState(rest[0])) }), nil
	}
}

// counting counts an expectation; there must be something to look at.
func counting(f func(*runner) error) func(*runner) error {
	return func(r *runner) error {
		if r.engine == nil {
			return errors.New("nothing is evaluated yet; write eval before expect")
		}
		r.result.Expected++
		return f(r)
	}
}

func named(args []string) (one, error) {
	switch len(args) {
	case 2:
		return one{args[0], metric.Key{VM: args[1]}}, nil
	case 3:
		return one{args[0], metric.Key{VM: args[1], Metric: args[2]}}, nil
	}
	return one{}, errors.New("name the rule, the VM and the metric, such as high-cpu web-01 cpu")
}

// expectText reads RULE VM [METRIC]: and what follows.
func (p *parser) expectText(kind string, args []string) (func(*runner) error, error) {
	i := slices.IndexFunc(args, func(w string) bool { return strings.HasSuffix(w, ":") })
	if i < 0 {
		return nil, errors.New(expectHelp)
	}
	name := slices.Clone(args[:i+1])
	name[i] = strings.TrimSuffix(name[i], ":")
	if name[i] == "" {
		name = name[:i]
	}
	o, err := named(name)
	text := strings.Join(args[i+1:], " ")
	if err != nil {
		return nil, err
	}
	if kind == "summary" {
		return counting(func(r *runner) error { return r.summary(o, text) }), nil
	}
	start := p.start
	return counting(func(r *runner) error { return r.history(o, text, start) }), nil
}

func (r *runner) standing(o one) (metric.Transition, bool) {
	for _, t := range slices.Backward(r.all) {
		if t.Rule == o.rule && t.Key == o.key {
			return t, true
		}
	}
	return metric.Transition{To: metric.Inactive}, false
}

func (r *runner) state(kind string, o one) error {
	t, _ := r.standing(o)
	got := string(t.To)
	if kind == "silenced" {
		if t.To == metric.Firing && t.Silence != 0 {
			return nil
		}
		if t.To == metric.Firing {
			got += " without a silence"
		}
	} else if got == kind {
		return nil
	}
	if err := r.known(o); err != nil {
		return err
	}
	return &unmetError{kind + " " + o.String(), got + r.others(o)}
}

// known reports a rule that there is not: then nothing else is to be told.
func (r *runner) known(o one) error {
	if slices.ContainsFunc(r.rules, func(rule alert.Rule) bool { return rule.Name == o.rule }) {
		return nil
	}
	return &unmetError{"a rule " + o.rule, "no such rule; correct the name"}
}

// others tells what else is up, for a person who looks for the mistake.
func (r *runner) others(o one) string {
	var out []string
	for _, t := range append(alert.Firing(r.all), alert.PendingNow(r.all)...) {
		if t.Rule != o.rule || t.Key != o.key {
			out = append(out, fmt.Sprintf("%s %v", t.To, one{t.Rule, t.Key}))
		}
	}
	if len(out) == 0 {
		return "; nothing else fires or waits"
	}
	return "; " + strings.Join(out, ", ")
}

func (r *runner) nothing(names []string) error {
	var got []string
	for _, t := range append(alert.Firing(r.all), alert.PendingNow(r.all)...) {
		if len(names) > 0 && !alert.Match(names[0], t.VM) || len(names) > 1 && !alert.Match(names[1], t.Metric) {
			continue
		}
		got = append(got, fmt.Sprintf("%s %v", t.To, one{t.Rule, t.Key}))
	}
	if len(got) == 0 {
		return nil
	}
	return &unmetError{strings.TrimSpace("nothing " + strings.Join(names, " ")), strings.Join(got, ", ")}
}

func (r *runner) count(n int, s metric.AlertState) error {
	all := alert.Firing(r.all)
	if s == metric.Pending {
		all = alert.PendingNow(r.all)
	}
	if len(all) == n {
		return nil
	}
	var names []string
	for _, t := range all {
		names = append(names, one{t.Rule, t.Key}.String())
	}
	return &unmetError{fmt.Sprintf("%d %s", n, s), fmt.Sprintf("%d: %s", len(all), strings.Join(names, ", "))}
}

func (r *runner) summary(o one, text string) error {
	t, ok := r.standing(o)
	got := strings.ReplaceAll(t.Summary, "\u00a0", " ")
	if ok && got == text {
		return nil
	}
	if err := r.known(o); err != nil {
		return err
	}
	return &unmetError{"summary " + text, got}
}

func (r *runner) history(o one, text string, start int64) error {
	var got []string
	for _, t := range r.all {
		if t.Rule == o.rule && t.Key == o.key {
			got = append(got, fmt.Sprintf("%s %s", t.To, alert.FormatSpan(t.Time-start)))
		}
	}
	if s := strings.Join(got, ", "); s != strings.Join(strings.Fields(text), " ") {
		if err := r.known(o); err != nil {
			return err
		}
		return &unmetError{"history " + text, s}
	}
	return nil
}
