package alert

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"

	"aiops/app/alert/notify"
)

// File is what a rules file says.
type File struct {
	Path     string
	Rules    []Rule
	Channels []notify.Config
	Grouping notify.Grouping
}

// Load reads a rules file. The error names every mistake with its file, line
// and field.
func Load(path string) (File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return File{}, fmt.Errorf("read the alert rules: %w", err)
	}
	return Parse(path, text)
}

// Parse reads the text of a rules file; name is its name in messages.
func Parse(name string, text []byte) (File, error) {
	r := &reader{file: name}
	out := File{Path: name}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF), err == nil && len(doc.Content) == 0:
		return out, fmt.Errorf("%s: has no rules; begin with `rules:` and a list of rules", name)
	case err != nil:
		return out, fmt.Errorf("%s: is not YAML: %w", name, err)
	}
	var more yaml.Node
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		r.fail(&more, "", "there is a second document; put everything into one, without a line ---")
	}
	r.whole(doc.Content[0], &out)
	return out, errors.Join(r.errs...)
}

// ParseRule reads one rule as Rule.Text writes it, for an editor; channels are
// those that it may name.
func ParseRule(text string, channels []notify.Config) (Rule, error) {
	r := &reader{file: "rule"}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return Rule{}, fmt.Errorf("the rule is not YAML: %w", err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.SequenceNode || len(doc.Content[0].Content) != 1 {
		return Rule{}, errors.New("the rule must be one item, beginning with `- name:`")
	}
	all := r.rules(doc.Content[0], channels)
	if len(r.errs) > 0 {
		return Rule{}, errors.Join(r.errs...)
	}
	return all[0], nil
}

// Routes are the channels that each rule's changes go to, for package notify.
func (f File) Routes() map[string][]string {
	out := map[string][]string{}
	for _, r := range f.Rules {
		out[r.Name] = r.Notify
	}
	return out
}

func (r *reader) whole(n *yaml.Node, out *File) {
	top := r.object(n, "")
	if top == nil {
		return
	}
	if c := top.get("channels"); c != nil {
		out.Channels = r.channels(c)
	}
	if g := top.get("grouping"); g != nil {
		out.Grouping = r.grouping(g)
	}
	switch rules := top.get("rules"); {
	case rules == nil:
		top.fail("rules", "is missing; add `rules:` and a list of rules")
	case rules.Kind != yaml.SequenceNode:
		top.fail("rules", "must be a list, each rule beginning with `- name:`, not %s", kindText(rules))
	default:
		out.Rules = r.rules(rules, out.Channels)
	}
	top.done()
}

// rules reads the list of rules; names are told apart.
func (r *reader) rules(list *yaml.Node, channels []notify.Config) []Rule {
	var out []Rule
	first := map[string]int{}
	for i, n := range list.Content {
		n = plain(n)
		rule, ok := r.rule(n, fmt.Sprintf("rule %d", i+1))
		if !ok {
			continue
		}
		if line, twice := first[rule.Name]; twice {
			r.fail(n, "rule "+rule.Name, "is there already, in line %d; give it another name", line)
		}
		first[rule.Name] = n.Line
		r.checkChannels(n, rule, channels)
		out = append(out, rule)
	}
	return out
}

func (r *reader) checkChannels(n *yaml.Node, rule Rule, channels []notify.Config) {
	known := map[string]bool{}
	for _, c := range channels {
		known[c.Name] = true
	}
	for _, name := range rule.Notify {
		if !known[name] {
			r.fail(n, "rule "+rule.Name+": notify", "names the channel %q, which is not below channels; add it there or correct the name", name)
		}
	}
}
