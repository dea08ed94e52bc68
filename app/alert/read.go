package alert

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader collects what is wrong with a file: all of it, not just the first.
type reader struct {
	file string
	errs []error
}

// fail notes a mistake at a node; field names it for a person.
func (r *reader) fail(n *yaml.Node, field, format string, args ...any) {
	const most = 20
	if len(r.errs) >= most {
		return
	}
	where := fmt.Sprintf("%s:%d: ", r.file, n.Line)
	if field != "" {
		where += field + " "
	}
	r.errs = append(r.errs, fmt.Errorf(where+format, args...))
}

// object is a mapping whose fields are taken one by one.
type object struct {
	r      *reader
	node   *yaml.Node
	name   string // what it is, for messages: rule "high-cpu"
	keys   []*yaml.Node
	values map[string]*yaml.Node
	known  []string
}

// object takes a node that must be a mapping; nil after an error.
func (r *reader) object(n *yaml.Node, name string) *object {
	n = plain(n)
	if n.Kind != yaml.MappingNode {
		r.fail(n, name, "must be lines of `field: value`, not %s", kindText(n))
		return nil
	}
	o := &object{r: r, node: n, name: name, values: map[string]*yaml.Node{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if _, ok := o.values[k.Value]; ok {
			r.fail(k, o.path(k.Value), "is there twice; remove one of them")
		}
		o.keys, o.values[k.Value] = append(o.keys, k), plain(v)
	}
	return o
}

// plain is the node that an alias stands for.
func plain(n *yaml.Node) *yaml.Node {
	for i := 0; n.Kind == yaml.AliasNode && n.Alias != nil && i < 8; i++ {
		n = n.Alias
	}
	return n
}

func kindText(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "fields"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	}
	return strconv.Quote(n.Value)
}

func (o *object) path(field string) string {
	if o.name == "" {
		return field
	}
	return o.name + ": " + field
}

// get is a field's value, nil where it is absent.
func (o *object) get(field string) *yaml.Node {
	if !slices.Contains(o.known, field) {
		o.known = append(o.known, field)
	}
	return o.values[field]
}

func (o *object) has(field string) bool { return o.values[field] != nil }

// fail notes a mistake in a field, or in the whole object where it is absent.
func (o *object) fail(field, format string, args ...any) {
	n := o.values[field]
	if n == nil {
		n = o.node
	}
	o.r.fail(n, o.path(field), format, args...)
}

// done reports fields that nobody asked for.
func (o *object) done() {
	for _, k := range o.keys {
		if slices.Contains(o.known, k.Value) {
			continue
		}
		hint := "known are " + strings.Join(slices.Sorted(slices.Values(o.known)), ", ")
		if near := nearest(k.Value, o.known); near != "" {
			hint = "did you mean " + near + "?"
		}
		o.r.fail(k, o.path(k.Value), "is not a field that is known here; %s", hint)
	}
}

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

// nearest is the name that was probably meant; empty if none is near.
func nearest(name string, all []string) string {
	best, least := "", 3
	for _, a := range all {
		if d := distance(strings.ToLower(name), a); d < least && d < len(a) {
			best, least = a, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
