package alert

import (
	"fmt"
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
