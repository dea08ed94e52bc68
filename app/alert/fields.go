package alert

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar is a field's text; ok is false where it is absent or no single value.
func (o *object) scalar(field, want string) (n *yaml.Node, ok bool) {
	n = o.get(field)
	if n == nil {
		return nil, false
	}
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		o.fail(field, "must be %s, not %s", want, kindText(n))
		return nil, false
	}
	return n, true
}

// text is a field that is any single value.
func (o *object) text(field, want string) string {
	n, ok := o.scalar(field, want)
	if ok && strings.TrimSpace(n.Value) == "" {
		o.fail(field, "is empty; write %s or remove the line", want)
	}
	if !ok {
		return ""
	}
	return n.Value
}

// oneOf is a text that must be one of some.
func (o *object) oneOf(field string, allowed ...string) string {
	want := strings.Join(allowed, ", ")
	s := o.text(field, "one of "+want)
	if s != "" && !slices.Contains(allowed, s) {
		o.fail(field, "%q is not known; write one of %s", s, want)
		return ""
	}
	return s
}

// number is a finite number, nil where it is absent.
func (o *object) number(field string) *float64 {
	n, ok := o.scalar(field, "a number")
	if !ok {
		return nil
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(n.Value, "_", ""), 64)
	if err != nil || n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		o.fail(field, "must be a number such as 90 or 0.5, not %q", n.Value)
		return nil
	}
	return &v
}

// count is a whole number from least on; 0 where it is absent.
func (o *object) count(field string, least, most int) int {
	v := o.number(field)
	if v == nil {
		return 0
	}
	if *v != math.Trunc(*v) || *v < float64(least) || *v > float64(most) {
		o.fail(field, "must be a whole number from %d to %d, not %v", least, most, *v)
		return 0
	}
	return int(*v)
}

// share is a part of one, written 80% or 0.8; 0 where it is absent.
func (o *object) share(field string) float64 {
	n, ok := o.scalar(field, "a share such as 80% or 0.8")
	if !ok {
		return 0
	}
	text, per := strings.CutSuffix(strings.TrimSpace(n.Value), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if per {
		v /= 100
	}
	if err != nil || !(v > 0 && v <= 1) {
		o.fail(field, "%q is not a share above 0 and up to 1; write 80%% or 0.8", n.Value)
		return 0
	}
	return v
}

// span is a length of time in microseconds; 0 where it is absent.
func (o *object) span(field string) int64 {
	n, ok := o.scalar(field, "a length of time such as 5m or 1h")
	if !ok {
		return 0
	}
	d, err := ParseSpan(n.Value)
	if err != nil {
		o.fail(field, "%v", err)
	}
	return d
}

// flag is true or false; false where it is absent.
func (o *object) flag(field string) bool {
	n, ok := o.scalar(field, "true or false")
	if ok && n.Tag != "!!bool" {
		o.fail(field, "must be true or false, not %q", n.Value)
	}
	return ok && n.Tag == "!!bool" && strings.EqualFold(n.Value, "true")
}

// list is a text or a list of texts.
func (o *object) list(field, want string) []string {
	n := o.get(field)
	if n == nil {
		return nil
	}
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
		if len(nodes) == 0 {
			o.fail(field, "is an empty list; name %s or remove the line", want)
		}
	}
	var out []string
	for _, e := range nodes {
		e = plain(e)
		if e.Kind != yaml.ScalarNode || e.Tag == "!!null" || strings.TrimSpace(e.Value) == "" {
			o.r.fail(e, o.path(field), "must be %s or a list of them, not %s", want, kindText(e))
			continue
		}
		out = append(out, e.Value)
	}
	return out
}

// pairs are texts by name.
func (o *object) pairs(field string) map[string]string {
	n := o.get(field)
	if n == nil {
		return nil
	}
	in := o.r.object(n, o.path(field))
	if in == nil {
		return nil
	}
	out := map[string]string{}
	for _, k := range in.keys {
		if k.Value == "" {
			in.r.fail(k, o.path(field), "has a line without a name; write `name: value`")
			continue
		}
		out[k.Value] = in.text(k.Value, "a text")
	}
	return out
}
