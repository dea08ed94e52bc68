package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aiops/metric"
)

// Message is what a channel is given: changes that belong together, by time.
type Message struct {
	Group   string // what they have in common: a rule, a VM
	Changes []metric.Transition
}

// together is how far apart changes of one incident may lie, in microseconds.
const together = 15 * 60e6

// Group puts changes into messages, in the order of their first ones.
func Group(all []metric.Transition, by GroupBy) []Message {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b metric.Transition) int { return cmp.Compare(a.Time, b.Time) })
	var out []Message
	for i, t := range all {
		at, name := -1, ""
		switch by {
		case ByVM:
			name = t.VM
			at = slices.IndexFunc(out, func(m Message) bool { return m.Group == name })
		case ByIncident:
			name = "incident"
			if i > 0 && t.Time-all[i-1].Time <= together {
				at = len(out) - 1
			}
		case Single:
			name = t.Rule
		default:
			name = t.Rule
			at = slices.IndexFunc(out, func(m Message) bool { return m.Group == name })
		}
		if at < 0 {
			out = append(out, Message{Group: name})
			at = len(out) - 1
		}
		out[at].Changes = append(out[at].Changes, t)
	}
	return out
}

// Severity is the worst of what fires, or of all where nothing does.
func (m Message) Severity() metric.Severity {
	worst := metric.Info
	for _, only := range []bool{true, false} {
		for _, t := range m.Changes {
			if only && t.To != metric.Firing {
				continue
			}
			if rank(t.Severity) > rank(worst) {
				worst = t.Severity
			}
		}
		if only && slices.ContainsFunc(m.Changes, firing) {
			break
		}
	}
	return worst
}

func firing(t metric.Transition) bool { return t.To == metric.Firing }

func rank(s metric.Severity) int {
	return slices.Index([]metric.Severity{metric.Info, metric.Warning, metric.Critical}, s)
}

// Title is the message in one line: [critical] high-cpu: 3 firing, 1 resolved.
func (m Message) Title() string {
	n := 0
	for _, t := range m.Changes {
		if firing(t) {
			n++
		}
	}
	over := len(m.Changes) - n
	if len(m.Changes) == 1 {
		return fmt.Sprintf("[%s] %s", word(m, n), oneLine(m.Changes[0].Summary))
	}
	var parts []string
	if n > 0 {
		parts = append(parts, fmt.Sprintf("%d firing", n))
	}
	if over > 0 {
		parts = append(parts, fmt.Sprintf("%d resolved", over))
	}
	return fmt.Sprintf("[%s] %s: %s", word(m, n), oneLine(m.Group), strings.Join(parts, ", "))
}

func word(m Message, firing int) string {
	if firing == 0 {
		return "resolved"
	}
	return string(m.Severity())
}

// oneLine takes line breaks out, which would end a mail's header.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Text is the message with a line for each change.
func (m Message) Text() string {
	const most = 50
	var b strings.Builder
	for i, t := range m.Changes {
		if i == most {
			fmt.Fprintf(&b, "and %d more\n", len(m.Changes)-most)
			break
		}
		fmt.Fprintf(&b, "%s %s %s: %s\n", metric.Time(t.Time).Format("2006-01-02 15:04 UTC"), t.To, t.Severity, oneLine(t.Summary))
	}
	return b.String()
}

func anyFiring(m Message) bool { return slices.ContainsFunc(m.Changes, firing) }

// escaped is a text where marks of HTML would count.
func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
