package alert

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Text is the rule as it is written in a file, an item of the list of rules.
func (r Rule) Text() string { return strings.Join(r.lines("  "), "\n") + "\n" }

// lines are the rule's lines, its dash after the indent.
func (r Rule) lines(indent string) []string {
	var out []string
	add := func(field, value string) {
		if value != "" {
			out = append(out, indent+"  "+field+": "+value)
		}
	}
	add("name", quoted(r.Name))
	add("kind", string(r.Kind))
	add("vm", r.VM.text())
	add("metric", r.Metric.text())
	add("above", numberText(r.Above))
	add("below", numberText(r.Below))
	add("resolve", numberText(r.Resolve))
	add("horizon", spanText(r.Horizon))
	add("probability", shareText(r.Probability))
	add("score", shareText(r.Score))
	add("direction", r.Direction)
	add("share", shareText(r.Share))
	add("for", spanText(r.For))
	if r.Times > 0 {
		add("times", strconv.Itoa(r.Times))
	}
	add("keep", spanText(r.Keep))
	add("within", spanText(r.Within))
	add("severity", string(r.Severity))
	if len(r.Labels) > 0 {
		var pairs []string
		for _, k := range slices.Sorted(maps.Keys(r.Labels)) {
			pairs = append(pairs, quoted(k)+": "+quoted(r.Labels[k]))
		}
		add("labels", "{"+strings.Join(pairs, ", ")+"}")
	}
	if r.Summary != "" {
		add("summary", quoted(r.Summary))
	}
	add("notify", Patterns(r.Notify).text())
	if len(out) > 0 {
		out[0] = indent + "- " + strings.TrimLeft(out[0], " ")
	}
	return out
}

// text is a name or a list of them as YAML.
func (p Patterns) text() string {
	switch len(p) {
	case 0:
		return ""
	case 1:
		return quoted(p[0])
	}
	var all []string
	for _, s := range p {
		all = append(all, quoted(s))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// quoted is a text as YAML: bare where that is plain, otherwise in quotes.
func quoted(s string) string {
	bare := s != ""
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			bare = false
		}
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		bare = false
	}
	if bare {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteString(`\` + string(c))
		case c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == 0x2028 || c == 0x2029 || c == 0xfeff:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String() + `"`
}

func numberText(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

func spanText(micros int64) string {
	if micros == 0 {
		return ""
	}
	return FormatSpan(micros)
}

func shareText(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
