package alert

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Put writes a rule into the file at path: in the place of the one called name
// or, when name is empty, at the end of the rules. Everything else in the file
// stays as it is, to the letter. A file that is not there is made. Nothing is
// written when the result would not be right.
func Put(path, name string, r Rule) error {
	return edit(path, func(t *rulesText) error { return t.put(name, r) })
}

// Remove takes the rule called name out of the file.
func Remove(path, name string) error {
	return edit(path, func(t *rulesText) error { return t.remove(name) })
}

// edit changes a file's text, and puts it in place whole once it is right.
func edit(path string, change func(*rulesText) error) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = []byte("rules: []\n"), os.MkdirAll(filepath.Dir(path), 0o777)
	}
	if err != nil {
		return fmt.Errorf("change the alert rules: %w", err)
	}
	t, err := readText(path, text)
	if err == nil {
		err = change(t)
	}
	if err != nil {
		return err
	}
	out := []byte(strings.Join(t.lines, "\n"))
	if _, err := Parse(path, out); err != nil {
		return err
	}
	return replace(path, out)
}

// replace puts a file's new text in its place whole; it may be read as before.
func replace(path string, text []byte) error {
	mode := fs.FileMode(0o666)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	part := fmt.Sprintf("%s.%d.part", path, os.Getpid())
	if err := os.WriteFile(part, text, mode); err != nil {
		return fmt.Errorf("change the alert rules: %w", err)
	}
	if err := os.Rename(part, path); err != nil {
		return errors.Join(fmt.Errorf("change the alert rules: %w", err), os.Remove(part))
	}
	return nil
}

// rulesText is a rules file as lines, with where its rules are.
type rulesText struct {
	path   string
	lines  []string
	key    int    // index of the line `rules:`
	end    int    // index of the line after the rules
	indent string // before each rule's dash
	items  []item
}

type item struct {
	name string
	line int // index of its first line
}

func readText(path string, text []byte) (*rulesText, error) {
	if _, err := Parse(path, text); err != nil {
		return nil, fmt.Errorf("the file must be right before a rule in it is changed: %w", err)
	}
	return findRules(path, text)
}

// findRules finds the rules in a text that is right.
func findRules(path string, text []byte) (*rulesText, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	t := &rulesText{path: path, lines: strings.Split(strings.TrimRight(string(text), "\n")+"\n", "\n"), indent: "  "}
	t.end = len(t.lines) - 1
	if doc.Content[0].Style&yaml.FlowStyle != 0 {
		return nil, fmt.Errorf("%s: the file is written in brackets; write each field on a line of its own to change it here", path)
	}
	top := doc.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		if top[i].Value != "rules" {
			continue
		}
		t.key = top[i].Line - 1
		if i+2 < len(top) {
			t.end = t.before(top[i+2].Line - 1)
		}
		return t, t.list(top[i+1])
	}
	return t, nil
}

func (t *rulesText) list(n *yaml.Node) error {
	if len(n.Content) == 0 {
		t.end = t.key + 1
		return nil
	}
	if n.Style&yaml.FlowStyle != 0 || n.Line-1 <= t.key {
		return fmt.Errorf("%s:%d: the rules are written in brackets; write each on lines of its own, beginning with `- name:`, to change them here", t.path, n.Line)
	}
	t.indent = strings.Repeat(" ", max(0, n.Column-1))
	for _, c := range n.Content {
		c = plain(c)
		var one struct {
			Name string `yaml:"name"`
		}
		if err := c.Decode(&one); err != nil {
			return fmt.Errorf("%s:%d: %w", t.path, c.Line, err)
		}
		t.items = append(t.items, item{one.Name, c.Line - 1})
	}
	return nil
}

// before leaves out blank lines and remarks above a line: they belong to it.
func (t *rulesText) before(line int) int {
	for line > 0 {
		s := strings.TrimSpace(t.lines[line-1])
		if s != "" && s[0] != '#' {
			break
		}
		line--
	}
	return line
}

// find is the lines of a rule.
func (t *rulesText) find(name string) (from, to int, err error) {
	for i, it := range t.items {
		if it.name != name {
			continue
		}
		if i+1 < len(t.items) {
			return it.line, t.before(t.items[i+1].line), nil
		}
		return it.line, t.before(t.end), nil
	}
	return 0, 0, fmt.Errorf("%s has no rule %q; it may have been changed: read it again", t.path, name)
}

// put puts a rule in the place of the one called name, or at the end.
func (t *rulesText) put(name string, r Rule) error {
	if name == "" {
		t.add(r.lines(t.indent))
		return nil
	}
	from, to, err := t.find(name)
	if err == nil {
		t.lines = slices.Replace(t.lines, from, to, r.lines(t.indent)...)
	}
	return err
}

// remove takes a rule out.
func (t *rulesText) remove(name string) error {
	from, to, err := t.find(name)
	if err != nil {
		return err
	}
	t.lines = slices.Delete(t.lines, from, to)
	if len(t.items) == 1 { // nothing is left of the list
		t.lines[t.key] = "rules: []"
	}
	return nil
}

// add puts lines at the end of the rules.
func (t *rulesText) add(lines []string) {
	if len(t.items) == 0 {
		t.lines[t.key] = "rules:"
		t.lines = slices.Insert(t.lines, t.key+1, lines...)
		return
	}
	at := t.before(t.end)
	t.lines = slices.Insert(t.lines, at, append([]string{""}, lines...)...)
}
